"""``NumberInventory`` on Sigan: translate, call, classify.

Sigan remembers a request by its id and answers a repetition as it answered then
[assumed]; the id is the attempt's key, which is the same over all attempts of an
operation and is nobody else's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TypeVar
from urllib.parse import quote, urlencode

import structlog

from tramita.kit.attempt import Attempt
from tramita.kit.exchange import Answer
from tramita.kit.outcome import Done, NotSent, Outcome, Refused, Unknown
from tramita.kit.provider import Connection
from tramita.numbering.ports import (
    FoundHold,
    FoundRequest,
    FoundReservation,
    Hold,
    Reservation,
    WantedNumbers,
)
from tramita.providers.sigan.client import SiganClient
from tramita.providers.sigan.settings import SiganSettings
from tramita.providers.sigan.translate import (
    SiganCode,
    Unreadable,
    VendorError,
    read_error,
    read_found_hold,
    read_found_request,
    read_found_reservation,
    read_hold,
    read_reservation,
    translate_refusal,
)

log = structlog.get_logger(__name__)

T = TypeVar("T")

HOLDS = "/v1/pre-reservations"
RESERVATIONS = "/v1/reservations"
REQUESTS = "/v1/requests"

_JSON = "application/json"
_NO_CONTENT = 204
# Our credentials are wrong, not the number: an alarm, no verdict, and no storm of retries.
_UNAUTHORIZED = (401, 403)
_AFTER_UNAUTHORIZED = timedelta(minutes=1)
# Sigan itself says that there is no such thing. A 404 without one of these is somebody's on
# the way, or of a Sigan that does not answer this question: no "never seen" is read into it.
_GONE = frozenset(
    {SiganCode.HOLD_NOT_FOUND, SiganCode.RESERVATION_NOT_FOUND, SiganCode.REQUEST_UNKNOWN}
)


@dataclass(frozen=True)
class SiganGateway:
    """One carrier's numbers at Sigan."""

    client: SiganClient

    async def pre_reserve(self, wanted: WantedNumbers, attempt: Attempt) -> Outcome[Hold]:
        """Hold numbers (``POST /pre-reservations``), giving up the previous hold for it."""
        body: dict[str, object] = {
            "ddd": wanted.ddd,
            "quantity": wanted.quantity,
            "brandId": wanted.brand_id,
            "holdSeconds": round(wanted.hold.total_seconds()),
        }
        if wanted.previous_external_id is not None:
            body["previousExternalId"] = wanted.previous_external_id
        answer = await self.client.call("POST", HOLDS, body=body, attempt=attempt)
        return _classify(answer, partial(read_hold, wanted=wanted), member="externalId")

    async def reserve(
        self, external_id: str, msisdn: str, attempt: Attempt
    ) -> Outcome[Reservation]:
        """Reserve one number of a hold (``POST …/{externalId}/reservations``)."""
        path = f"{HOLDS}/{_quoted(external_id)}/reservations"
        answer = await self.client.call("POST", path, body={"msisdn": msisdn}, attempt=attempt)
        read = partial(read_reservation, msisdn=msisdn)
        return _classify(answer, read, member="reservationId")

    async def release_hold(self, external_id: str, attempt: Attempt) -> Outcome[None]:
        """Give a hold back (``DELETE …/{externalId}``); a hold unknown there holds nothing."""
        return await self._release(f"{HOLDS}/{_quoted(external_id)}", attempt)

    async def release_reservation(self, reservation_id: str, attempt: Attempt) -> Outcome[None]:
        """Give a number back (``DELETE /reservations/{reservationId}``), twice is once.

        A reservation that Sigan does not know reserves nothing: what was wanted is so, and
        asking again could never end otherwise. The nightly audit compares the numbers.
        """
        return await self._release(f"{RESERVATIONS}/{_quoted(reservation_id)}", attempt)

    async def find_request(self, request_id: str, attempt: Attempt) -> Outcome[FoundRequest | None]:
        """Ask what a request did (``GET /requests/{requestId}``)."""
        path = f"{REQUESTS}/{_quoted(request_id)}"
        return await self._find(
            path, attempt, read=partial(read_found_request, request_id=request_id), member="status"
        )

    async def find_hold(self, external_id: str, attempt: Attempt) -> Outcome[FoundHold | None]:
        """Ask how a hold stands (``GET …/{externalId}``)."""
        path = f"{HOLDS}/{_quoted(external_id)}"
        read = partial(read_found_hold, external_id=external_id)
        return await self._find(path, attempt, read=read, member="externalId")

    async def find_reservation(
        self, msisdn: str, attempt: Attempt
    ) -> Outcome[FoundReservation | None]:
        """Ask for a number's last reservation (``GET /reservations?msisdn=``)."""
        path = f"{RESERVATIONS}?{urlencode({'msisdn': msisdn})}"
        read = partial(read_found_reservation, msisdn=msisdn)
        return await self._find(path, attempt, read=read, member="reservationId")

    async def _find(
        self,
        path: str,
        attempt: Attempt,
        *,
        read: Callable[[bytes], T | Unreadable],
        member: str,
    ) -> Outcome[T | None]:
        answer = await self.client.call("GET", path, attempt=attempt)
        is_none = _is_gone(answer, member=member)
        return Done(None) if is_none else _classify(answer, read, member=member)

    async def _release(self, path: str, attempt: Attempt) -> Outcome[None]:
        answer = await self.client.call("DELETE", path, attempt=attempt)
        is_released = isinstance(answer, Answer) and answer.status == _NO_CONTENT
        if is_released or _is_gone(answer, member=""):
            return Done(None)
        return _classify(answer, _read_release, member="")


