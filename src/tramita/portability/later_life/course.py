"""What news of a proposal means for its contract: decided here, written elsewhere.

Pure. A contract's ``Standing`` and one ``News`` go in, the standing afterwards and the
triggers that lead there come out. Webhooks come twice, late, in any order or never; so
the stage only ever grows, a stage that was skipped is walked through, and what cannot
be true together is named as a conflict and decided by a person, never by who came last.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from tramita.kit.calendar import day_in_brazil
from tramita.portability.later_life.stages import (
    STATUS_OF_STAGE,
    contradict,
    is_earlier,
    is_end,
    way_to,
)
from tramita.portability.lifecycle import (
    DEAD,
    PAYING,
    PortabilityStatus,
    PortabilityTrigger,
)
from tramita.portability.ports import DECLINED, ConsentStatus, News, Stage, StopReason
from tramita.portability.reasons import Reason, lender_reason
from tramita.portability.rules.business_days import add_business_days

# The origin bank's time to answer, by the rules of the clearing house.
ORIGIN_DAYS: Final = 5

CANCELED_BY_PROVIDER: Final = "canceled_by_provider"
_VAGUE: Final = "_unknown"
_REFUSED_CONSENT: Final = frozenset({ConsentStatus.DENIED, ConsentStatus.EXPIRED})
# Every side a conflict may have, in the order in which they are named.
_SIDES: Final = (
    *(f"{status} here" for status in PortabilityStatus),
    *(f"{stage} there" for stage in Stage),
    *(f"consent {status}" for status in ConsentStatus),
    *(f"unwanted proposal {stage} there" for stage in Stage),
)
_BETWEEN: Final = " / "


class Effect(StrEnum):
    """What a message did."""

    APPLIED = "applied"
    KNOWN = "known"
    LATE = "late"
    CONFLICT = "conflict"
    UNRECOGNIZED = "unrecognized"
    UNMATCHED = "unmatched"


class Topic(StrEnum):
    """What a message may speak of beside the stage, where its last word counts."""

    MARGIN = "margin"
    REFINANCING = "refinancing_status"
    SIGNER = "signer_progress"
    BALANCE = "final_balance"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a contract's later life, as its columns.

    ``heard`` is when something was last said on a topic; it is kept in the events.
    """

    status: PortabilityStatus
    stage: Stage | None = None
    stage_said: str | None = None
    stage_at: datetime | None = None
    portability_number: str | None = None
    final_balance: Decimal | None = None
    balance_due_on: date | None = None
    consent: ConsentStatus | None = None
    consent_expires_on: date | None = None
    refinancing_status: str | None = None
    margin_registered_at: datetime | None = None
    margin_errors: tuple[str, ...] = ()
    signer_progress: str | None = None
    conflict: str | None = None
    reasons: tuple[Reason, ...] = ()
    heard: Mapping[Topic, datetime] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a message does: the standing afterwards, and the arrows that lead there.

    ``unwanted`` says why the proposal must not live on, when it must not.
    """

    standing: Standing
    effect: Effect = Effect.KNOWN
    triggers: tuple[PortabilityTrigger, ...] = ()
    unwanted: str | None = None


def judge(before: Standing, news: News) -> Judgement:
    """What ``news`` means for a contract that stands as ``before``."""
    if not news.is_recognized:
        is_old = before.stage_at is not None and news.happened_at < before.stage_at
        said = before.stage_said if is_old else news.said
        return Judgement(replace(before, stage_said=said), Effect.UNRECOGNIZED)
    judged = _follow_stage(Judgement(before), news)
    judged = _follow_consent(judged, news)
    return _note_facts(judged, news, is_late=judged.effect is Effect.LATE)


def end_here(judged: Judgement, reason: Reason) -> Judgement:
    """We end it: the contract is cancelled here, and its proposal must go."""
    standing = judged.standing
    return replace(
        judged,
        standing=replace(
            standing,
            status=PortabilityStatus.CANCELADO,
            reasons=_with_reason(standing.reasons, reason),
        ),
        effect=Effect.APPLIED,
        triggers=(*judged.triggers, PortabilityTrigger.CANCEL),
        unwanted=reason.sentence,
    )


def add_conflict(conflict: str | None, *sides: str) -> str:
    """All sides that contradict each other, whichever came first."""
    known = set(conflict.split(_BETWEEN)) if conflict else set()
    return _BETWEEN.join(sorted(_telling(known | set(sides)), key=_SIDES.index))


def _telling(sides: set[str]) -> set[str]:
    """The sides without the stages on the way to another one.

    Which of those were heard before the contradiction depends on the order of messages.
    """
    stages = [stage for stage in Stage if f"{stage} there" in sides]
    ends = [stage for stage in stages if is_end(stage)]
    on_the_way = [stage for stage in stages if not is_end(stage)]
    passed = on_the_way if len(ends) > 1 else on_the_way[:-1]
    return sides - {f"{stage} there" for stage in passed}


def unwanted_side(stage: Stage) -> str:
    """The side of a conflict that is another proposal of the contract."""
    return f"unwanted proposal {stage} there"


def _follow_stage(judged: Judgement, news: News) -> Judgement:
    before, stage = judged.standing, news.stage
    if stage is None:
        return judged
    if stage is before.stage:
        return _again(judged, news, stage)
    if before.stage is not None and contradict(before.stage, stage):
        return _conflict(judged, f"{before.stage} there", f"{stage} there")
    if before.stage is not None and is_earlier(stage, before.stage):
        return replace(judged, effect=Effect.LATE)
    if before.status in DEAD:
        return _follow_dead(judged, news, stage)
    way = way_to(before.status, STATUS_OF_STAGE[stage])
    if way is None:
        return _conflict(judged, f"{before.status} here", f"{stage} there")
    return replace(
        judged,
        standing=_reached(replace(before, status=STATUS_OF_STAGE[stage]), news, stage),
        effect=Effect.APPLIED,
        triggers=way,
    )


def _again(judged: Judgement, news: News, stage: Stage) -> Judgement:
    """The same stage once more: when it was first reached, and what is now said of it."""
    before = judged.standing
    first = min(before.stage_at or news.happened_at, news.happened_at)
    is_old = before.stage_at is not None and news.happened_at < before.stage_at
    is_vague = any(one.code.endswith(_VAGUE) for one in before.reasons)
    standing = replace(
        before,
        stage_at=first,
        stage_said=before.stage_said if is_old else news.said,
        reasons=_with_stop(before, stage, news.stop) if is_vague else before.reasons,
    )
    return replace(judged, standing=standing)


def _follow_dead(judged: Judgement, news: News, stage: Stage) -> Judgement:
    """The contract is dead here. The proposal's end fits; that it lives does not."""
    before = judged.standing
    if is_end(stage) and stage is not Stage.PAID:
        if stage is Stage.RETAINED and before.consent in _REFUSED_CONSENT:
            return _conflict(judged, f"{stage} there", f"consent {before.consent}")
        standing = replace(before, stage=stage, stage_said=news.said, stage_at=news.happened_at)
        return replace(judged, standing=standing, effect=Effect.APPLIED)
    if _led_to_its_end(before, news, stage):
        return replace(judged, standing=_reached(before, news, stage), effect=Effect.APPLIED)
    found = _conflict(judged, f"{before.status} here", f"{stage} there")
    if STATUS_OF_STAGE[stage] in PAYING:
        return found  # Nobody can take the money back; a person has to see it.
    return replace(found, unwanted=f"The contract is {before.status} here.")


