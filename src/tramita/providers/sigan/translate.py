"""Sigan's words in ours: pure, total, and never raising for what Sigan may say."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, TypeVar, assert_never

import msgspec

from tramita.kit.masking import mask_text
from tramita.kit.outcome import Refused
from tramita.kit.outside import UNREADABLE, NotUnderstood
from tramita.numbering.ports import (
    FoundHold,
    FoundRequest,
    FoundReservation,
    Hold,
    HoldStatus,
    InventoryRefusal,
    Reservation,
    ReservationStatus,
    WantedNumbers,
)
from tramita.providers.sigan import wire
from tramita.providers.sigan.numbers import judge_numbers

T = TypeVar("T")

LONGEST_REASON: Final = 500


class SiganCode(StrEnum):
    """Every code with which Sigan is known to say no."""

    INVALID_DDD = "INVALID_DDD"
    INVALID_BRAND = "INVALID_BRAND"
    INSUFFICIENT_STOCK = "INSUFFICIENT_STOCK"
    PREVIOUS_NOT_FOUND = "PREVIOUS_NOT_FOUND"
    PREVIOUS_CONSUMED = "PREVIOUS_CONSUMED"
    HOLD_NOT_FOUND = "HOLD_NOT_FOUND"
    HOLD_EXPIRED = "HOLD_EXPIRED"
    HOLD_CONSUMED = "HOLD_CONSUMED"
    CONSUMED = "CONSUMED"
    NUMBER_TAKEN = "NUMBER_TAKEN"
    NUMBER_NOT_IN_HOLD = "NUMBER_NOT_IN_HOLD"
    RESERVATION_NOT_FOUND = "RESERVATION_NOT_FOUND"
    ACTIVE = "ACTIVE"
    REQUEST_UNKNOWN = "REQUEST_UNKNOWN"
    UNAUTHORIZED = "UNAUTHORIZED"


@dataclass(frozen=True, slots=True)
class VendorError:
    """Sigan's no; ``code`` is ``None`` when it is none that is known, ``reason`` names it."""

    code: SiganCode | None
    reason: str


def refusal_of(code: SiganCode) -> InventoryRefusal:
    """Our word for Sigan's; a new member is a type error until decided."""
    match code:
        case SiganCode.CONSUMED:
            return InventoryRefusal.HOLD_CONSUMED
        case SiganCode.ACTIVE:
            return InventoryRefusal.RESERVATION_ACTIVE
        case SiganCode.REQUEST_UNKNOWN | SiganCode.UNAUTHORIZED:
            return InventoryRefusal.OTHER  # Neither is a verdict: see the gateway.
        case (
            SiganCode.INVALID_DDD
            | SiganCode.INVALID_BRAND
            | SiganCode.INSUFFICIENT_STOCK
            | SiganCode.PREVIOUS_NOT_FOUND
            | SiganCode.PREVIOUS_CONSUMED
            | SiganCode.HOLD_NOT_FOUND
            | SiganCode.HOLD_EXPIRED
            | SiganCode.HOLD_CONSUMED
            | SiganCode.NUMBER_TAKEN
            | SiganCode.NUMBER_NOT_IN_HOLD
            | SiganCode.RESERVATION_NOT_FOUND
        ):
            return InventoryRefusal[code.name]
        case _:
            assert_never(code)


def translate_refusal(error: VendorError) -> Refused:
    """A no in our words: ``other`` for a code that nobody has decided about."""
    code = InventoryRefusal.OTHER if error.code is None else refusal_of(error.code)
    return Refused(code, error.reason)