def _quoted(identifier: str) -> str:
    return quote(identifier, safe="")


def _read_release(_: bytes) -> Unreadable:
    """Only a 204 says that something was given back, and it has no body."""
    return Unreadable("not the 204 of a release")


def _is_gone(answer: Answer | NotSent | Unknown, *, member: str) -> bool:
    if not isinstance(answer, Answer):
        return False
    error = read_error(answer.body, without=member)
    return error is not None and error.code in _GONE


def _is_ok(answer: Answer) -> bool:
    return 200 <= answer.status < 300


def _classify(
    answer: Answer | NotSent | Unknown,
    read: Callable[[bytes], T | Unreadable],
    *,
    member: str,
) -> Outcome[T]:
    """What an answer means; ``member`` is what a yes has and a no has not."""
    if not isinstance(answer, Answer):
        return answer
    if answer.status in _UNAUTHORIZED:
        return _not_authorized(f"HTTP {answer.status}")
    if _is_ok(answer):
        error = read_error(answer.body, without=member)
        return _accepted(answer, read) if error is None else _refused(answer, error)
    error = read_error(answer.body)
    if error is None or not 400 <= answer.status < 500:
        # A proxy's or a firewall's: nobody's verdict on a number.
        return Unknown(f"HTTP {answer.status}, and not in Sigan's words")
    return _refused(answer, error)


def _accepted(answer: Answer, read: Callable[[bytes], T | Unreadable]) -> Done[T] | Unknown:
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()[:60]
    value = read(answer.body) if kind == _JSON else Unreadable(f"it is {kind or 'of no type'}")
    if isinstance(value, Unreadable):
        return Unknown(f"unreadable answer, HTTP {answer.status}: {value.reason}")
    return Done(value)


def _refused(answer: Answer, error: VendorError) -> Refused | NotSent | Unknown:
    if error.code is SiganCode.UNAUTHORIZED:
        return _not_authorized(error.reason)
    if error.code is None and _is_ok(answer):
        # What it means is not known, and that nothing was done cannot be read from a 200.
        return Unknown(f"HTTP {answer.status} with an error inside: {error.reason}")
    return translate_refusal(error)


def _not_authorized(why: str) -> NotSent:
    log.error("sigan_rejects_credentials", reason=why)
    return NotSent("Sigan rejects our credentials", _AFTER_UNAUTHORIZED)


def make_gateway(connection: Connection) -> SiganGateway:
    """The gateway of this process."""
    settings: SiganSettings = connection.settings
    token = settings.read_token(connection.platform)
    return SiganGateway(SiganClient(connection.exchange, token))