def _led_to_its_end(before: Standing, news: News, stage: Stage) -> bool:
    """Whether it lived there before the refused consent, heard of earlier, ended it here.

    Told in order, this would have been one stage more on the way. Money that moved
    before the consent was refused contradicts it in any order.
    """
    ended_by_consent = any(one.code == _consent_code(before.consent) for one in before.reasons)
    refused_at = before.heard.get(Topic.CONSENT)
    return (
        ended_by_consent
        and STATUS_OF_STAGE[stage] not in PAYING
        and refused_at is not None
        and news.happened_at <= refused_at
    )


def _reached(standing: Standing, news: News, stage: Stage) -> Standing:
    return replace(
        standing,
        stage=stage,
        stage_said=news.said,
        stage_at=news.happened_at,
        reasons=_with_stop(standing, stage, news.stop),
    )


def _conflict(judged: Judgement, *sides: str) -> Judgement:
    standing = judged.standing
    conflict = add_conflict(standing.conflict, *sides)
    return replace(judged, standing=replace(standing, conflict=conflict), effect=Effect.CONFLICT)


def _follow_consent(judged: Judgement, news: News) -> Judgement:
    if news.consent is None:
        return judged
    before, said = judged.standing, news.consent.status
    standing = replace(
        before,
        consent_expires_on=_latest(before.consent_expires_on, news.consent.expires_on),
    )
    judged = replace(judged, standing=standing)
    if said is before.consent:
        return judged
    if before.consent not in (None, ConsentStatus.AWAITING):
        if said is ConsentStatus.AWAITING:
            return replace(judged, effect=_stronger(judged.effect, Effect.LATE))
        return _conflict(judged, f"consent {before.consent}", f"consent {said}")
    told = replace(
        judged,
        standing=replace(standing, consent=said),
        effect=_stronger(judged.effect, Effect.APPLIED),
    )
    return _refuse_consent(told, news, said) if said in _REFUSED_CONSENT else told


def _consent_code(status: ConsentStatus | None) -> str:
    """The code of the reason for which a consent of this status ends a contract."""
    return f"consent_{status}"


def _refuse_consent(judged: Judgement, news: News, said: ConsentStatus) -> Judgement:
    standing = judged.standing
    words = "denied" if said is ConsentStatus.DENIED else "let expire"
    reason = Reason(_consent_code(said), f"The beneficiary {words} the consent.")
    if standing.status in PAYING:
        return _conflict(judged, f"{standing.status} here", f"consent {said}")
    if standing.status not in DEAD:
        return end_here(judged, reason)
    since = standing.stage_at if standing.stage is Stage.RETAINED else None
    if since is not None and since > news.happened_at:
        # Told in order, this would have ended it before the origin bank did.
        return _conflict(judged, f"{standing.stage} there", f"consent {said}")
    if any(one.code == CANCELED_BY_PROVIDER for one in standing.reasons):
        # The provider's cancellation came first; now it is known why.
        standing = replace(standing, reasons=_with_reason(standing.reasons, reason))
    return replace(judged, standing=standing)