def read_error(body: bytes, *, without: str = "") -> VendorError | None:
    """The error envelope of an answer, ``{"code", "message"}``; ``None`` when it has no code.

    An answer that has the member ``without`` is what was asked for, whatever else it has.
    """
    try:
        said = msgspec.json.decode(body, type=dict[str, Any])
    except UNREADABLE:
        return None
    code, message = said.get("code"), said.get("message")
    if not isinstance(code, str) or not code or without in said:
        return None
    reason = f"{code}: {message}" if isinstance(message, str) and message else code
    # Masked before it is cut: half a number would no longer look like one.
    reason = mask_text(reason)[:LONGEST_REASON]
    try:
        return VendorError(SiganCode(code), reason)
    except ValueError:
        return VendorError(None, reason)


def read_hold(body: bytes, wanted: WantedNumbers) -> Hold | NotUnderstood:
    """The answer to a pre-reservation, with every number judged."""
    said = _decoded(body, wire.WireHold)
    if isinstance(said, NotUnderstood):
        return said
    judged = judge_numbers(said.numbers, ddd=wanted.ddd)
    faults = judged.faults
    if len(said.numbers) != wanted.quantity:
        faults = (f"{len(said.numbers)} numbers instead of {wanted.quantity}.", *faults)
    return Hold(
        external_id=said.external_id,
        msisdns=judged.good[: wanted.quantity],
        expires_at=read_instant(said.expires_at),
        faults=faults,
    )


def read_reservation(body: bytes, msisdn: str) -> Reservation | NotUnderstood:
    """The answer to a reservation; that of another number is none."""
    said = _decoded(body, wire.WireReservation)
    if isinstance(said, NotUnderstood):
        return said
    if said.msisdn != msisdn:
        return NotUnderstood("the reservation is of another number")
    return Reservation(said.reservation_id, said.msisdn)


def read_found_hold(body: bytes, external_id: str) -> FoundHold | NotUnderstood:
    """A pre-reservation as it is shown, with those of its numbers that can be used."""
    said = _decoded(body, wire.WireFoundHold)
    if isinstance(said, NotUnderstood):
        return said
    if said.external_id != external_id:
        return NotUnderstood("the answer is about another hold")
    numbers = judge_numbers(said.numbers, ddd=None).good
    return FoundHold(said.external_id, _HOLD_STATUS[said.status], numbers)


def read_found_reservation(body: bytes, msisdn: str) -> FoundReservation | NotUnderstood:
    """A reservation as it is shown."""
    said = _decoded(body, wire.WireFoundReservation)
    if isinstance(said, NotUnderstood):
        return said
    if said.msisdn != msisdn:
        return NotUnderstood("the answer is about another number")
    return FoundReservation(said.reservation_id, said.msisdn, _RESERVATION_STATUS[said.status])


def read_found_request(body: bytes, request_id: str) -> FoundRequest | NotUnderstood:
    """What a request of ours did."""
    said = _decoded(body, wire.WireRequest)
    if isinstance(said, NotUnderstood):
        return said
    if said.request_id != request_id:
        return NotUnderstood("the answer is about another request")
    is_refused = said.status >= 400
    return FoundRequest(said.external_id, said.reservation_id, is_refused)


def read_instant(value: object) -> datetime | None:
    """An aware time; ``None`` for what is no time, or does not say in which zone."""
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else None
        return None if read is None or read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


_HOLD_STATUS: Final[dict[wire.WireHoldStatus, HoldStatus]] = {
    "HELD": HoldStatus.HELD,
    "EXPIRED": HoldStatus.EXPIRED,
    "RELEASED": HoldStatus.RELEASED,
    "CONSUMED": HoldStatus.CONSUMED,
}
_RESERVATION_STATUS: Final[dict[wire.WireReservationStatus, ReservationStatus]] = {
    "RESERVED": ReservationStatus.RESERVED,
    "RELEASED": ReservationStatus.RELEASED,
    "ACTIVE": ReservationStatus.ACTIVE,
}


def _decoded(body: bytes, kind: type[T]) -> T | NotUnderstood:
    try:
        return msgspec.json.decode(body, type=kind)
    except UNREADABLE as error:
        return NotUnderstood(mask_text(str(error)) or type(error).__name__)
