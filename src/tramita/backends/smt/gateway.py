"""SMT over HTTP: translate, call, classify.

Every act carries the operation's key as ``Idempotency-Key``, which SMT remembers
[assumed]. That, and asking first whenever an earlier attempt may have arrived, is
what makes it safe to try again after an answer was lost.
"""

import urllib.parse
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from tramita.backends.smt.model import STATUS_OF_WIRE, News, ServiceStatus, Subscriber
from tramita.backends.smt.settings import SMTSettings
from tramita.backends.smt.wire import WireError, WireSubscriber
from tramita.kit.attempt import Attempt
from tramita.kit.exchange import Answer, Exchange, Request
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.kit.provider import Connection

# Our credentials are wrong, not the contract: retried slowly, and no verdict on it.
_UNAUTHORIZED = (401, 403)
_AFTER_UNAUTHORIZED = timedelta(minutes=1)


@dataclass(frozen=True)
class SMTGateway:
    """Our access to SMT. ``ask_again`` is how long to wait for a callback."""

    exchange: Exchange
    secret: str
    callback_url: str
    ask_again: timedelta

    async def create_subscriber(self, who: Subscriber, attempt: Attempt) -> Outcome[News]:
        """Make a subscriber of a contract (``POST /subscribers``)."""
        body = {"reference": str(who.contract_id), "name": who.name}
        return _classify(await self._call("POST", "/subscribers", body, attempt))

    async def activate_service(self, who: Subscriber, attempt: Attempt) -> Outcome[News]:
        """Turn the service on (``POST …/activation``); SMT answers at once or calls back."""
        path = f"/subscribers/{who.subscriber_id}/activation"
        body = {"callback_url": self.callback_url}
        outcome = _classify(await self._call("POST", path, body, attempt))
        if isinstance(outcome, Done) and outcome.value.status is ServiceStatus.ACTIVATING:
            return Pending(outcome.value.subscriber_id or "", self.ask_again)
        return outcome

    async def remove_subscriber(self, who: Subscriber, attempt: Attempt) -> Outcome[News]:
        """Turn the service off and forget the subscriber (``DELETE …``); gone is gone."""
        answer = await self._call("DELETE", f"/subscribers/{who.subscriber_id}", None, attempt)
        if isinstance(answer, Answer) and answer.status in (204, 404):
            return Done(News(ServiceStatus.REMOVED))
        return _classify(answer)

    async def find_subscriber(self, who: Subscriber, attempt: Attempt) -> Outcome[News | None]:
        """Ask what SMT knows of a contract (``GET /subscribers?reference=``)."""
        query = urllib.parse.urlencode({"reference": str(who.contract_id)})
        answer = await self._call("GET", f"/subscribers?{query}", None, attempt)
        if isinstance(answer, Answer) and answer.status == 404:
            return Done(None)
        outcome = _classify(answer)
        return Done(outcome.value) if isinstance(outcome, Done) else outcome

    async def _call(
        self, method: str, path: str, body: object, attempt: Attempt
    ) -> Answer | NotSent | Unknown:
        headers = {
            "authorization": f"Bearer {self.secret}",
            "content-type": "application/json",
            "idempotency-key": attempt.key,
        }
        content = b"" if body is None else msgspec.json.encode(body)
        return await self.exchange.send(Request(method, path, content, headers), attempt)


def _classify(answer: Answer | NotSent | Unknown) -> Outcome[News]:
    """A subscriber's record, however far it has come, is ``Done``."""
    if not isinstance(answer, Answer):
        return answer
    if answer.status in _UNAUTHORIZED:
        return NotSent("SMT rejects our credentials", _AFTER_UNAUTHORIZED)
    if 400 <= answer.status < 500:
        return _refused(answer)
    try:
        said = msgspec.json.decode(answer.body, type=WireSubscriber)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        return Unknown(f"unreadable answer, HTTP {answer.status}: {error}")
    return Done(News(STATUS_OF_WIRE[said.status], said.subscriber_id, said.reason))


def _refused(answer: Answer) -> Refused:
    try:
        said = msgspec.json.decode(answer.body, type=WireError)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return Refused(f"http_{answer.status}", "SMT gave no readable reason.")
    return Refused(said.code, said.message)


def make_gateway(connection: Connection) -> SMTGateway:
    """The gateway of this process."""
    settings: SMTSettings = connection.settings
    return SMTGateway(
        connection.exchange,
        settings.read_secret(connection.platform),
        f"{connection.platform.address}/webhooks/smt",
        timedelta(seconds=settings.ask_again),
    )
