"""What happens to a portability after the client may sign: news applied, once and in order.

``course`` decides what a message means, this writes it: contracts first, their envelope
last, everything in the caller's transaction. However a message comes (webhook or poll),
how often and how late, it goes through here.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from tramita.contracts.service import activate_contracts, cancel_contracts, write_backend_records
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations import doubts, ledger
from tramita.portability.acts import ACCEPT, RECALCULATE, SUBMIT
from tramita.portability.announcements import tell_changes
from tramita.portability.journey.accept_balance import key_of
from tramita.portability.journey.compensation import find_given_up, want_gone
from tramita.portability.journey.record_insertions import PORTABILITIES
from tramita.portability.journey.submit_proposal import is_to_be_submitted
from tramita.portability.later_life import balance
from tramita.portability.later_life.course import Judgement, Standing, end_here, judge
from tramita.portability.later_life.lives import Event, Life, keep_events, lock_lives, write_lives
from tramita.portability.lifecycle import PortabilityTrigger
from tramita.portability.ports import BalanceAcceptance, News, Recalculation, Submission
from tramita.portability.profile import LenderProfile


async def apply_news(
    work: UnitOfWork, lender: LenderProfile, items: Sequence[tuple[News, str]]
) -> dict[str, UUID]:
    """Apply a lender's messages, each with its source (``webhook`` or ``poll``), in this order.

    Answers that lender's contracts by the keys of their proposals. What has none of these keys
    speaks of a proposal of no contract that we know (yet); of it nothing is written.
    """
    lives = await lock_lives(work, lender.provider, [news.proposal_key for news, _ in items])
    by_key = {key: life for life in lives for key in life.keys}
    for news, source in items:
        if news.proposal_key in by_key:
            _take(by_key[news.proposal_key], lender, news, source)
    if lives:
        await _write(work, lender, lives)
    return {key: life.id for key, life in by_key.items()}


def _take(life: Life, lender: LenderProfile, news: News, source: str) -> None:
    judged = _weigh_balance(life, lender, judge(life.standing, news))
    cause = f"{news.said} ({source})"
    life.standing = judged.standing
    life.moves += [(trigger, cause) for trigger in judged.triggers]
    life.events.append(Event(news, source, judged.effect))
    life.unwanted = judged.unwanted or life.unwanted


def _weigh_balance(life: Life, lender: LenderProfile, judged: Judgement) -> Judgement:
    """Where the true balance is not what the client agreed to, it ends here."""
    match _next_course(life, lender, judged.standing):
        case balance.Stop(reason):
            return end_here(judged, reason)
        case _:
            return judged


def _next_course(life: Life, lender: LenderProfile, standing: Standing) -> balance.Course | None:
    """What the true balance asks for, as far as the lender wants to hear of it."""
    waits = lender.can(BalanceAcceptance)
    can_lower = lender.can(Recalculation) or not waits
    course = balance.next_course(standing, life.loan, lender.policy, can_lower=can_lower)
    return course if waits or isinstance(course, balance.Stop) else None


async def _write(work: UnitOfWork, lender: LenderProfile, lives: Sequence[Life]) -> None:
    provider = lender.provider
    await _move(work, lives)
    changed = [one for one in lives if one.is_changed]
    if changed:
        await write_lives(work, changed)
        await write_backend_records(work, {one.id: _record(one) for one in changed})
    told = [(event, one.id) for one in lives for event in one.events]
    await keep_events(
        work, provider, [event for event, _ in told], contracts=[id_ for _, id_ in told]
    )
    gone = [(one.proposal_key, one.id, one.unwanted) for one in lives if one.unwanted]
    if gone:
        await want_gone(work, gone)
    await _act(work, lender, lives)
    # Acts are about contracts, cancellations about the proposals themselves.
    given_up = await find_given_up(work, provider, [one.proposal_key for one in changed])
    subjects = [*(one.id for one in changed), *(one.id for one in given_up.values())]
    await doubts.look_again(work, subjects, cause="the proposal has moved on")
    await tell_changes(work, [one.id for one in changed])


async def _move(work: UnitOfWork, lives: Sequence[Life]) -> None:
    """Walk every arrow, with its row of history; those that move alike move together."""
    for step in range(max(len(one.moves) for one in lives)):
        alike: dict[tuple[PortabilityTrigger, str], list[UUID]] = defaultdict(list)
        for one in lives:
            if step < len(one.moves):
                alike[one.moves[step]].append(one.id)
        for (trigger, cause), ids in alike.items():
            await PORTABILITIES.move(work, ids, trigger, cause=cause)
    for why, ids in _alike(one for one in lives if one.has_ended).items():
        await cancel_contracts(work, ids, why)
    for why, ids in _alike(one for one in lives if one.is_paid).items():
        await activate_contracts(work, ids, why)


def _alike(lives: Iterable[Life]) -> dict[str, list[UUID]]:
    """Contracts by what moved them last."""
    alike: dict[str, list[UUID]] = defaultdict(list)
    for one in lives:
        alike[one.moves[-1][1]].append(one.id)
    return alike


async def _act(work: UnitOfWork, lender: LenderProfile, lives: Sequence[Life]) -> None:
    """Prepare what is ours to do next. What was prepared before is left alone."""
    provider = lender.provider
    held = [one for one in lives if is_to_be_submitted(one.standing)]
    if held and lender.can(Submission):
        await ledger.prepare(
            work,
            SUBMIT,
            {one.id: f"submit_proposal:{one.number}" for one in held},
            provider=provider,
        )
    for one in lives:
        match _next_course(one, lender, one.standing):
            case balance.Accept() if one.standing.final_balance is not None:
                key = key_of(one.number, one.standing.final_balance)
                await ledger.prepare(work, ACCEPT, {one.id: key}, provider=provider)
            case balance.Lower(amount):
                key = f"recalculate_proposal:{one.number}:{amount}"
                await ledger.prepare(work, RECALCULATE, {one.id: key}, provider=provider)
            case balance.Accept() | balance.Stop() | None:
                pass


def _record(life: Life) -> dict[str, object]:
    """What the core's contract shows of its portability."""
    standing = life.standing
    learnt = {
        "status": standing.stage_said,
        "portability_number": standing.portability_number,
        "final_balance": standing.final_balance,
    }
    return {name: value for name, value in learnt.items() if value is not None}
