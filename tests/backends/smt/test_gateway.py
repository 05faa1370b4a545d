"""What SMT's answers mean."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.kit.vendors import answer, says, serving
from tramita.backends.smt.gateway import SMTGateway
from tramita.backends.smt.model import News, ServiceStatus, Subscriber
from tramita.kit.attempt import Attempt
from tramita.kit.exchange import Exchange
from tramita.kit.identifiers import new_id
from tramita.kit.json_client import JSONClient
from tramita.kit.outcome import Done, NotSent, Outcome, Refused, Unknown

Call = Callable[[SMTGateway, Subscriber, Attempt], Awaitable[Outcome[Any]]]

CALLS: dict[str, Call] = {
    "create": SMTGateway.create_subscriber,
    "activate": SMTGateway.activate_service,
    "remove": SMTGateway.remove_subscriber,
    "find": SMTGateway.find_subscriber,
}
GONE = answer(404, b'{"code": "not_found", "message": "There is no such subscriber."}')


async def told(call: Call, said: bytes) -> Outcome[Any]:
    """What a call comes to when SMT, or somebody on the way, says this."""
    who = Subscriber(new_id(), "C-1", is_active=True, subscriber_id="S-1")
    async with serving(says(said)) as vendor, Exchange("smt", vendor.url) as exchange:
        client = JSONClient(exchange, "secret", "idempotency-key")
        gateway = SMTGateway(client, "http://tramita", timedelta(seconds=1))
        return await call(gateway, who, Attempt(new_id(), "key"))


@pytest.mark.parametrize("name", CALLS)
class TestEveryCall:
    @pytest.mark.parametrize("status", [404, 408, 413, 421])
    async def test_answered_by_somebody_on_the_way_is_unknown(self, name: str, status: int) -> None:
        """A proxy's no ends no contract, and says of nothing that it is not there."""
        outcome = await told(CALLS[name], answer(status, b"<html>No</html>"))

        assert isinstance(outcome, Unknown)

    async def test_refused_in_smts_words_is_refused(self, name: str) -> None:
        """With its code and its sentence."""
        said = answer(422, b'{"code": "no_coverage", "message": "Not there."}')

        assert Refused("no_coverage", "Not there.") == await told(CALLS[name], said)

    @pytest.mark.parametrize("status", [401, 403])
    async def test_under_a_bad_secret_was_not_sent(self, name: str, status: int) -> None:
        """That is about us, whatever is in the answer."""
        assert isinstance(await told(CALLS[name], answer(status, b"?")), NotSent)

    @pytest.mark.parametrize("body", [b"", b"\xff", b"[" * 5000, b'{"status": "new"}'])
    async def test_answered_unreadably_is_unknown(self, name: str, body: bytes) -> None:
        """It may have been done."""
        assert isinstance(await told(CALLS[name], answer(200, body)), Unknown)


class TestWhatSMTDoesNotHave:
    async def test_is_not_found(self) -> None:
        """In its own words."""
        assert Done(None) == await told(CALLS["find"], GONE)

    async def test_is_removed(self) -> None:
        """Gone is gone."""
        assert Done(News(ServiceStatus.REMOVED)) == await told(CALLS["remove"], GONE)

    async def test_cannot_be_activated(self) -> None:
        """Which is a no."""
        assert isinstance(await told(CALLS["activate"], GONE), Refused)
