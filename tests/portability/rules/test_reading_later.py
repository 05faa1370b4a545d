"""Rules 1 to 16 for an answer that was read a while after the proposal was sent."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.portability.examples import ANSWER, PROPOSAL, TODAY
from tramita.portability.ports import LoanState, Policy, ProposalAnswer, Stage
from tramita.portability.rules import Grade, Verdict, validate_proposal


def verdict(answer: ProposalAnswer, *, may_have_gone_on: bool = True) -> Verdict:
    """What the rules say of it."""
    return validate_proposal(
        PROPOSAL,
        answer,
        policy=Policy(),
        today=TODAY,
        may_have_gone_on=may_have_gone_on,
    )


def codes(judged: Verdict) -> list[str]:
    """Every failed rule."""
    return [failure.code.value for failure in judged.failures]


def with_loan(state: LoanState | None, answer: ProposalAnswer = ANSWER) -> ProposalAnswer:
    """The answer with another state of its loan."""
    return replace(answer, portability=replace(answer.portability, state=state))


def with_fees(answer: ProposalAnswer) -> ProposalAnswer:
    """The answer of a bank that charges fees."""
    terms = replace(answer.portability.terms, fees=Decimal("10.00"))
    return replace(answer, portability=replace(answer.portability, terms=terms))


class TestAnAnswerThatWasReadLater:
    """The first answer was lost; the client may have signed meanwhile."""

    @pytest.mark.parametrize(
        ("stage", "loan"),
        [
            (Stage.OFFERED, LoanState.SIGNED),
            (Stage.HELD, LoanState.SIGNED),
            (Stage.SUBMITTED, LoanState.SIGNED),
            (Stage.AT_ORIGIN, LoanState.SIGNED),
            (Stage.BALANCE_RETURNED, LoanState.SIGNED),
            (Stage.BALANCE_ACCEPTED, LoanState.SIGNED),
            (Stage.SETTLING, LoanState.SIGNED),
            (Stage.CONFIRMING, LoanState.SIGNED),
            (Stage.PAID, None),
            (Stage.RETAINED, LoanState.ENDED),
        ],
    )
    def test_is_judged_by_its_terms_alone(self, stage: Stage, loan: LoanState | None) -> None:
        """Where it stands is no objection; a first answer that says the same is doubted."""
        answer = replace(with_loan(loan), stage=stage)

        later, first = (verdict(answer, may_have_gone_on=one) for one in (True, False))

        assert Grade.OK is later.grade
        assert Grade.OK is not first.grade

    def test_is_rejected_for_what_would_have_rejected_it_at_first(self) -> None:
        """Signed or not: nobody may be charged fees."""
        answer = replace(with_fees(ANSWER), stage=Stage.BALANCE_RETURNED)

        judged = verdict(answer)

        assert (["fees_charged"], Grade.REJECT) == (codes(judged), judged.grade)

    @pytest.mark.parametrize("stage", [Stage.REJECTED, Stage.CANCELED])
    def test_is_rejected_when_it_was_called_off(self, stage: Stage) -> None:
        """There is nothing to be taken up."""
        judged = verdict(replace(ANSWER, stage=stage))

        assert (["proposal_already_ended"], Grade.REJECT) == (codes(judged), judged.grade)

    @pytest.mark.parametrize(
        "answer",
        [
            replace(ANSWER, stage=None),
            with_loan(None),
            replace(with_loan(None), stage=Stage.SUBMITTED),
        ],
    )
    def test_is_doubted_when_nobody_has_decided_about_its_status(
        self, answer: ProposalAnswer
    ) -> None:
        """A word that is new to us is found out about first."""
        assert Grade.INCONCLUSIVE is verdict(answer).grade
