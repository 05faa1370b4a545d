"""``NumberInventory`` on Sigan: translate, call, classify.

Sigan remembers a request by its id and answers a repetition as it answered then
[assumed]; the id is the attempt's key, which is the same over all attempts of an
operation and is nobody else's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar
from urllib.parse import quote, urlencode

from tramita.kit.answers import Reading
from tramita.kit.attempt import Attempt
from tramita.kit.exchange import Answer
from tramita.kit.json_client import JSONClient
from tramita.kit.outcome import Done, NotSent, Outcome, Refused, Unknown
from tramita.kit.outside import NotUnderstood
from tramita.kit.provider import Connection
from tramita.numbering.ports import (
    FoundHold,
    FoundRequest,
    FoundReservation,
    Hold,
    Reservation,
    WantedNumbers,
)
from tramita.providers.sigan.translate import (
    SiganCode,
    VendorError,
    read_error,
    read_found_hold,
    read_found_request,
    read_found_reservation,
    read_hold,
    read_reservation,
    translate_refusal,
)

T = TypeVar("T")

HOLDS = "/v1/pre-reservations"
RESERVATIONS = "/v1/reservations"
REQUESTS = "/v1/requests"

_JSON = "application/json"
_NO_CONTENT = 204
# Sigan itself says that there is no such thing. A 404 without one of these is somebody's on
# the way, or of a Sigan that does not answer this question: no "never seen" is read into it.
_GONE = frozenset(
    {SiganCode.HOLD_NOT_FOUND, SiganCode.RESERVATION_NOT_FOUND, SiganCode.REQUEST_UNKNOWN}
)


@dataclass(frozen=True)
class SiganGateway:
    """One carrier's numbers at Sigan."""

    client: JSONClient

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
        answer = await self.client.call("POST", HOLDS, attempt, body=body)
        return _classify(answer, partial(read_hold, wanted=wanted), member="externalId")

    async def reserve(
        self, external_id: str, msisdn: str, attempt: Attempt
    ) -> Outcome[Reservation]:
        """Reserve one number of a hold (``POST …/{externalId}/reservations``)."""
        path = f"{HOLDS}/{_quoted(external_id)}/reservations"
        answer = await self.client.call("POST", path, attempt, body={"msisdn": msisdn})
        read = partial(read_reservation, msisdn=msisdn)
        return _classify(answer, read, member="reservationId")

    async def release_hold(self, external_id: str, attempt: Attempt) -> Outcome[None]:
        """Give a hold back (``DELETE …/{externalId}``); a hold unknown there holds nothing."""
        return await self._release(f"{HOLDS}/{_quoted(external_id)}", attempt)

    async def release_reservation(self, reservation_id: str, attempt: Attempt) -> Outcome[None]:
        """Give a number back (``DELETE /reservations/{reservationId}``), which is idempotent.

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
        read: Callable[[bytes], T | NotUnderstood],
        member: str,
    ) -> Outcome[T | None]:
        answer = await self.client.call("GET", path, attempt)
        is_none = _is_gone(answer, member=member)
        return Done(None) if is_none else _classify(answer, read, member=member)

    async def _release(self, path: str, attempt: Attempt) -> Outcome[None]:
        answer = await self.client.call("DELETE", path, attempt)
        is_released = isinstance(answer, Answer) and answer.status == _NO_CONTENT
        if is_released or _is_gone(answer, member=""):
            return Done(None)
        return _classify(answer, _read_release, member="")


def _quoted(identifier: str) -> str:
    return quote(identifier, safe="")


def _read_release(_: bytes) -> NotUnderstood:
    """Only a 204 says that something was given back, and it has no body."""
    return NotUnderstood("not the 204 of a release")


def _is_gone(answer: Answer | NotSent | Unknown, *, member: str) -> bool:
    if not isinstance(answer, Answer):
        return False
    error = read_error(answer.body, without=member)
    return error is not None and error.code in _GONE


def _is_ok(answer: Answer) -> bool:
    return 200 <= answer.status < 300


def _classify(
    answer: Answer | NotSent | Unknown,
    read: Callable[[bytes], T | NotUnderstood],
    *,
    member: str,
) -> Outcome[T]:
    """What an answer means; ``member`` is what a yes has and a no has not."""
    if isinstance(answer, Answer) and _is_ok(answer):
        error = read_error(answer.body, without=member)
        if error is not None:
            return _refused(answer, error)
    return _READING.judge(answer, lambda answer: _accepted(answer, read))


def _accepted(answer: Answer, read: Callable[[bytes], T | NotUnderstood]) -> T | NotUnderstood:
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()[:60]
    return read(answer.body) if kind == _JSON else NotUnderstood(f"it is {kind or 'of no type'}")


def _in_its_words(answer: Answer) -> Refused | NotSent | Unknown | None:
    error = read_error(answer.body)
    return None if error is None else _refused(answer, error)


_READING: Final = Reading("Sigan", _in_its_words)


def _refused(answer: Answer, error: VendorError) -> Refused | NotSent | Unknown:
    if error.code is SiganCode.UNAUTHORIZED:
        return _READING.rejected(error.reason)
    if error.code is None and _is_ok(answer):
        # What it means is not known, and that nothing was done cannot be read from a 200.
        return Unknown(f"HTTP {answer.status} with an error inside: {error.reason}")
    return translate_refusal(error)


def make_gateway(connection: Connection) -> SiganGateway:
    """The gateway of one carrier's numbers, known by our token."""
    token = connection.secret("token")
    return SiganGateway(JSONClient(connection.exchange, token, "x-request-id"))
