"""Rules 1 to 16: every way an answer can be wrong is named, and nothing else."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.portability.examples import (
    ANSWER,
    PORTABILITY_KEY,
    PROPOSAL,
    PROPOSAL_KEY,
    REFINANCED,
    REFINANCING,
    TODAY,
    offered,
    schedule,
)
from tramita.portability.ports import (
    Installment,
    LoanState,
    Policy,
    Proposal,
    ProposalAnswer,
    Stage,
    UnreadableAnswer,
)
from tramita.portability.rules import Grade, Verdict, validate_proposal

WITH_REFINANCING = replace(PROPOSAL, refinancing=REFINANCING)
REFINANCED_ANSWER = replace(ANSWER, refinancing=REFINANCED)
TERMS = ANSWER.portability.terms
LINES = TERMS.installments


def verdict(
    answer: ProposalAnswer | UnreadableAnswer,
    *,
    proposal: Proposal = PROPOSAL,
    known_keys: frozenset[str] = frozenset(),
) -> Verdict:
    return validate_proposal(proposal, answer, policy=Policy(), today=TODAY, known_keys=known_keys)


def codes(judged: Verdict) -> list[str]:
    return [failure.code.value for failure in judged.failures]


def with_operation(**changes: Any) -> ProposalAnswer:
    """The flawless answer with another portability operation."""
    return replace(ANSWER, portability=replace(ANSWER.portability, **changes))


def with_terms(**changes: Any) -> ProposalAnswer:
    """The flawless answer with other terms of the portability."""
    return with_operation(terms=replace(TERMS, **changes))


def with_annual_rate(rate: str) -> ProposalAnswer:
    """The flawless answer with another annual rate, and a CET that goes with it."""
    return with_terms(annual_interest_rate=Decimal(rate), annual_cet=Decimal(rate))


def with_refinancing(**changes: Any) -> ProposalAnswer:
    """The flawless refinanced answer with another refinancing operation."""
    return replace(REFINANCED_ANSWER, refinancing=replace(REFINANCED, **changes))


def with_line(index: int, **changes: Any) -> ProposalAnswer:
    """The flawless answer with one other line in its schedule."""
    lines = list(LINES)
    lines[index] = replace(lines[index], **changes)
    return with_terms(installments=tuple(lines))


def lines_of(number: int, amount: str, first: date = date(2027, 1, 7)) -> tuple[Installment, ...]:
    return schedule(first, number=number, amount=Decimal(amount))


CHEAPER_ORIGIN = replace(
    PROPOSAL, origin=replace(PROPOSAL.origin, monthly_interest_rate=Decimal("0.0150"))
)
SHORTER_ORIGIN = replace(PROPOSAL, origin=replace(PROPOSAL.origin, remaining_installments=79))
LONG = replace(PROPOSAL.terms, number_of_installments=97)
LONG_PROPOSAL = replace(
    PROPOSAL, terms=LONG, origin=replace(PROPOSAL.origin, remaining_installments=97)
)
DEAR = replace(PROPOSAL.terms, monthly_interest_rate=Decimal("0.0190"))


class TestAFlawlessAnswer:
    @pytest.mark.parametrize(
        ("proposal", "answer"),
        [(PROPOSAL, ANSWER), (WITH_REFINANCING, REFINANCED_ANSWER)],
        ids=["pure", "refinanced"],
    )
    def test_passes(self, proposal: Proposal, answer: ProposalAnswer) -> None:
        """Nothing is found where nothing is wrong."""
        assert Verdict(Grade.OK) == verdict(answer, proposal=proposal)

    @pytest.mark.parametrize(
        "answer",
        [
            replace(ANSWER, stage=Stage.HELD),
            replace(ANSWER, stage=Stage.SUBMITTED),
            replace(ANSWER, benefit_number="0000123456789"),
            with_terms(installments=lines_of(80, "202.73", date(2027, 2, 7))),
            with_line(-1, amount=Decimal("203.53")),
            with_terms(monthly_cet=Decimal("0.0166"), annual_cet=Decimal("0.2198")),
            with_terms(issue_amount=Decimal("8956.00")),
            with_terms(disbursement_date=TODAY),
        ],
        ids=[
            "manual submission",
            "automatic submission",
            "leading zeros",
            "next competence",
            "last line carries the rounding",
            "CET rounded down",
            "balance within half a percent",
            "paid today",
        ],
    )
    def test_may_differ_where_the_rules_allow_it(self, answer: ProposalAnswer) -> None:
        """Each tolerance is used to its edge."""
        assert [] == codes(verdict(answer))

    def test_may_count_the_first_period_by_days(self) -> None:
        """Interest by days over 42 days is worth less than by the plain table."""
        by_days = with_terms(issue_amount=Decimal("8869.00"))

        assert [] == codes(verdict(by_days))

    def test_may_fall_due_on_the_last_day_of_each_month(self) -> None:
        """The 31st is followed by the 28th of February and the 31st of March."""
        asked = replace(PROPOSAL.terms, first_due_date=date(2027, 1, 31), number_of_installments=3)
        dates = [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)]
        terms = offered(Decimal("600.00"), terms=replace(asked, first_due_date=date(2027, 1, 7)))
        lines = tuple(
            replace(line, due_date=due) for line, due in zip(terms.installments, dates, strict=True)
        )
        origin = replace(PROPOSAL.origin, last_due_balance=Decimal("600.00"))

        judged = verdict(
            with_operation(terms=replace(terms, installments=lines)),
            proposal=replace(PROPOSAL, terms=asked, origin=origin),
        )

        assert "due_dates_irregular" not in codes(judged)

    def test_may_keep_the_instalment_the_client_pays_today(self) -> None:
        """Equal is not higher."""
        origin = replace(PROPOSAL.origin, installment_amount=Decimal("202.73"))

        assert [] == codes(verdict(ANSWER, proposal=replace(PROPOSAL, origin=origin)))

    def test_may_refinance_at_more_than_the_origins_rate(self) -> None:
        """The refinancing is a new loan: only what was agreed and the cap bind its rate."""
        cheap = replace(PROPOSAL.terms, monthly_interest_rate=Decimal("0.0150"))
        origin = replace(PROPOSAL.origin, monthly_interest_rate=Decimal("0.0160"))
        proposal = replace(PROPOSAL, terms=cheap, origin=origin, refinancing=REFINANCING)
        answer = replace(
            with_operation(terms=offered(Decimal("8912.77"), terms=cheap)), refinancing=REFINANCED
        )

        assert [] == codes(verdict(answer, proposal=proposal))

    def test_may_pay_out_exactly_the_smallest_change(self) -> None:
        """Five percent of what the refinancing adds to the instalments is enough."""
        added = sum(line.amount for line in REFINANCED.terms.installments) - sum(
            line.amount for line in LINES
        )
        exact = with_refinancing(final_disbursement_amount=added * Decimal("0.05"))

        assert [] == codes(verdict(exact, proposal=WITH_REFINANCING))


class TestADefectiveAnswer:
    @pytest.mark.parametrize(
        ("answer", "proposal", "expected"),
        [
            (replace(ANSWER, cpf="14950479032"), PROPOSAL, ["wrong_client"]),
            (replace(ANSWER, benefit_number="123456780"), PROPOSAL, ["wrong_benefit"]),
            (with_operation(contract_number="A-1"), PROPOSAL, ["wrong_contract_number"]),
            (replace(ANSWER, origin_contract_number="1"), PROPOSAL, ["wrong_origin_contract"]),
            (replace(ANSWER, origin_ispb="00000001"), PROPOSAL, ["wrong_origin_bank"]),
            (replace(ANSWER, stage=Stage.REJECTED), PROPOSAL, ["proposal_already_ended"]),
            (with_operation(state=LoanState.ENDED), PROPOSAL, ["operation_already_ended"]),
            (
                with_terms(
                    monthly_interest_rate=Decimal("0.0168"),
                    annual_interest_rate=Decimal("0.22131"),
                    monthly_cet=Decimal("0.0168"),
                    annual_cet=Decimal("0.22131"),
                ),
                PROPOSAL,
                ["rate_above_proposed"],
            ),
            (ANSWER, CHEAPER_ORIGIN, ["rate_above_origin"]),
            (
                with_operation(terms=offered(Decimal("8912.77"), terms=DEAR)),
                replace(PROPOSAL, terms=DEAR),
                ["rate_above_cap"],
            ),
            (
                with_operation(
                    terms=offered(
                        Decimal("8912.77"), terms=replace(PROPOSAL.terms, number_of_installments=79)
                    )
                ),
                PROPOSAL,
                ["installment_count_differs"],
            ),
            (ANSWER, SHORTER_ORIGIN, ["term_above_origin"]),
            (
                with_operation(terms=offered(Decimal("8912.77"), terms=LONG)),
                LONG_PROPOSAL,
                ["term_above_cap"],
            ),
            (
                with_terms(installments=LINES[:-1]),
                PROPOSAL,
                ["schedule_incomplete", "schedule_does_not_repay_amount"],
            ),
            (with_line(3, number=3), PROPOSAL, ["schedule_incomplete"]),
            (with_line(3, due_date=date(2027, 4, 8)), PROPOSAL, ["due_dates_irregular"]),
            (
                with_terms(installments=lines_of(80, "202.73", date(2027, 3, 7))),
                PROPOSAL,
                ["first_due_date_differs"],
            ),
            (with_line(3, amount=Decimal("202.74")), PROPOSAL, ["installments_uneven"]),
            (with_line(-1, amount=Decimal("203.54")), PROPOSAL, ["installments_uneven"]),
            (
                ANSWER,
                replace(
                    PROPOSAL, origin=replace(PROPOSAL.origin, installment_amount=Decimal("202.72"))
                ),
                ["installment_above_origin"],
            ),
            (
                ANSWER,
                replace(
                    PROPOSAL, origin=replace(PROPOSAL.origin, last_due_balance=Decimal("8868.40"))
                ),
                ["amount_differs_from_balance"],
            ),
            (
                with_operation(final_disbursement_amount=Decimal("0.01")),
                PROPOSAL,
                ["change_in_pure_portability"],
            ),
            (with_terms(fees=Decimal("10.00")), PROPOSAL, ["fees_charged"]),
            (
                with_operation(terms=offered(Decimal("400.00"), terms=PROPOSAL.terms)),
                replace(
                    PROPOSAL, origin=replace(PROPOSAL.origin, last_due_balance=Decimal("400.00"))
                ),
                ["installment_below_minimum"],
            ),
            (
                with_line(0, amount=Decimal("250.01")),
                PROPOSAL,
                ["installments_uneven", "installment_above_origin"],
            ),
            (REFINANCED_ANSWER, PROPOSAL, ["refinancing_not_asked"]),
            (
                with_refinancing(final_disbursement_amount=Decimal("100.00")),
                WITH_REFINANCING,
                ["change_too_small"],
            ),
            (
                with_terms(disbursement_date=date(2026, 11, 28)),
                PROPOSAL,
                ["disbursement_not_on_business_day"],
            ),
            (
                with_terms(disbursement_date=date(2026, 12, 1)),
                PROPOSAL,
                ["disbursement_outside_window"],
            ),
            (
                with_terms(disbursement_date=date(2026, 11, 19)),
                PROPOSAL,
                ["disbursement_outside_window"],
            ),
        ],
    )
    def test_is_rejected_for_exactly_that(
        self, answer: ProposalAnswer, proposal: Proposal, expected: list[str]
    ) -> None:
        """One broken rule, one failure: rules do not shadow one another."""
        judged = verdict(answer, proposal=proposal)

        assert expected == codes(judged)
        assert Grade.REJECT is judged.grade

    @pytest.mark.parametrize(
        ("answer", "proposal", "expected"),
        [
            (UnreadableAnswer(("borrower: missing.",)), PROPOSAL, ["answer_unreadable"]),
            (ANSWER, WITH_REFINANCING, ["refinancing_missing"]),
            (replace(ANSWER, stage=None), PROPOSAL, ["proposal_status_unexpected"]),
            (replace(ANSWER, stage=Stage.PAID), PROPOSAL, ["proposal_status_unexpected"]),
            (with_operation(state=None), PROPOSAL, ["operation_status_unexpected"]),
            (with_operation(document_key=None), PROPOSAL, ["contract_document_missing"]),
            (
                with_refinancing(document_key=None),
                WITH_REFINANCING,
                ["contract_document_missing"],
            ),
            (with_annual_rate("21.98"), PROPOSAL, ["rates_disagree"]),
            (with_annual_rate("0.2201"), PROPOSAL, ["rates_disagree"]),
            (with_terms(monthly_cet=None), PROPOSAL, ["cet_missing"]),
            (with_terms(annual_cet=None), PROPOSAL, ["cet_missing"]),
            (with_terms(monthly_cet=Decimal("0.000167")), PROPOSAL, ["cet_below_rate"]),
            (
                with_terms(installments=lines_of(80, "190.00")),
                PROPOSAL,
                ["schedule_does_not_repay_amount"],
            ),
        ],
    )
    def test_is_inconclusive_for_exactly_that(
        self,
        answer: ProposalAnswer | UnreadableAnswer,
        proposal: Proposal,
        expected: list[str],
    ) -> None:
        """What cannot be judged is found out first, never called rejected."""
        judged = verdict(answer, proposal=proposal)

        assert expected == codes(judged)
        assert Grade.INCONCLUSIVE is judged.grade

    def test_is_inconclusive_when_its_key_is_anothers(self) -> None:
        """Two contracts of ours cannot share a proposal or a loan."""
        judged = verdict(ANSWER, known_keys=frozenset({PROPOSAL_KEY, PORTABILITY_KEY}))

        assert ["key_belongs_to_another_contract"] * 2 == codes(judged)
        assert Grade.INCONCLUSIVE is judged.grade

    def test_is_inconclusive_when_one_key_names_two_loans(self) -> None:
        """Portability and refinancing are two operations."""
        judged = verdict(with_refinancing(key=PORTABILITY_KEY), proposal=WITH_REFINANCING)

        assert ["key_belongs_to_another_contract"] == codes(judged)

    def test_is_inconclusive_without_a_positive_rate(self) -> None:
        """A rate of zero is not a bargain but a slip; nothing is divided by it."""
        zero = with_terms(
            monthly_interest_rate=Decimal(0),
            annual_interest_rate=Decimal(0),
            installments=lines_of(80, "111.41"),
        )

        assert ["rates_disagree"] == codes(verdict(zero))

    def test_has_every_failure_named(self) -> None:
        """The operator reads the whole list, in the order of the rules."""
        bad = replace(
            with_terms(fees=Decimal(10), annual_interest_rate=Decimal("0.2")),
            cpf="14950479032",
            origin_ispb="00000001",
        )

        judged = verdict(bad)

        assert ["wrong_client", "wrong_origin_bank", "rates_disagree", "fees_charged"] == codes(
            judged
        )
        assert [3, 3, 7, 13] == [failure.rule for failure in judged.failures]
