"""What QI Tech tells, in our words: every type, every spelling, and anything at all."""

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tramita.kit.outside import NotUnderstood
from tramita.portability.ports import (
    Consent,
    ConsentStatus,
    Margin,
    News,
    NotForUs,
    Stage,
    StopReason,
)
from tramita.providers.qitech.translate_news import (
    WebhookType,
    read_message,
    read_proposal,
)

Body = dict[str, Any]

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
AT = datetime(2026, 11, 26, 15, 42, 12, tzinfo=UTC)
KEY = "0b8f4b6e-5c3c-4f0e-9d6d-0a4f2f6c1a01"
NUMBER = "202611266070119000042"

SPELLINGS = {
    "plain": "2026-11-26T15:42:12",
    "spaced": "2026-11-26 15:42:12",
    "zoned": "2026-11-26T15:42:12Z",
    "precise": "2026-11-26T15:42:12.000Z",
    "of_brasilia": "2026-11-26T12:42:12-03:00",
}


def heard(body: Any) -> News | NotForUs | NotUnderstood:
    """The message in our words."""
    return read_message(msgspec.json.encode(body), at=NOW)


def proposal(status: str, **data: Any) -> Body:
    """``credit_transfer.proposal``."""
    return {"proposal_status": status, "proposal_key": str(KEY), "data": data}


def keyed(status: str, **data: Any) -> Body:
    """The flat shape of products with ``key`` and ``status``."""
    return {"key": str(KEY), "status": status, "data": data}


def collateral(**data: Any) -> Body:
    """``credit_transfer.proposal.collateral``."""
    return {"proposal_key": str(KEY), "data": data}


# Type, body without type and date, and what it says beyond key and time.
MESSAGES: dict[str, tuple[WebhookType, Body, Callable[[News], News]]] = {
    "accepted": (
        WebhookType.PROPOSAL,
        proposal("accepted", final_due_balance=5000.5, portability_number=NUMBER),
        lambda news: replace(
            news,
            said="accepted",
            stage=Stage.BALANCE_RETURNED,
            final_balance=Decimal("5000.50"),
            portability_number=NUMBER,
        ),
    ),
    "retained": (
        WebhookType.PROPOSAL,
        proposal("retained", retained_reason={"reason": "issuer_lawsuit", "description": "Ação"}),
        lambda news: replace(
            news,
            said="retained",
            stage=Stage.RETAINED,
            stop=StopReason("issuer_lawsuit", "Ação"),
        ),
    ),
    "rejected": (
        WebhookType.PROPOSAL,
        proposal("rejected", error={"code": "ECTC0023", "reason": "portability_in_progress"}),
        lambda news: replace(
            news,
            said="rejected",
            stage=Stage.REJECTED,
            stop=StopReason("ECTC0023", "portability_in_progress"),
        ),
    ),
    "canceled": (
        WebhookType.PROPOSAL,
        proposal("canceled", cancel_reason="canceled_by_requester"),
        lambda news: replace(
            news,
            said="canceled",
            stage=Stage.CANCELED,
            stop=StopReason("canceled_by_requester", "canceled_by_requester"),
        ),
    ),
    "new_status": (
        WebhookType.PROPOSAL,
        proposal("frozen"),
        lambda news: replace(news, said="frozen", is_recognized=False),
    ),
    "registered": (
        WebhookType.COLLATERAL,
        collateral(
            credit_operation_type="portability",
            collateral_constituted=True,
            collateral_data={"status": "reserved", "last_response": {"errors": []}},
        ),
        lambda news: replace(news, said="reserved", margin=Margin(is_registered=True)),
    ),
    "not_registered": (
        WebhookType.COLLATERAL,
        collateral(
            collateral_constituted=False,
            collateral_data={
                "status": "pending_reservation",
                "last_response": {"errors": [{"enumerator": "consignable_margin_excceded"}]},
            },
        ),
        lambda news: replace(
            news,
            said="pending_reservation",
            margin=Margin(is_registered=False, errors=("consignable_margin_excceded",)),
        ),
    ),
    "refinancing_registered": (
        WebhookType.COLLATERAL,
        collateral(
            credit_operation_type="refinancing",
            collateral_constituted=True,
            collateral_data={"status": "reserved"},
        ),
        lambda news: replace(news, said="refinancing reserved"),
    ),
    "refinancing_disbursed": (
        WebhookType.CREDIT_OPERATION,
        collateral(credit_operation_type="refinancing", credit_operation_status="disbursed"),
        lambda news: replace(news, said="disbursed", refinancing_status="disbursed"),
    ),
    "consent_asked": (
        WebhookType.AUTHORIZATION,
        {
            "portability_authorization_key": "0b8f4b6e-5c3c-4f0e-9d6d-0a4f2f6c1aff",
            "proposal_key": str(KEY),
            "portability_authorization_status": "awaiting_confirmation",
            "data": {"portability_number": NUMBER, "expiration_date": "2026-12-01"},
        },
        lambda news: replace(
            news,
            said="awaiting_confirmation",
            consent=Consent(ConsentStatus.AWAITING, date(2026, 12, 1)),
            portability_number=NUMBER,
        ),
    ),
    "consent_unheard_of": (
        WebhookType.AUTHORIZATION,
        {"proposal_key": str(KEY), "portability_authorization_status": "revoked", "data": {}},
        lambda news: replace(news, said="revoked", is_recognized=False),
    ),
    "reservation": (
        WebhookType.RESERVATION,
        keyed("pending_confirmation", confirmation_deadline="2026-12-01T00:00:00Z"),
        lambda news: replace(news, said="pending_confirmation"),
    ),
    "operation_collateral": (
        WebhookType.OPERATION_COLLATERAL,
        keyed("constituted", collateral_constituted=True),
        lambda news: replace(news, said="constituted", margin=Margin(is_registered=True)),
    ),
    "debt": (
        WebhookType.DEBT,
        keyed("canceled", cancel_reason="social_security_confirmation_expired"),
        lambda news: replace(
            news,
            said="canceled: social_security_confirmation_expired",
            refinancing_status="canceled",
        ),
    ),
    "signer": (
        WebhookType.SIGNER,
        keyed("on_signature", type="signer_link_clicked"),
        lambda news: replace(
            news, said="signer_link_clicked", signer_progress="signer_link_clicked"
        ),
    ),
}


