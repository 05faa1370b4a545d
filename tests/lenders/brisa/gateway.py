"""``ProposalGateway`` on Brisa, which decides later, and takes no pictures and no groups."""

import base64
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from tests.lenders.brisa.settings import BrisaSettings
from tests.lenders.brisa.translate import (
    ENDED,
    to_application,
    translate_end,
    translate_found,
    translate_news,
    translate_offer,
)
from tests.lenders.brisa.wire import (
    WireApplication,
    WireApplications,
    WireError,
    WireMessage,
    WireToken,
)
from tramita.kit.access_tokens import AccessToken, TokenSource
from tramita.kit.answers import Reading, in_json
from tramita.kit.attempt import Attempt
from tramita.kit.exchange import Answer, Request
from tramita.kit.json_client import JSONClient
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.kit.outside import UNREADABLE, NotUnderstood
from tramita.kit.provider import Connection, Posted, Receiver
from tramita.kit.signed_messages import numbered_by
from tramita.portability.ports import (
    Answered,
    FoundProposal,
    News,
    Policy,
    Proposal,
    ProposalRef,
)

W = TypeVar("W")
T = TypeVar("T")

APPLICATIONS: Final = "/v1/applications"
POLICY: Final = Policy(own_ispb="71027866", days_to_disburse=10)
# Brisa promises an answer within three days.
DECIDES_WITHIN: Final = timedelta(days=3)


@dataclass(frozen=True)
class BrisaGateway:
    """Our access to Brisa. ``ask_again`` is how long to wait for a message about a decision."""

    client: JSONClient
    ask_again: timedelta
    policy: Policy = POLICY

    async def insert_proposal(self, proposal: Proposal, attempt: Attempt) -> Outcome[Answered]:
        """Apply (``POST /v1/applications``): what comes of it is told later."""
        body = to_application(proposal)
        answer = await self.client.call("POST", APPLICATIONS, attempt, body=body)
        return self._decided(_judge(answer, WireApplication, lambda said: said))

    async def find_proposals(
        self, contract_number: str, attempt: Attempt
    ) -> Outcome[tuple[FoundProposal, ...]]:
        """All that Brisa has (``GET /v1/applications?reference=``)."""
        query = urlencode({"reference": contract_number})
        answer = await self.client.call("GET", f"{APPLICATIONS}?{query}", attempt)
        return _judge(
            answer, WireApplications, lambda said: tuple(map(translate_found, said.items))
        )

    async def read_proposal(self, ref: ProposalRef, attempt: Attempt) -> Outcome[Answered]:
        """Read it again (``GET /v1/applications/{id}``)."""
        answer = await self.client.call("GET", _path(ref), attempt)
        return self._decided(_judge(answer, WireApplication, lambda said: said))

    async def read_news(self, ref: ProposalRef, attempt: Attempt) -> Outcome[News]:
        """Where it stands (``GET /v1/applications/{id}``)."""
        answer = await self.client.call("GET", _path(ref), attempt)
        return _judge(answer, WireApplication, translate_news)

    async def cancel_proposal(self, ref: ProposalRef, attempt: Attempt) -> Outcome[None]:
        """Withdraw it (``DELETE /v1/applications/{id}``)."""
        answer = await self.client.call("DELETE", _path(ref), attempt)
        return _READING.judge(answer, lambda _: None, good=frozenset({204}))

    def read_message(self, body: bytes) -> News | NotUnderstood:
        """What a message says."""
        try:
            return translate_news(msgspec.json.decode(body, type=WireMessage).application)
        except UNREADABLE as error:
            return NotUnderstood(str(error))

    def _decided(
        self, outcome: Done[WireApplication] | Refused | NotSent | Unknown
    ) -> Outcome[Answered]:
        if not isinstance(outcome, Done):
            return outcome
        said = outcome.value
        if said.state in ENDED:
            return Done(translate_end(said))
        if said.offer is not None:
            return Done(translate_offer(said, said.offer))
        return Pending(said.id, self.ask_again, DECIDES_WITHIN)


def _path(ref: ProposalRef) -> str:
    return f"{APPLICATIONS}/{quote(ref.key, safe='')}"


_READING: Final = Reading("Brisa", in_json(WireError, lambda no: Refused(no.code, no.message)))


def _judge(
    answer: Answer | NotSent | Unknown, kind: type[W], translate: Callable[[W], T]
) -> Done[T] | Refused | NotSent | Unknown:
    return _READING.judge(answer, in_json(kind, translate))


def _basic(name: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}"


def make_gateway(connection: Connection) -> BrisaGateway:
    """The gateway of this process, with a token that all its calls share."""
    settings: BrisaSettings = connection.settings
    headers = {
        "authorization": _basic(settings.client_id, connection.secret("client_secret")),
        "content-type": "application/x-www-form-urlencoded",
    }
    form = urlencode({"grant_type": "client_credentials"}).encode()

    async def fetch(attempt: Attempt) -> Outcome[AccessToken]:
        request = Request("POST", "/oauth/token", form, headers)
        answer = await connection.exchange.send(request, attempt)
        return _judge(answer, WireToken, _token)

    source = TokenSource("Brisa", fetch)
    client = JSONClient(connection.exchange, source, "idempotency-key")
    return BrisaGateway(client, timedelta(seconds=settings.ask_again))


def _token(said: WireToken) -> AccessToken:
    return AccessToken(said.access_token, timedelta(seconds=said.expires_in))


def make_receiver(connection: Connection) -> Receiver:
    """What takes Brisa's messages: whoever knows the password is Brisa."""
    expected = _basic("brisa", connection.secret("webhook_password"))

    def verify(posted: Posted) -> bool:
        shown = posted.headers.get("authorization", "")
        return hmac.compare_digest(shown.encode(), expected.encode())

    return Receiver(verify, "portability.take_message", numbered_by("id"))
