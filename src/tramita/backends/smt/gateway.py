"""SMT over HTTP: translate, call, classify.

Every act carries the operation's key as ``Idempotency-Key``, which SMT remembers
[assumed]. That, and asking first whenever an earlier attempt may have arrived, is
what makes it safe to try again after an answer was lost.
"""

import urllib.parse
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tramita.backends.smt.model import STATUS_OF_WIRE, News, ServiceStatus, Subscriber
from tramita.backends.smt.settings import SMTSettings
from tramita.backends.smt.wire import WireError, WireSubscriber
from tramita.kit.answers import Reading, in_json
from tramita.kit.attempt import Attempt
from tramita.kit.exchange import Answer
from tramita.kit.json_client import JSONClient
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.kit.provider import Connection

_NO_CONTENT: Final = frozenset({204})
# How SMT names a subscriber that it does not have [assumed].
_NO_SUBSCRIBER: Final = "not_found"


@dataclass(frozen=True)
class SMTGateway:
    """Our access to SMT. ``ask_again`` is how long to wait for a callback."""

    client: JSONClient
    callback_url: str
    ask_again: timedelta

    async def create_subscriber(self, who: Subscriber, attempt: Attempt) -> Outcome[News]:
        """Make a subscriber of a contract (``POST /subscribers``)."""
        body = {"reference": str(who.contract_id), "name": who.name}
        return _judge(await self.client.call("POST", "/subscribers", attempt, body=body))

    async def activate_service(self, who: Subscriber, attempt: Attempt) -> Outcome[News]:
        """Turn the service on (``POST …/activation``); SMT answers at once or calls back."""
        path = f"/subscribers/{who.subscriber_id}/activation"
        body = {"callback_url": self.callback_url}
        outcome = _judge(await self.client.call("POST", path, attempt, body=body))
        if isinstance(outcome, Done) and outcome.value.status is ServiceStatus.ACTIVATING:
            return Pending(outcome.value.subscriber_id or "", self.ask_again)
        return outcome

    async def remove_subscriber(self, who: Subscriber, attempt: Attempt) -> Outcome[News]:
        """Turn the service off and forget the subscriber (``DELETE …``); gone is gone."""
        path = f"/subscribers/{who.subscriber_id}"
        answer = await self.client.call("DELETE", path, attempt)
        removed = News(ServiceStatus.REMOVED)
        outcome = _READING.judge(answer, lambda _: removed, good=_NO_CONTENT)
        return Done(removed) if _is_unknown_there(outcome) else outcome

    async def find_subscriber(self, who: Subscriber, attempt: Attempt) -> Outcome[News | None]:
        """Ask what SMT knows of a contract (``GET /subscribers?reference=``)."""
        query = urllib.parse.urlencode({"reference": str(who.contract_id)})
        outcome = _judge(await self.client.call("GET", f"/subscribers?{query}", attempt))
        if _is_unknown_there(outcome):
            return Done(None)
        return Done(outcome.value) if isinstance(outcome, Done) else outcome


def _judge(answer: Answer | NotSent | Unknown) -> Outcome[News]:
    """A subscriber's record, however far it has come, is ``Done``."""
    return _READING.judge(answer, in_json(WireSubscriber, _translate))


def _translate(said: WireSubscriber) -> News:
    return News(STATUS_OF_WIRE[said.status], said.subscriber_id, said.reason)


_READING: Final = Reading("SMT", in_json(WireError, lambda no: Refused(no.code, no.message)))


def _is_unknown_there(outcome: Outcome[News]) -> bool:
    """Whether SMT itself says that it has no such subscriber; any other 404 says nothing."""
    return isinstance(outcome, Refused) and outcome.code == _NO_SUBSCRIBER


def make_gateway(connection: Connection) -> SMTGateway:
    """The gateway of this process."""
    settings: SMTSettings = connection.settings
    return SMTGateway(
        JSONClient(connection.exchange, connection.secret("secret"), "idempotency-key"),
        f"{connection.platform.address}/webhooks/smt",
        timedelta(seconds=settings.ask_again),
    )