def _with_strings(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _with_strings(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_with_strings(member) for member in value]
    return str(value) if isinstance(value, bool | int | float) else value


def _encoded(body: Body) -> Body:
    payload = base64.urlsafe_b64encode(msgspec.json.encode(body)).decode().rstrip("=")
    return {"encoded_body": f"e30.{payload}.c2lnbmVk"}


PROFILES: dict[str, Callable[[Body], Body]] = {
    "as_shown": lambda body: body,
    "string_numbers": _with_strings,
    "extra_fields": lambda body: {**body, "data": {**body["data"], "new": [1]}, "version": 3},
    "wrapped_rest": lambda body: {
        "webhook_type": body["webhook_type"],
        "webhook": {name: body[name] for name in body if name != "webhook_type"},
    },
    "wrapped_whole": lambda body: {"webhook": {"key": str(KEY), "data": body}},
    "older_generation": _encoded,
}


class TestReadMessage:
    @pytest.mark.parametrize("profile", PROFILES)
    @pytest.mark.parametrize("spelling", SPELLINGS)
    @pytest.mark.parametrize("name", MESSAGES)
    def test_understands_every_type_however_it_is_spelled(
        self, name: str, spelling: str, profile: str
    ) -> None:
        """Type by type, date by date, shape by shape: the same news."""
        kind, body, told = MESSAGES[name]
        body = {"webhook_type": kind.value, "event_datetime": SPELLINGS[spelling], **body}

        assert told(News(KEY, AT, said="")) == heard(PROFILES[profile](body))

    def test_knows_every_type(self) -> None:
        """The table above leaves none out."""
        assert set(WebhookType) == {kind for kind, _, _ in MESSAGES.values()}

    @pytest.mark.parametrize(
        "date",
        ["", None, "yesterday", "26/11/2026", 7, [], "0001-01-01T00:00:00", "9999-12-31T23:59:59Z"],
    )
    def test_takes_an_unreadable_date_for_now(self, date: Any) -> None:
        """A message is not lost, and not outdated, because of its date."""
        news = heard(
            {"webhook_type": "credit_transfer.proposal", **proposal("paid"), "event_datetime": date}
        )

        assert News(KEY, NOW, said="paid", stage=Stage.PAID) == news

    @pytest.mark.parametrize(
        "data", [None, [], "text", 7, {"final_due_balance": "5.000,00", "error": [1]}]
    )
    def test_keeps_the_status_whatever_comes_with_it(self, data: Any) -> None:
        """One field that cannot be read says nothing about its neighbours."""
        body = {"webhook_type": "credit_transfer.proposal", **proposal("accepted"), "data": data}

        news = heard(body)

        assert News(KEY, NOW, said="accepted", stage=Stage.BALANCE_RETURNED) == news

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            (
                {"webhook_type": "credit_transfer.received_portability", "key": str(KEY)},
                "credit_transfer.received_portability",
            ),
            ({"webhook_type": "baas.pix", "key": str(KEY)}, "baas.pix"),
        ],
    )
    def test_says_what_is_not_for_us(self, body: Any, said: str) -> None:
        """Genuine, and nothing that Tramita carries."""
        assert NotForUs(said) == heard(body)

    @pytest.mark.parametrize(
        ("body", "why"),
        [
            ({"webhook_type": "debt", "key": "7"}, "debt without a readable key"),
            ({}, "it has no webhook_type"),
            ([], "the body is no JSON object"),
        ],
    )
    def test_says_what_it_cannot_read(self, body: Any, why: str) -> None:
        """Genuine, and nobody knows what about, or whom."""
        assert NotUnderstood(why) == heard(body)

    @pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xfe", b"[" * 200_000])
    def test_keeps_what_is_no_json(self, body: bytes) -> None:
        """It was signed, so it is shown."""
        assert NotUnderstood("the body is no JSON object") == read_message(body, at=NOW)

    def test_reads_no_text_that_cannot_be_stored(self) -> None:
        """No NUL, and nothing without end."""
        news = heard(
            {"webhook_type": "credit_transfer.proposal", **proposal("a\x00b" + "c" * 9999)}
        )

        assert isinstance(news, News)
        assert ("a\N{REPLACEMENT CHARACTER}b", 200) == (news.said[:3], len(news.said))

    def test_masks_what_somebody_wrote(self) -> None:
        """A CPF in a reason goes no further."""
        reason = {"code": "E1", "reason": "CPF 165.145.480-91 recusado"}

        news = heard(
            {"webhook_type": "credit_transfer.proposal", **proposal("rejected", error=reason)}
        )

        assert isinstance(news, News)
        assert StopReason("E1", "CPF •••.145.•••-•• recusado") == news.stop


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    [
        *("webhook", "key", "proposal_key", "proposal_status", "status", "event_datetime", "data"),
        *("collateral_constituted", "collateral_data", "last_response", "errors", "type"),
        *("portability_authorization_status", "expiration_date", "retained_reason", "error"),
        *("final_due_balance", "original_contract", "encoded_body", "credit_operation_type"),
        *("cancel_reason", "reason", "code", "authorization", "portability_credit_operation"),
        *("disbursement_options", "installments", "total_amount", "portability_number"),
    ]
)
VALUES = st.sampled_from([str(KEY), "1e999999999", "NaN", "-5", "9999-12-31T23:59:59-12:00"])
LOOKALIKES = st.dictionaries(
    NAMES, JSON | VALUES | st.dictionaries(NAMES, JSON | VALUES, max_size=4), max_size=6
)


