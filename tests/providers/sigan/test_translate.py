"""Sigan's answers in our words."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tramita.kit.outcome import Refused
from tramita.kit.outside import NotUnderstood
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
from tramita.providers.sigan.translate import (
    LONGEST_REASON,
    SiganCode,
    read_error,
    read_found_hold,
    read_found_request,
    read_found_reservation,
    read_hold,
    read_instant,
    read_reservation,
    refusal_of,
    translate_refusal,
)

NUMBERS = ("5511900000001", "5511900000002", "5511900000003")
WANTED = WantedNumbers("11", "vivo", 3, timedelta(minutes=16))

HOLD = {
    "externalId": "H-1",
    "numbers": [{"position": at, "msisdn": one} for at, one in enumerate(NUMBERS, start=1)],
    "expiresAt": "2026-11-22T12:16:00-03:00",
    "added": {"since": True},
}
FOUND_HOLD = {**HOLD, "status": "HELD"}
RESERVATION = {"reservationId": "R-1", "msisdn": NUMBERS[0], "reservedAt": "2026-11-22T12:16:00Z"}
FOUND_RESERVATION = {**RESERVATION, "status": "RESERVED"}
REQUEST = {"requestId": "a key", "operation": "reserve", "status": 201, "externalId": "H-1"}

READERS: dict[str, tuple[Callable[[bytes], object], dict[str, Any], set[str]]] = {
    "hold": (lambda body: read_hold(body, WANTED), HOLD, {"externalId", "numbers"}),
    "found hold": (
        lambda body: read_found_hold(body, "H-1"),
        FOUND_HOLD,
        {"externalId", "numbers", "status"},
    ),
    "reservation": (
        lambda body: read_reservation(body, NUMBERS[0]),
        RESERVATION,
        {"reservationId", "msisdn"},
    ),
    "found reservation": (
        lambda body: read_found_reservation(body, NUMBERS[0]),
        FOUND_RESERVATION,
        {"reservationId", "msisdn", "status"},
    ),
    "request": (
        lambda body: read_found_request(body, "a key"),
        REQUEST,
        {"requestId", "status"},
    ),
}


def encoded(said: object) -> bytes:
    """What Sigan sends."""
    return msgspec.json.encode(said)


NEEDED = [(name, member) for name, (_, _, needed) in READERS.items() for member in sorted(needed)]


class TestReading:
    @pytest.mark.parametrize("name", READERS)
    @pytest.mark.parametrize(
        "body",
        [b"", b"{", b"null", b"[]", b'"x"', b"<html>No</html>", b"\xff", b"[" * 100_000, b"{}"],
    )
    def test_finds_nothing_in_what_is_no_answer(self, name: str, body: bytes) -> None:
        """Neither yes nor no: it has to be asked."""
        assert isinstance(READERS[name][0](body), NotUnderstood)

    @pytest.mark.parametrize(("name", "member"), NEEDED)
    @pytest.mark.parametrize("change", ["missing", None, 7.5, {}, "\x00", ""])
    def test_needs_every_member_it_uses(self, name: str, member: str, change: object) -> None:
        """Without one of them, or with a wrong one, nothing is known."""
        read, said, _ = READERS[name]
        changed = {**said, member: change}
        if change == "missing":
            del changed[member]

        assert isinstance(read(encoded(changed)), NotUnderstood)

    @pytest.mark.parametrize("identifier", [".", "..", "a b", "a\nb", "é", "x" * 129, 12])
    def test_takes_no_id_that_cannot_stand_in_a_path(self, identifier: object) -> None:
        """What we cannot name again we cannot give back."""
        assert isinstance(
            read_hold(encoded({**HOLD, "externalId": identifier}), WANTED), NotUnderstood
        )

    @pytest.mark.parametrize("name", READERS)
    @given(body=st.binary() | st.dictionaries(st.text(), st.text() | st.integers()).map(encoded))
    def test_never_fails(self, name: str, body: bytes) -> None:
        """Whatever comes, it is read or unreadable."""
        assert isinstance(READERS[name][0](body), NotUnderstood)


class TestAHold:
    def test_is_read_with_all_its_numbers(self) -> None:
        """What was asked for, in our words."""
        expected = Hold("H-1", NUMBERS, datetime(2026, 11, 22, 15, 16, tzinfo=UTC))

        assert expected == read_hold(encoded(HOLD), WANTED)

    @pytest.mark.parametrize(
        ("listed", "kept", "faults"),
        [
            ([], (), ("0 numbers instead of 3.",)),
            (NUMBERS[:2], NUMBERS[:2], ("2 numbers instead of 3.",)),
            ((*NUMBERS, "5511900000004"), NUMBERS, ("4 numbers instead of 3.",)),
            (
                (*NUMBERS[:2], NUMBERS[0]),
                NUMBERS[:2],
                ("Number 3, (11) 9••••-0001, is there twice.",),
            ),
            (
                ("5521900000001", *NUMBERS),
                NUMBERS,
                (
                    "4 numbers instead of 3.",
                    "Number 1, (21) 9••••-0001, is of area code 21, not 11.",
                ),
            ),
        ],
    )
    def test_says_what_is_wrong_with_its_numbers(
        self, listed: tuple[str, ...], kept: tuple[str, ...], faults: tuple[str, ...]
    ) -> None:
        """It exists and can be given back, so it is no unreadable answer."""
        numbers = [{"msisdn": one} for one in listed]

        hold = read_hold(encoded({**HOLD, "numbers": numbers}), WANTED)

        assert isinstance(hold, Hold)
        assert (kept, faults) == (hold.msisdns, hold.faults)

    @pytest.mark.parametrize("status", HoldStatus)
    def test_is_shown_as_it_stands(self, status: HoldStatus) -> None:
        """Every status there is has a word of ours."""
        said = {**FOUND_HOLD, "status": status.name}

        assert FoundHold("H-1", status, NUMBERS) == read_found_hold(encoded(said), "H-1")

    def test_of_another_id_is_no_answer(self) -> None:
        """Whoever answers so has not understood the question."""
        assert isinstance(read_found_hold(encoded(FOUND_HOLD), "H-2"), NotUnderstood)


class TestAReservation:
    def test_is_read(self) -> None:
        """Its id is what it is given back by."""
        assert Reservation("R-1", NUMBERS[0]) == read_reservation(encoded(RESERVATION), NUMBERS[0])

    @pytest.mark.parametrize("read", [read_reservation, read_found_reservation])
    def test_of_another_number_is_no_answer(self, read: Callable[[bytes, str], object]) -> None:
        """The number that was chosen may be reserved or not: it has to be asked."""
        assert isinstance(read(encoded(FOUND_RESERVATION), NUMBERS[1]), NotUnderstood)

    @pytest.mark.parametrize("status", ReservationStatus)
    def test_is_shown_as_it_stands(self, status: ReservationStatus) -> None:
        """Every status there is has a word of ours."""
        said = encoded({**FOUND_RESERVATION, "status": status.name})

        assert FoundReservation("R-1", NUMBERS[0], status) == read_found_reservation(
            said, NUMBERS[0]
        )


class TestARequest:
    @pytest.mark.parametrize(
        ("said", "expected"),
        [
            ({"status": 201, "externalId": "H-1"}, FoundRequest("H-1")),
            (
                {"status": 201, "externalId": "H-1", "reservationId": "R-1"},
                FoundRequest("H-1", "R-1"),
            ),
            ({"status": 204}, FoundRequest()),
            ({"status": 204, "externalId": None}, FoundRequest()),
            ({"status": 409}, FoundRequest(is_refused=True)),
            ({"status": 422, "externalId": "H-1"}, FoundRequest("H-1", is_refused=True)),
        ],
    )
    def test_is_told_by_what_it_made(self, said: dict[str, Any], expected: FoundRequest) -> None:
        """A hold, a reservation, or nothing because it was refused."""
        assert expected == read_found_request(encoded({"requestId": "a key", **said}), "a key")

    @pytest.mark.parametrize("change", [{"requestId": "another"}, {"status": 0}, {"status": 700}])
    def test_that_is_not_ours_or_was_never_answered_is_no_answer(
        self, change: dict[str, Any]
    ) -> None:
        """Nothing may be concluded from it."""
        assert isinstance(
            read_found_request(encoded({**REQUEST, **change}), "a key"), NotUnderstood
        )


class TestANo:
    @pytest.mark.parametrize("code", SiganCode)
    def test_has_a_word_of_ours_for_every_code(self, code: SiganCode) -> None:
        """None of Sigan's codes ends as a stranger, but for those that are no verdict."""
        is_other = code in (SiganCode.UNAUTHORIZED, SiganCode.REQUEST_UNKNOWN)

        assert is_other == (refusal_of(code) is InventoryRefusal.OTHER)

    def test_uses_every_word_of_ours(self) -> None:
        """No refusal of the port is out of Sigan's reach."""
        assert set(InventoryRefusal) == {refusal_of(code) for code in SiganCode}

    @pytest.mark.parametrize(
        ("said", "expected"),
        [
            (
                {"code": "HOLD_EXPIRED", "message": "Over."},
                Refused("hold_expired", "HOLD_EXPIRED: Over."),
            ),
            (
                {"code": "NUMBER_TAKEN", "message": f"{NUMBERS[0]} is taken."},
                Refused("number_taken", "NUMBER_TAKEN: (11) 9••••-0001 is taken."),
            ),
            ({"code": "ACTIVE"}, Refused("reservation_active", "ACTIVE")),
            ({"code": "CONSUMED", "message": 7}, Refused("hold_consumed", "CONSUMED")),
            ({"code": "NEW_RULE", "message": "No."}, Refused("other", "NEW_RULE: No.")),
        ],
    )
    def test_keeps_the_reason_masked(self, said: dict[str, Any], expected: Refused) -> None:
        """What a person reads names the rule and nobody's number."""
        error = read_error(encoded(said))

        assert error is not None
        assert expected == translate_refusal(error)

    def test_is_cut_after_it_was_masked(self) -> None:
        """Half a number at the end would look like none and be shown."""
        length = LONGEST_REASON - len("ACTIVE: ") - 8
        error = read_error(encoded({"code": "ACTIVE", "message": "x" * length + f" {NUMBERS[0]}"}))

        assert error is not None
        assert LONGEST_REASON == len(error.reason)
        assert "5511" not in error.reason

    @pytest.mark.parametrize(
        "body", [b"", b"[]", b"{}", b'{"code": null}', b'{"code": ""}', b'{"code": 7}', b"<html>"]
    )
    def test_without_a_code_is_none(self, body: bytes) -> None:
        """Somebody on the way may have said it."""
        assert read_error(body) is None

    def test_is_none_beside_what_was_asked_for(self) -> None:
        """An added member ``code`` does not undo a hold."""
        assert read_error(encoded({**HOLD, "code": "ACTIVE"}), without="externalId") is None


class TestAnInstant:
    @pytest.mark.parametrize(
        "value",
        [
            None,
            "",
            "soon",
            "2026-11-22T12:16:00",
            "2026-11-22",
            1795000000,
            "0001-01-01T00:00+14:00",
        ],
    )
    def test_that_names_no_moment_is_none(self, value: object) -> None:
        """A time without a zone is three hours wrong in one of two readings."""
        assert read_instant(value) is None
