"""Rules 17 to 21: what is found before the provider is asked."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.portability.examples import PROPOSAL, REFINANCING, TODAY
from tramita.portability.ports import Policy, Proposal
from tramita.portability.rules import (
    Grade,
    Loan,
    MarginQuery,
    Verdict,
    check_before_sending,
)

FRESH = MarginQuery(TODAY, is_blocked=False, available_margin=Decimal(0))


def born(day: date) -> Proposal:
    return replace(PROPOSAL, borrower=replace(PROPOSAL.borrower, birth_date=day))


def with_picture(**changes: Any) -> Proposal:
    return replace(PROPOSAL, documents=(replace(PROPOSAL.documents[0], **changes),))


def codes(judged: Verdict) -> list[str]:
    return [failure.code.value for failure in judged.failures]


class TestCheckBeforeSending:
    @pytest.mark.parametrize(
        "proposal",
        [
            PROPOSAL,
            replace(PROPOSAL, refinancing=REFINANCING),
            replace(PROPOSAL, documents=()),
            born(date(2008, 11, 23)),
            # 80 instalments from 2027-01-07 end on 2033-08-07.
            born(date(1947, 8, 8)),
            with_picture(width=250, height=250, size=2_000_000),
        ],
    )
    def test_lets_a_good_proposal_go(self, proposal: Proposal) -> None:
        """Each limit may be used to its edge."""
        assert Verdict(Grade.OK) == check_before_sending(proposal, policy=Policy(), today=TODAY)

    @pytest.mark.parametrize(
        ("proposal", "expected"),
        [
            (born(date(2008, 11, 24)), "client_under_age"),
            (born(date(1947, 8, 7)), "client_above_age_limit"),
            (
                replace(PROPOSAL, benefit=replace(PROPOSAL.benefit, species=87)),
                "benefit_species_not_accepted",
            ),
            (with_picture(media_type="image/png"), "picture_not_acceptable"),
            (with_picture(height=249), "picture_not_acceptable"),
            (with_picture(size=2_000_001), "picture_not_acceptable"),
            (with_picture(size=0), "picture_not_acceptable"),
            (
                replace(PROPOSAL, origin=replace(PROPOSAL.origin, ispb="32402502")),
                "origin_bank_is_ours",
            ),
            (
                replace(PROPOSAL, origin=replace(PROPOSAL.origin, ispb="00000001")),
                "origin_bank_not_participant",
            ),
        ],
    )
    def test_stops_for_exactly_that(self, proposal: Proposal, expected: str) -> None:
        """What the provider would cancel for good is not sent."""
        policy = Policy(
            own_ispb="32402502", participants={"00000208": "Banco Aurora", "32402502": "Ours"}
        )
        # The longer refinancing would also be over age: only the portability is asked for.
        judged = check_before_sending(proposal, policy=policy, today=TODAY)

        assert [expected] == codes(judged)
        assert Grade.REJECT is judged.grade

    @pytest.mark.parametrize(
        ("query", "expected", "grade"),
        [
            (None, ["margin_query_missing"], Grade.INCONCLUSIVE),
            (FRESH, [], Grade.OK),
            (replace(FRESH, asked_on=TODAY - timedelta(days=30)), [], Grade.OK),
            (
                replace(FRESH, asked_on=TODAY - timedelta(days=31)),
                ["margin_query_too_old"],
                Grade.INCONCLUSIVE,
            ),
            (replace(FRESH, is_blocked=True), ["benefit_blocked"], Grade.REJECT),
            (
                replace(FRESH, available_margin=Decimal("-47.28")),
                ["margin_too_small"],
                Grade.REJECT,
            ),
            (replace(FRESH, available_margin=Decimal("-47.27")), [], Grade.OK),
        ],
    )
    def test_wants_a_recent_margin_query_where_the_policy_does(
        self, query: MarginQuery | None, expected: list[str], grade: Grade
    ) -> None:
        """Without one, the provider would stall at registration; the old margin is reused."""
        judged = check_before_sending(
            PROPOSAL, policy=Policy(needs_margin_query=True), today=TODAY, margin_query=query
        )

        assert expected == codes(judged)
        assert grade is judged.grade

    def test_looks_at_the_refinancing_too(self) -> None:
        """The longer term counts for the age, the higher instalment for the margin."""
        proposal = replace(born(date(1948, 1, 1)), refinancing=REFINANCING)
        query = replace(FRESH, available_margin=Decimal("-0.01"))

        judged = check_before_sending(proposal, policy=Policy(), today=TODAY, margin_query=query)

        assert ["client_above_age_limit", "margin_too_small"] == codes(judged)

    def test_stops_a_loan_that_is_already_moving(self) -> None:
        """The clearing house would refuse the second one (ECTC0023)."""
        live = frozenset({Loan("16514548091", "00000208", "998877")})

        judged = check_before_sending(PROPOSAL, policy=Policy(), today=TODAY, live_loans=live)

        assert ["loan_already_in_portability"] == codes(judged)

    def test_lets_another_loan_of_the_same_client_go(self) -> None:
        """A client moves several loans at once."""
        live = frozenset({Loan("16514548091", "00000208", "998878")})

        judged = check_before_sending(PROPOSAL, policy=Policy(), today=TODAY, live_loans=live)

        assert Grade.OK is judged.grade

    def test_names_everything_at_once(self) -> None:
        """The operator mends all of it in one go."""
        bad = replace(with_picture(width=10), benefit=replace(PROPOSAL.benefit, species=88))

        judged = check_before_sending(bad, policy=Policy(), today=TODAY)

        assert ["benefit_species_not_accepted", "picture_not_acceptable"] == codes(judged)
