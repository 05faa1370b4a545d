"""Webhook bodies in any order and number: the database ends where their story ends."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.portability.later import Offered, fetch, offered, stored
from tramita.kit.database.engine import Database
from tramita.portability.journey.apply_news import apply_news
from tramita.portability.ports import News
from tramita.portability.profile import LenderProfile
from tramita.providers.qitech.translate_news import read_message

# Written from the vendor's pages, not from its simulator: statuses in their order.
_ROAD: Final = (
    "pending_submission",
    "pending_response",
    "pending_acceptance",
    "accepted",
    "accepted_by_requester",
    "settlement_sent",
    "pending_settlement_confirmation",
    "paid",
)
_FIRST: Final = datetime(2026, 11, 23, 9, tzinfo=UTC)
_SHOWN: Final = (
    *("portability_status", "contract_status", "stage", "stage_said", "portability_number"),
    *("final_balance", "balance_due_on", "consent_status", "consent_expires_on"),
    *("margin_registered_at", "margin_errors", "signer_progress", "conflict"),
)
_NUMBER: Final = "202611234567890100042"
_EXAMPLES: Final = 30
# Two for each example; there is no shrinking, which would need many more.
_CONTRACTS: Final = 2 * _EXAMPLES + 20
_SETTINGS: Final = settings(
    max_examples=_EXAMPLES,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@dataclass(frozen=True)
class Story:
    """How far a proposal came, how it ended, and what was told beside."""

    reached: int
    end: str
    is_denied: bool
    margins: tuple[bool, ...]

    def bodies(self, key: str) -> list[bytes]:
        """What the vendor posts, in order."""
        return [json.dumps(one).encode() for one in self._bodies(key)]

    def _bodies(self, key: str) -> Iterator[dict[str, Any]]:
        at = _FIRST
        yield _body("document.signer.status_change", key, at, data={"type": "signer_link_clicked"})
        for status in _ROAD[: self.reached]:
            at += timedelta(hours=1)
            yield _proposal(key, status, at)
            if status == "pending_acceptance":
                yield _consent(key, "awaiting_confirmation", at + timedelta(minutes=1))
                if not self.is_denied:
                    yield _consent(key, "confirmed", at + timedelta(minutes=2))
        if self.is_denied:
            yield _consent(key, "denied", at + timedelta(minutes=30))
        if self.end:
            at += timedelta(hours=1)
            yield _proposal(key, self.end, at)
        for is_registered in self.margins:
            at += timedelta(hours=3)
            yield _margin(key, is_registered, at)


def _body(kind: str, key: str, at: datetime, **more: Any) -> dict[str, Any]:
    stamp = at.strftime("%Y-%m-%d %H:%M:%S")
    return {"webhook_type": kind, "key": key, "event_datetime": stamp, "status": "x", **more}


def _proposal(key: str, status: str, at: datetime) -> dict[str, Any]:
    data: dict[str, Any] = {}
    match status:
        case "pending_acceptance":
            data = {"portability_number": _NUMBER}
        case "accepted":
            data = {"final_due_balance": "8912.77", "portability_number": _NUMBER}
        case "retained":
            data = {"retained_reason": {"reason": "issuer_lawsuit", "description": "x"}}
        case "rejected":
            data = {"error": {"code": "ECTC0023", "reason": "in progress"}}
        case "canceled":
            data = {"cancel_reason": "origin_bank_did_not_answer"}
        case _:
            pass
    return {
        "webhook_type": "credit_transfer.proposal",
        "proposal_key": key,
        "proposal_status": status,
        "event_datetime": at.strftime("%Y-%m-%dT%H:%M:%S"),
        "data": data,
    }


def _consent(key: str, status: str, at: datetime) -> dict[str, Any]:
    return {
        "webhook_type": "credit_transfer.portability_authorization",
        "proposal_key": key,
        "portability_authorization_status": status,
        "event_datetime": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "data": {"portability_number": _NUMBER, "expiration_date": "2026-11-28"},
    }


def _margin(key: str, is_registered: bool, at: datetime) -> dict[str, Any]:
    errors = [] if is_registered else [{"enumerator": "benefit_blocked"}]
    return {
        "webhook_type": "credit_transfer.proposal.collateral",
        "proposal_key": key,
        "event_datetime": at.strftime("%Y-%m-%dT%H:%M:%S.250Z"),
        "data": {
            "credit_operation_type": "portability",
            "collateral_constituted": is_registered,
            "collateral_data": {"status": "x", "last_response": {"errors": errors}},
        },
    }


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """A life that can have been: what ends it fits how far it had come."""
    reached = draw(st.integers(0, len(_ROAD)))
    ends = {2: ["", "rejected", "canceled"], 3: ["", "retained", "canceled"], 8: [""]}
    end = draw(st.sampled_from(ends.get(reached, ["", "canceled"])))
    is_denied = reached == 3 and end == "canceled" and draw(st.booleans())
    margins: list[bool] = []
    if reached == len(_ROAD):
        margins = draw(st.sampled_from([[], [True], [False], [False, True], [False, False, True]]))
    return Story(reached, end, is_denied, tuple(margins))


@st.composite
def tellings(draw: st.DrawFn) -> tuple[Story, list[int]]:
    """A story, and in which order and how often each of its messages comes."""
    story = draw(stories())
    count = len(story.bodies(""))
    again = draw(st.lists(st.integers(0, count - 1), max_size=5))
    return story, draw(st.permutations([*range(count), *again]))


class TestAnyOrder:
    @_SETTINGS
    @given(telling=tellings())
    def test_ends_where_the_sorted_one_ends(
        self, story_book: "StoryBook", telling: tuple[Story, list[int]]
    ) -> None:
        """Told in any order and number, a life ends as when told in order, reasons included.

        A denial that is heard before what it came after ends the contract here, while the
        proposal is still told of there: that is named as a conflict.
        """
        story, order = telling

        sorted_end, end = story_book.tell(story, order)

        assert sorted_end == end or (story.is_denied and end["conflict"])

    @_SETTINGS
    @given(telling=tellings(), lie=st.sampled_from(["retained", "rejected", "canceled", "paid"]))
    def test_names_what_cannot_be_true_together(
        self, story_book: "StoryBook", telling: tuple[Story, list[int]], lie: str
    ) -> None:
        """With one end more than there can be: a conflict, named alike wherever the lie came.

        Where the consent was refused too, its sides depend on what was heard before.
        """
        story, order = telling
        told = story.end or ("paid" if story.reached == len(_ROAD) else lie)

        first, last = story_book.tell_with(story, order, lie)

        is_possible = told == lie
        assert is_possible or (first["conflict"] and last["conflict"])
        assert is_possible or story.is_denied or first["conflict"] == last["conflict"]


class StoryBook:
    """Contracts in a database, one for each telling, all driven from one event loop."""

    def __init__(self, address: str) -> None:
        self._loop = asyncio.Runner()
        self._loop.run(self._open(address))

    async def _open(self, address: str) -> None:
        self._database = Database.open(address)
        self._unused = await offered(self._database, contracts=_CONTRACTS)

    def close(self) -> None:
        """Close database and loop."""
        self._loop.run(self._database.close())
        self._loop.close()

    def tell(self, story: Story, order: list[int]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Where the story ends in order, and in this order."""
        in_order = list(range(len(story.bodies(""))))
        return self._told(story, in_order), self._told(story, order)

    def tell_with(
        self, story: Story, order: list[int], lie: str
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Where it ends with a lie told first, and told last."""
        return self._told(story, order, first=lie), self._told(story, order, last=lie)

    def _told(
        self, story: Story, order: list[int], *, first: str = "", last: str = ""
    ) -> dict[str, Any]:
        contract = self._unused.pop()
        bodies = story.bodies(contract.proposal_key)
        at = _FIRST + timedelta(hours=12)
        lies = {
            lie: json.dumps(_proposal(contract.proposal_key, lie, at)).encode()
            for lie in (first, last)
            if lie
        }
        told = [bodies[number] for number in order]
        if first:
            told.insert(0, lies[first])
        if last:
            told.append(lies[last])
        return self._loop.run(self._apply(contract, told))

    async def _apply(self, contract: Offered, bodies: list[bytes]) -> dict[str, Any]:
        for body in bodies:
            news = read_message(body, at=_FIRST)
            assert isinstance(news, News), body
            async with self._database.unit_of_work(actor="qitech") as work:
                placed = await apply_news(work, LenderProfile("qitech"), [(news, "webhook")])
                assert news.proposal_key in placed
        row = await stored(self._database, contract)
        core = await fetch(self._database, "SELECT state FROM contracts WHERE id = $1", contract.id)
        reasons = sorted(one["code"] for one in row["reasons"])
        return {name: row[name] for name in _SHOWN} | {"reasons": reasons, "core": core[0]["state"]}


@pytest.fixture
def story_book(database_url: str) -> Iterator[StoryBook]:
    """Contracts to tell stories of."""
    book = StoryBook(database_url)
    yield book
    book.close()
