"""Rules 1 to 16: what a provider's answer must be before the client may sign."""

from collections.abc import Callable, Container, Iterator
from datetime import date
from typing import Final, TypeAlias

from tramita.portability.ports import Policy, Proposal, ProposalAnswer, UnreadableAnswer
from tramita.portability.rules import identity, interest, money, schedule
from tramita.portability.rules.case import Case
from tramita.portability.rules.verdict import Code, Failure, Verdict, doubt, sum_up

Rule: TypeAlias = Callable[[Case], Iterator[Failure]]

RULES: Final[tuple[Rule, ...]] = (
    identity.has_every_part,
    identity.has_keys_of_its_own,
    identity.is_about_our_proposal,
    identity.is_at_its_start,
    identity.has_a_document_to_sign,
    interest.has_no_higher_rate,
    interest.has_rates_that_agree,
    schedule.has_the_term_asked_for,
    schedule.has_a_uniform_schedule,
    money.has_no_higher_installment,
    money.lends_what_is_owed,
    money.repays_what_is_lent,
    money.has_no_change_or_fees,
    money.has_enough_change,
    interest.has_a_cet_above_its_rate,
    schedule.is_paid_out_in_time,
)


def validate_proposal(
    proposal: Proposal,
    answer: ProposalAnswer | UnreadableAnswer,
    *,
    policy: Policy,
    today: date,
    known_keys: Container[str] = frozenset(),
    may_have_gone_on: bool = False,
) -> Verdict:
    """Judge the answer to ``proposal`` and name every failed rule.

    ``today`` is the day the proposal was sent, in Brazil: an answer reconciled later
    is judged as if it had come at once. ``known_keys`` holds the keys of proposals
    and loans already bound to *other* contracts of ours; a unique index guards the
    same against two answers at the same time. With ``may_have_gone_on`` the proposal may
    stand beyond its start by now; its terms are judged as at the beginning.
    """
    if isinstance(answer, UnreadableAnswer):
        faults = " ".join(answer.faults)
        return sum_up([doubt(1, Code.ANSWER_UNREADABLE, f"The answer is unreadable. {faults}")])
    case = Case(proposal, answer, policy, today, known_keys, may_have_gone_on)
    return sum_up(failure for rule in RULES for failure in rule(case))
