"""QI Tech's answers in our words."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.portability.examples import ANSWER, PROPOSAL_KEY
from tramita.kit.outcome import Refused
from tramita.portability.later_life.stages import STATUS_OF_STAGE
from tramita.portability.ports import LoanState, ProposalAnswer, UnreadableAnswer
from tramita.providers.qitech.translate import (
    QIStatus,
    UnknownStatus,
    read_status,
    stage_of,
    translate_found_proposals,
    translate_proposal_answer,
    translate_refusal,
)
from tramita.providers.qitech.wire import parse_instant

Answer = dict[str, Any]

ENCODER = msgspec.json.Encoder(decimal_format="number")


def answer() -> Answer:
    """The answer of the examples as QI Tech words it: CETs are percent, rates fractions."""
    terms = ANSWER.portability.terms
    option = {
        "annual_cet": (terms.annual_cet or 0) * 100,
        "cet": (terms.monthly_cet or 0) * 100,
        "issue_amount": terms.issue_amount,
        "disbursement_date": terms.disbursement_date,
        "number_of_installments": terms.number_of_installments,
        "contract_fee_amount": 0,
        "prefixed_interest_rate": {
            "annual_rate": terms.annual_interest_rate,
            "monthly_rate": terms.monthly_interest_rate,
            "interest_base": "calendar_days",
        },
        "installments": [
            {
                "installment_number": line.number,
                "due_date": line.due_date,
                "total_amount": line.amount,
            }
            for line in terms.installments
        ],
    }
    return {
        "proposal_key": PROPOSAL_KEY,
        "proposal_number": "100001",
        "proposal_status": "created",
        "borrower": {"individual_document_number": "16514548091", "role_type": "issuer"},
        "collaterals": [{"collateral_data": {"benefit_number": "123456789"}}],
        "origin_operation": {"contract_number": "998877", "ispb_number": "00000208"},
        "portability_credit_operation": {
            "credit_operation_key": str(ANSWER.portability.key),
            "credit_operation_status": "waiting_signature",
            "contract_number": "A-0001",
            "document_key": "ccb-1",
            "signed_url": None,
            "final_disbursement_amount": 0,
            "disbursement_options": [option],
        },
        "signature_information": [
            {"name": "Maria Souza", "signature_url": "https://sign.example.com/s/1"}
        ],
        "a_field_of_next_year": {"anything": []},
    }


def translated(body: object) -> ProposalAnswer | UnreadableAnswer:
    return translate_proposal_answer(ENCODER.encode(body))


def option_of(body: Answer) -> Answer:
    return body["portability_credit_operation"]["disbursement_options"][0]  # type: ignore[no-any-return]


def numbers_as_strings(value: object) -> object:
    """The same answer as another version of the same page shows it."""
    if isinstance(value, dict):
        return {key: numbers_as_strings(member) for key, member in value.items()}
    if isinstance(value, list):
        return [numbers_as_strings(member) for member in value]
    return str(value) if isinstance(value, int | Decimal) else value


class TestTranslateProposalAnswer:
    def test_reads_a_whole_answer(self) -> None:
        """Percentages become fractions, unknown fields are no trouble."""
        assert ANSWER == translated(answer())

    def test_reads_numbers_written_as_strings(self) -> None:
        """One page version has "20.27" where another has 20.27."""
        assert ANSWER == translated(numbers_as_strings(answer()))

    def test_restores_the_leading_zeros_of_identifiers(self) -> None:
        """An ISPB or CPF that became a number is padded back; a benefit compares as one."""
        body = answer()
        body["origin_operation"]["ispb_number"] = 208
        body["borrower"]["individual_document_number"] = 16514548091
        body["collaterals"][0]["collateral_data"]["benefit_number"] = 123456789

        assert ANSWER == translated(body)

    def test_reads_the_refinancing(self) -> None:
        """It has the same shape as the portability."""
        body = answer()
        body["refinancing_credit_operation"] = body["portability_credit_operation"]

        assert replace(ANSWER, refinancing=ANSWER.portability) == translated(body)

    def test_adds_up_both_kinds_of_fees(self) -> None:
        """Fees of the contract and external ones are all paid by the client."""
        body = answer()
        option_of(body)["contract_fee_amount"] = "10.50"
        option_of(body)["external_contract_fee_amount"] = 4.5

        read = translated(body)

        assert isinstance(read, ProposalAnswer)
        assert Decimal("15.00") == read.portability.terms.fees

    @pytest.mark.parametrize(
        "information",
        [
            None,
            [],
            {},
            "https://sign.example.com",
            [{"signature_url": 1}],
            [{"signature_url": "javascript:alert(1)"}],
        ],
    )
    def test_lives_without_a_signing_link(self, information: object) -> None:
        """Its shape is on no public page, and what is not a web link is not shown."""
        body = answer() | {"signature_information": information}

        assert replace(ANSWER, signature_url=None) == translated(body)

    @pytest.mark.parametrize(
        ("spoil", "fault"),
        [
            (lambda body: body.pop("borrower"), "borrower: missing."),
            (lambda body: body.update(borrower=None), "borrower: expected an object."),
            (lambda body: body.update(collaterals=[]), "collaterals: empty."),
            (lambda body: body.update(collaterals={}), "collaterals: expected a list."),
            (
                lambda body: body["portability_credit_operation"].update(disbursement_options=None),
                "portability_credit_operation.disbursement_options: expected a list.",
            ),
            (
                lambda body: option_of(body)["prefixed_interest_rate"].update(monthly_rate=1.67),
                "portability_credit_operation.disbursement_options[0].prefixed_interest_rate."
                "monthly_rate: Not a monthly fraction; a percentage?.",
            ),
            (
                lambda body: option_of(body)["installments"][2].update(total_amount="NaN"),
                "portability_credit_operation.disbursement_options[0].installments[2]."
                "total_amount: Not an amount of money.",
            ),
            (
                lambda body: option_of(body)["installments"][0].update(due_date="2026-13-01"),
                "portability_credit_operation.disbursement_options[0].installments[0]."
                "due_date: month must be in 1..12.",
            ),
            (
                lambda body: option_of(body).update(cet="none"),
                "portability_credit_operation.disbursement_options[0].cet: Invalid decimal string.",
            ),
        ],
    )
    def test_names_the_field_at_fault(self, spoil: Callable[[Answer], object], fault: str) -> None:
        """What is missing or mistyped is said with its path, and the key is saved."""
        body = answer()
        spoil(body)

        assert UnreadableAnswer((fault,), PROPOSAL_KEY) == translated(body)

    def test_names_every_fault(self) -> None:
        """An operator sees all that is wrong, not one thing per attempt."""
        body = answer() | {"proposal_status": 3, "borrower": {}}
        option_of(body)["number_of_installments"] = "eighty"

        read = translated(body)

        assert isinstance(read, UnreadableAnswer)
        assert {
            "proposal_status",
            "borrower.individual_document_number",
            "portability_credit_operation.disbursement_options[0].number_of_installments",
        } == {fault.partition(":")[0] for fault in read.faults}

    @pytest.mark.parametrize(
        "body", [b"", b"<html></html>", b"\xff", b'{"proposal_key":"0b8f', b"[" * 100_000]
    )
    def test_says_that_a_body_is_not_json(self, body: bytes) -> None:
        """HTML, half a body and nonsense are one fault."""
        assert UnreadableAnswer(("The body is not JSON.",)) == translate_proposal_answer(body)

    def test_cannot_be_flooded_with_faults(self) -> None:
        """A schedule of thousands of bad lines names twenty."""
        body = answer()
        option_of(body)["installments"] = [{}] * 5000

        read = translated(body)

        assert isinstance(read, UnreadableAnswer)
        assert 20 == len(read.faults)

    @given(
        body=st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from(sorted(answer())) | st.text(), inner, max_size=4)
            ),
        )
    )
    def test_never_raises_for_any_json(self, body: object) -> None:
        """Whatever QI Tech answers, the journey gets something to decide on."""
        assert isinstance(translated(body), ProposalAnswer | UnreadableAnswer)

    @given(data=st.data())
    def test_never_raises_for_a_spoiled_answer(self, data: st.DataObject) -> None:
        """Any one leaf of a good answer may become anything."""
        body: Any = answer()
        option_of(body)["installments"] = option_of(body)["installments"][:2]
        place, key = _choose_leaf(body, data)
        place[key] = data.draw(
            st.none() | st.integers() | st.floats() | st.text(max_size=5) | st.just([]),
        )

        assert isinstance(translated(body), ProposalAnswer | UnreadableAnswer)


def _choose_leaf(place: Any, data: st.DataObject) -> tuple[Any, Any]:
    while True:
        keys = sorted(place) if isinstance(place, dict) else range(len(place))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(place[key], dict | list) or not place[key]:
            return place, key
        place = place[key]


class TestTranslateFoundProposals:
    @pytest.mark.parametrize(("number", "is_answer"), [("A-1", True), (None, True), ("B-1", False)])
    def test_is_no_answer_when_another_contract_is_on_it(
        self, number: str | None, *, is_answer: bool
    ) -> None:
        """Who lists everybody's proposals has not said that ours is not there."""
        line = {"proposal_key": PROPOSAL_KEY, "proposal_number": 1, "proposal_status": "paid"}
        loan = {"portability_credit_operation": {"contract_number": number}}
        body = msgspec.json.encode([line, line | loan])

        found = translate_found_proposals(body, contract_number="A-1")

        assert is_answer == (found is not None)


