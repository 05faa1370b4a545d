"""``LineActivation`` on GSIM: translate, call, classify."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeVar
from urllib.parse import quote

import msgspec

from tramita.kit.attempt import Attempt
from tramita.kit.exchange import Answer
from tramita.kit.json_client import JSONClient
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.kit.outside import UNREADABLE, NotUnderstood
from tramita.kit.provider import Connection
from tramita.numbering.ports import LineMessage, LineNews, LineRefusal
from tramita.providers.gsim.answers import ACCEPTED, OK, make_client, read_answer
from tramita.providers.gsim.settings import GSIMSettings
from tramita.providers.gsim.translate_lines import (
    translate_callback,
    translate_line,
    translate_refusal,
    translate_request,
)
from tramita.providers.gsim.wire_lines import (
    WireAssignment,
    WireCallback,
    WireLineStatus,
    WireReleased,
    WireRequest,
    WireSIM,
)

W = TypeVar("W")

_TAKEN: Final = frozenset({OK, ACCEPTED})


@dataclass(frozen=True)
class GSIMLineGateway:
    """Our access to GSIM's SIMs. ``ask_again`` is how long to wait for a callback."""

    client: JSONClient
    ask_again: timedelta

    async def assign_sim(self, sim: str, msisdn: str, attempt: Attempt) -> Outcome[LineNews]:
        """Put a number on a SIM (``POST /v1/sims/{iccid}/assignments``)."""
        answer = await self.client.call("POST", _assignments(sim), attempt, body={"msisdn": msisdn})
        outcome = _read(answer, WireAssignment, good=_TAKEN)
        if not isinstance(outcome, Done):
            return outcome
        said = outcome.value
        news = translate_line(said.status, said.assignment_id)
        return Done(news) if news else Pending(said.assignment_id, self.ask_again)

    async def release_sim(self, sim: str, attempt: Attempt) -> Outcome[None]:
        """Take the number off a SIM (``DELETE …/assignments``); no SIM has no number."""
        answer = await self.client.call("DELETE", _assignments(sim), attempt)
        outcome = _read(answer, WireReleased, good=_TAKEN)
        match outcome:
            case Done() | Refused(LineRefusal.SIM_NOT_FOUND):
                return Done(None)
            case _:
                return outcome

    async def find_assignment(self, request_id: str, attempt: Attempt) -> Outcome[LineNews | None]:
        """Ask what became of a request (``GET /v1/requests/{requestId}``)."""
        path = f"/v1/requests/{quote(request_id, safe='')}"
        answer = await self.client.call("GET", path, attempt)
        outcome = _read(answer, WireRequest)
        match outcome:
            case Refused(LineRefusal.REQUEST_NOT_FOUND):
                return Done(None)
            case Done(said):
                return self._standing(translate_request(said), said)
            case _:
                return outcome

    async def find_line(self, sim: str, msisdn: str, attempt: Attempt) -> Outcome[LineNews | None]:
        """Ask how a number stands on a SIM (``GET /v1/sims/{iccid}``)."""
        answer = await self.client.call("GET", f"/v1/sims/{quote(sim, safe='')}", attempt)
        outcome = _read(answer, WireSIM)
        match outcome:
            case Refused(LineRefusal.SIM_NOT_FOUND):
                return Done(None)
            case Done(said) if said.msisdn != msisdn:
                return Done(None)
            case Done(said):
                # A blocked SIM keeps its number, and its line is not live.
                status: WireLineStatus = "ACTIVE" if said.state == "ACTIVE" else "ASSIGNED"
                return self._standing(translate_line(status, said.assignment_id), said)
            case _:
                return outcome

    def _standing(
        self, news: LineNews | None, said: WireRequest | WireSIM
    ) -> Done[LineNews | None] | Pending:
        """Done, or to be told of later, under the assignment's id."""
        return Done(news) if news else Pending(said.assignment_id or "", self.ask_again)

    def read_message(self, body: bytes) -> LineMessage | NotUnderstood:
        """What a callback says."""
        try:
            return translate_callback(msgspec.json.decode(body, type=WireCallback))
        except UNREADABLE as error:
            return NotUnderstood(str(error))


def _read(
    answer: Answer | NotSent | Unknown, kind: type[W], *, good: Container[int] = frozenset({OK})
) -> Done[W] | Refused | NotSent | Unknown:
    return read_answer(
        answer, kind, translate=lambda said, _: said, code_of=translate_refusal, good=good
    )


def _assignments(sim: str) -> str:
    return f"/v1/sims/{quote(sim, safe='')}/assignments"


def make_line_gateway(connection: Connection) -> GSIMLineGateway:
    """The gateway of this process."""
    settings: GSIMSettings = connection.settings
    return GSIMLineGateway(make_client(connection), timedelta(seconds=settings.ask_again))
