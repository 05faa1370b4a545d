"""Rules 1 to 16 for an answer that was read a while after the proposal was sent."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.portability.examples import ANSWER, PROPOSAL, TODAY
from tramita.portability.ports import ProposalAnswer
from tramita.portability.rules import Grade, Policy, Verdict, validate_proposal


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


def with_loan(status: str, answer: ProposalAnswer = ANSWER) -> ProposalAnswer:
    """The answer with another status of its loan."""
    return replace(answer, portability=replace(answer.portability, status=status))


def with_fees(answer: ProposalAnswer) -> ProposalAnswer:
    """The answer of a bank that charges fees."""
    terms = replace(answer.portability.terms, fees=Decimal("10.00"))
    return replace(answer, portability=replace(answer.portability, terms=terms))


class TestAnAnswerThatWasReadLater:
    """The first answer was lost; the client may have signed meanwhile."""

    @pytest.mark.parametrize(
        ("status", "loan"),
        [
            ("created", "signed"),
            ("pending_submission", "signed"),
            ("pending_response", "signed"),
            ("pending_acceptance", "signed"),
            ("accepted", "signed"),
            ("accepted_by_requester", "signed"),
            ("settlement_sent", "signed"),
            ("pending_settlement_confirmation", "signed"),
            ("paid", "disbursed"),
            ("retained", "canceled"),
        ],
    )
    def test_is_judged_by_its_terms_alone(self, status: str, loan: str) -> None:
        """Where it stands is no objection; a first answer that says the same is doubted."""
        answer = replace(with_loan(loan), status=status)

        later, first = (verdict(answer, may_have_gone_on=one) for one in (True, False))

        assert Grade.OK is later.grade
        assert Grade.OK is not first.grade

    def test_is_rejected_for_what_would_have_rejected_it_at_first(self) -> None:
        """Signed or not: nobody may be charged fees."""
        answer = replace(with_fees(ANSWER), status="accepted")

        judged = verdict(answer)

        assert (["fees_charged"], Grade.REJECT) == (codes(judged), judged.grade)

    @pytest.mark.parametrize("status", ["rejected", "canceled", "canceled_permanently"])
    def test_is_rejected_when_it_was_called_off(self, status: str) -> None:
        """There is nothing to be taken up."""
        judged = verdict(replace(ANSWER, status=status))

        assert (["proposal_already_ended"], Grade.REJECT) == (codes(judged), judged.grade)

    @pytest.mark.parametrize(
        "answer",
        [
            replace(ANSWER, status="brand_new"),
            with_loan("brand_new"),
            replace(with_loan("brand_new"), status="pending_response"),
        ],
    )
    def test_is_doubted_when_nobody_has_decided_about_its_status(
        self, answer: ProposalAnswer
    ) -> None:
        """A word that is new to us is found out about first."""
        assert Grade.INCONCLUSIVE is verdict(answer).grade