class TestTranslateRefusal:
    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            (
                b'{"title":"Bad Request","description":"d","translation":"t","code":"CT000118"}',
                Refused("CT000118", "t"),
            ),
            (b'{"description":"CPF 16514548091"}', Refused("HTTP_422", "CPF •••.145.•••-••")),
            (b'{"title":"Bad Request"}', Refused("HTTP_422", "Bad Request")),
            (b"<html>", Refused("HTTP_422", "HTTP 422")),
            (b'{"code":{}}', Refused("HTTP_422", "HTTP 422")),
            (b"[" * 100_000, Refused("HTTP_422", "HTTP 422")),
        ],
    )
    def test_keeps_what_the_vendor_said(self, body: bytes, expected: Refused) -> None:
        """Its code and its Portuguese words, masked, or at least the HTTP status."""
        assert expected == translate_refusal(422, body)


class TestStatuses:
    @pytest.mark.parametrize(
        ("status", "expected"),
        [
            ("created", "FORMALIZACAO_CLIENTE"),
            ("pending_submission", "AGUARDANDO_SALDO"),
            ("pending_response", "AGUARDANDO_SALDO"),
            ("pending_acceptance", "AGUARDANDO_SALDO"),
            ("accepted", "SALDO_RETORNADO"),
            ("accepted_by_requester", "AGUARDANDO_PAGAMENTO"),
            ("settlement_sent", "AGUARDANDO_PAGAMENTO"),
            ("pending_settlement_confirmation", "AGUARDANDO_PAGAMENTO"),
            ("paid", "FINALIZADO"),
            ("retained", "RETIDO"),
            ("rejected", "CANCELADO"),
            ("canceled", "CANCELADO"),
        ],
    )
    def test_each_has_a_word_of_ours(self, status: str, expected: str) -> None:
        """The table of the design, arrow by arrow."""
        assert expected == STATUS_OF_STAGE[stage_of(QIStatus(status))]

    @pytest.mark.parametrize(
        ("said", "expected"),
        [
            ("waiting_signature", LoanState.UNSIGNED),
            ("signed", LoanState.SIGNED),
            ("canceled", LoanState.ENDED),
            ("canceled_permanently", LoanState.ENDED),
            ("issued", None),
        ],
    )
    def test_a_loan_s_is_told_as_far_as_signing_goes(
        self, said: str, expected: LoanState | None
    ) -> None:
        """The vendor's own word is kept beside ours."""
        body = answer()
        body["portability_credit_operation"]["credit_operation_status"] = said

        read = translated(body)

        assert isinstance(read, ProposalAnswer)
        assert (expected, said) == (read.portability.state, read.portability.said)

    def test_an_unknown_one_is_kept(self) -> None:
        """A new status waits for a person; it is not an accident."""
        assert UnknownStatus("status_of_next_year") == read_status("status_of_next_year")

    def test_a_known_one_is_recognized(self) -> None:
        """Reading is by QI Tech's exact spelling."""
        assert QIStatus.PAID == read_status("paid")


class TestParseInstant:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("2022-11-24T15:42:12", datetime(2022, 11, 24, 15, 42, 12, tzinfo=UTC)),
            ("2026-05-19 06:15:00", datetime(2026, 5, 19, 6, 15, tzinfo=UTC)),
            ("2025-10-10T19:45:39Z", datetime(2025, 10, 10, 19, 45, 39, tzinfo=UTC)),
            ("2021-10-22T20:30:23.459Z", datetime(2021, 10, 22, 20, 30, 23, 459000, tzinfo=UTC)),
            ("yesterday", None),
            ("", None),
        ],
    )
    def test_reads_the_four_spellings(self, text: str, expected: datetime | None) -> None:
        """Each was found on a different page of the same documentation."""
        assert expected == parse_instant(text)

    def test_of_a_day_only_is_midnight(self) -> None:
        """A date is a date-time at its start."""
        assert date(2026, 11, 22) == (parse_instant("2026-11-22") or datetime.min).date()