class TestTotality:
    @given(st.binary())
    def test_any_bytes_are_read(self, body: bytes) -> None:
        """Whatever was posted is news, is not for us, or is said not to be understood."""
        assert isinstance(read_message(body, at=NOW), News | NotForUs | NotUnderstood)

    @given(kind=st.sampled_from(WebhookType), body=LOOKALIKES)
    def test_any_json_that_looks_like_one_is_read(self, kind: WebhookType, body: Body) -> None:
        """Known names with anything below them; and the result can be stored."""
        news = heard({"proposal_key": str(KEY), **body, "webhook_type": kind.value})

        assert isinstance(news, News | NotForUs | NotUnderstood)
        assert "\x00" not in str(news)
        assert not isinstance(news, News) or news.happened_at.tzinfo is not None

    @given(LOOKALIKES)
    def test_any_proposal_is_read(self, body: Body) -> None:
        """So is whatever a reading may bring."""
        found = read_proposal(msgspec.json.encode(body), at=NOW)

        assert found is None or isinstance(found, News)

    @pytest.mark.parametrize("number", ["1e99999999999999999999", "9" * 4000, "1e-400", "-1"])
    def test_any_number_is_read(self, number: str) -> None:
        """A number that nothing can hold is no amount."""
        body = b'{"webhook_type": "credit_transfer.proposal", "proposal_key": "%s", ' % (
            str(KEY).encode()
        )
        body += b'"proposal_status": "accepted", "data": {"final_due_balance": %s}}' % (
            number.encode()
        )

        news = read_message(body, at=NOW)

        assert not isinstance(news, News) or news.final_balance in (None, Decimal("0.00"))
