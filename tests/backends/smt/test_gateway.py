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
from tramita.kit.outcome import Done, Outcome, Refused

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
    async def test_refused_in_smts_words_is_refused(self, name: str) -> None:
        """With its code and its sentence."""
        said = answer(422, b'{"code": "no_coverage", "message": "Not there."}')

        assert Refused("no_coverage", "Not there.") == await told(CALLS[name], said)


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