def _note_facts(judged: Judgement, news: News, *, is_late: bool) -> Judgement:
    """Whatever else was said. Late news fills what is empty and overwrites nothing."""
    before = judged.standing
    number, balance = news.portability_number, news.final_balance
    if is_late or news.stage is None:
        number, balance = before.portability_number or number, before.final_balance or balance
    elif not _is_last_word(before, Topic.BALANCE, news.happened_at):
        balance = before.final_balance  # The same stage, told once more by an older message.
    standing = replace(
        before,
        portability_number=number or before.portability_number,
        final_balance=balance if balance is not None else before.final_balance,
        balance_due_on=_balance_due_on(before, news),
    )
    standing = _note_topics(standing, news)
    changed = replace(standing, heard=before.heard) != before
    effect = _stronger(judged.effect, Effect.APPLIED) if changed and not is_late else judged.effect
    return replace(judged, standing=standing, effect=effect)


def _note_topics(before: Standing, news: News) -> Standing:
    standing, at = before, news.happened_at
    if news.margin is not None and news.margin.is_registered:
        first = min(before.margin_registered_at or at, at)
        standing = replace(standing, margin_registered_at=first, margin_errors=())
    elif news.margin is not None and _is_last_word(before, Topic.MARGIN, at):
        errors = news.margin.errors if before.margin_registered_at is None else ()
        standing = replace(standing, margin_errors=errors)
    if news.refinancing_status is not None and _is_last_word(before, Topic.REFINANCING, at):
        standing = replace(standing, refinancing_status=news.refinancing_status)
    if news.signer_progress is not None and _is_last_word(before, Topic.SIGNER, at):
        standing = replace(standing, signer_progress=news.signer_progress)
    spoken = {topic: max(at, before.heard.get(topic, at)) for topic in topics_of(news)}
    return replace(standing, heard={**before.heard, **spoken})


def topics_of(news: News) -> tuple[Topic, ...]:
    """What a message speaks of beside the stage."""
    spoken = {
        Topic.MARGIN: news.margin,
        Topic.REFINANCING: news.refinancing_status,
        Topic.SIGNER: news.signer_progress,
        Topic.BALANCE: news.final_balance,
        Topic.CONSENT: news.consent,
    }
    return tuple(topic for topic, said in spoken.items() if said is not None)


def _is_last_word(standing: Standing, topic: Topic, at: datetime) -> bool:
    return topic not in standing.heard or standing.heard[topic] <= at


def _balance_due_on(standing: Standing, news: News) -> date | None:
    if news.stage is not Stage.AT_ORIGIN:
        return standing.balance_due_on
    due = add_business_days(day_in_brazil(news.happened_at), ORIGIN_DAYS)
    return min(due, standing.balance_due_on or due)


def _with_stop(standing: Standing, stage: Stage, stop: StopReason | None) -> tuple[Reason, ...]:
    """The reasons with why the provider ended it; its own codes are kept as they came."""
    code, text = (stop.code, stop.text) if stop else (_VAGUE[1:], "no reason given")
    match stage:
        case Stage.REJECTED if stop is not None and stop.is_lenders_own:
            reason = lender_reason(stop)
        case Stage.CANCELED if stop is not None and stop.is_lenders_own and not standing.reasons:
            reason = lender_reason(stop)
        case Stage.CANCELED if code == DECLINED and not standing.reasons:
            reason = Reason(DECLINED, "The client refused to sign.")
        case Stage.RETAINED:
            reason = Reason(f"retained_{code}", f"The origin bank kept the client: {text}.")
        case Stage.REJECTED:
            reason = Reason(f"rejected_{code}", f"The clearing house refused: {text}.")
        case Stage.CANCELED if not standing.reasons:
            reason = Reason(CANCELED_BY_PROVIDER, f"The provider cancelled: {text}.")
        case _:
            return standing.reasons
    return _with_reason(standing.reasons, reason)


def _with_reason(reasons: Iterable[Reason], reason: Reason) -> tuple[Reason, ...]:
    """A reason more; one that says more replaces one that says less."""
    known = tuple(one for one in reasons if one.code != CANCELED_BY_PROVIDER)
    family = reason.code.split("_")[0]
    is_vague = reason.code.endswith(_VAGUE)
    if any(one.code == reason.code for one in known):
        return known
    if is_vague and any(one.code.startswith(f"{family}_") for one in known):
        return known
    return (*(one for one in known if one.code != f"{family}{_VAGUE}"), reason)


def _latest(one: date | None, other: date | None) -> date | None:
    return max((day for day in (one, other) if day is not None), default=None)


def _stronger(one: Effect, other: Effect) -> Effect:
    order = (Effect.KNOWN, Effect.LATE, Effect.APPLIED, Effect.CONFLICT)
    return max(one, other, key=order.index)
