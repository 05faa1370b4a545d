"""QI Tech's proposals in our words, and the tables by which they are read."""

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from tests.providers.qitech.test_translate_news import AT, KEY, NOW, NUMBER, heard, keyed
from tramita.portability.ports import (
    Consent,
    ConsentStatus,
    Margin,
    News,
    Stage,
)
from tramita.providers.qitech.translate import QIStatus, stage_of
from tramita.providers.qitech.translate_news import (
    AuthorizationStatus,
    ReservationStatus,
    WebhookType,
    consent_status_of,
    read_proposal,
)


class TestTheTables:
    def test_give_every_status_its_stage(self) -> None:
        """In the order in which it happens; both ways of being cancelled are one."""
        assert list(Stage)[1:] == list(dict.fromkeys(map(stage_of, _in_order())))

    def test_give_every_consent_its_word(self) -> None:
        """One to one."""
        assert set(ConsentStatus) == set(map(consent_status_of, AuthorizationStatus))

    @pytest.mark.parametrize("status", ReservationStatus)
    def test_know_every_reservation(self, status: ReservationStatus) -> None:
        """What INSS may say is recognised, and anything else is kept."""
        kind = WebhookType.RESERVATION.value

        assert News(KEY, NOW, said=status) == heard({"webhook_type": kind, **keyed(status)})
        assert News(KEY, NOW, said="lost", is_recognized=False) == heard(
            {"webhook_type": kind, **keyed("lost")}
        )


def _in_order() -> list[QIStatus]:
    """As in the notes, §3.2: forward, then the three bad ends."""
    late = [QIStatus.RETAINED, QIStatus.REJECTED, QIStatus.CANCELED, QIStatus.CANCELED_PERMANENTLY]
    return [*(status for status in QIStatus if status not in late), *late]


def shown(**more: Any) -> bytes:
    """A proposal as it is read."""
    body = {
        "proposal_key": str(KEY),
        "proposal_status": "accepted",
        "proposal_status_datetime": "2026-11-26T15:42:12Z",
        "portability_credit_operation": {
            "contract_number": "A-0001",
            "collateral_is_constituted": False,
            "disbursement_options": [{"installments": [{"total_amount": "202.73"}]}],
        },
        **more,
    }
    return msgspec.json.encode(body)


class TestReadProposal:
    def test_tells_where_it_stands(self) -> None:
        """Status, time, our number, the instalment, the balance and the clearing house's number."""
        expected = News(
            KEY,
            AT,
            said="accepted",
            stage=Stage.BALANCE_RETURNED,
            contract_number="A-0001",
            final_balance=Decimal("8900.00"),
            portability_number=NUMBER,
            installment_amount=Decimal("202.73"),
        )

        assert expected == read_proposal(
            shown(final_due_balance=8900.0, portability_number=NUMBER), at=NOW
        )

    def test_tells_consent_margin_and_refinancing_once_known(self) -> None:
        """What came after the answer."""
        news = read_proposal(
            shown(
                authorization={
                    "portability_authorization_status": "confirmed",
                    # Two in the morning UTC is the day before in Brasília.
                    "expiration_date": "2026-12-02T02:00:00Z",
                },
                portability_credit_operation={"collateral_is_constituted": True},
                refinancing_credit_operation={"credit_operation_status": "disbursed"},
            ),
            at=NOW,
        )

        assert news is not None
        assert Consent(ConsentStatus.CONFIRMED, date(2026, 12, 1)) == news.consent
        assert Margin(is_registered=True) == news.margin
        assert "disbursed" == news.refinancing_status

    def test_does_without_everything_but_key_and_status(self) -> None:
        """Absence is no fault."""
        body = msgspec.json.encode({"proposal_key": str(KEY), "proposal_status": "frozen"})

        assert News(KEY, NOW, said="frozen", is_recognized=False) == read_proposal(body, at=NOW)

    @pytest.mark.parametrize("body", [b"{}", b"[]", b"", shown(proposal_status=None)])
    def test_is_nothing_without_them(self, body: bytes) -> None:
        """Such an answer is unreadable."""
        assert read_proposal(body, at=NOW) is None
