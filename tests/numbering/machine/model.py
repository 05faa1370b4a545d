"""What the machine expects: previews and numbers as they must stand after each step.

The model knows nothing of claims, operations or jobs. Where an answer leaves open what
happened, it says so and takes over what the database then has, as far as that is possible
at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from tramita.numbering.lifecycle import NumberStatus, NumberTrigger

S, T = NumberStatus, NumberTrigger

# Whatever an answer of Sigan's that is late, lost or an error may lead to.
DISTURBED: Final = frozenset({502, 503, 504})
# A reservation whose outcome is not known, and one that nobody could find out about.
IN_DOUBT: Final = frozenset({S.RESERVING, S.UNAVAILABLE})
# Lines and what moves them, as notes 9.1 have it.
MOVES: Final = {
    "activate": ({S.ASSIGNED}, S.IN_USE),
    "suspend": ({S.IN_USE}, S.SUSPENDED),
    "resume": ({S.SUSPENDED}, S.IN_USE),
    "terminate": ({S.IN_USE, S.SUSPENDED}, S.QUARANTINE),
}
LINES: Final = frozenset({S.ASSIGNED, S.IN_USE, S.SUSPENDED})
REST: Final = timedelta(days=90)
_HARDLY: Final = timedelta(seconds=30)


@dataclass
class ModelPreview:
    """A preview. ``is_open``: what became of it is not known, and is looked up.

    ``is_shaky``: Sigan may have other ideas of its hold. ``may_revive``: nobody knows what
    became of what was to replace it; where nothing did, it lives again.
    """

    id: UUID
    ddd: str
    carrier: str | None
    msisdns: Sequence[str]
    expires_at: datetime
    is_superseded: bool = False
    is_gone: bool = False
    is_claimed: bool = False
    reserved: str | None = None
    is_open: bool = False
    is_shaky: bool = False
    may_revive: bool = False

    @property
    def stands(self) -> tuple[bool, bool, bool, str | None]:
        """What its row must say."""
        return self.is_superseded, self.is_gone, self.is_claimed, self.reserved

    def follow(self, row: Mapping[str, Any]) -> None:
        """Take over what its row says."""
        self.is_superseded = row["superseded_by"] is not None
        self.is_gone = row["released_at"] is not None
        self.is_claimed = row["reserving_number_id"] is not None
        self.reserved = row["reserved_msisdn"]


@dataclass
class ModelNumber:
    """A number that is, or was, ours; ``until``: when a sweep gives it back.

    ``hold``: what it was last reserved from, a preview or not.
    """

    status: NumberStatus
    carrier: str | None
    sim: str | None = None
    until: datetime | None = None
    is_open: bool = False
    hold: UUID | None = None


@dataclass
class Model:
    """All of it; ``offset`` is how far the clock is ahead."""

    offset: timedelta = timedelta()
    previews: list[ModelPreview] = field(default_factory=list)
    numbers: dict[str, ModelNumber] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    # Numbers that Sigan's operator had offered, wherever they stood.
    offered: set[str] = field(default_factory=set)
    # Whether a hold was ended that we know nothing of.
    has_lost_holds: bool = False

    def name(self, msisdn: str) -> int:
        """A number's name in the trail: the order in which they came to be known."""
        return self.names.setdefault(msisdn, len(self.names))

    def expect_preview(
        self, ddd: str, previous: ModelPreview | None, carrier: str | None
    ) -> set[int]:
        """What asking for a preview may be answered while Sigan is well."""
        if previous is not None:
            if not may_see(carrier, previous.carrier):
                return {404}
            if previous.is_open:
                return {201, 409, 503}
            if previous.reserved is not None:
                return {409}
            if previous.is_claimed and not (previous.is_superseded or previous.is_gone):
                return {409}
        shaky = previous is not None and previous.is_shaky
        return {201, 503} if shaky or self._may_clash(ddd) else {201}

    def expect_reservation(
        self, preview: ModelPreview, index: int, carrier: str | None, now: datetime
    ) -> set[int]:
        """What reserving from a preview may be answered while Sigan is well."""
        if index not in range(3) or not may_see(carrier, preview.carrier):
            return {404}
        if preview.is_open:
            return {200, 409, 410, 500, 502}
        left = preview.expires_at - now
        if left < -_HARDLY or preview.is_superseded or preview.is_gone:
            return {410}
        hardly = {410} if left < _HARDLY else set()
        return hardly | self._expect_claim(preview, preview.msisdns[index])

    def _expect_claim(self, preview: ModelPreview, msisdn: str) -> set[int]:
        if preview.is_claimed:
            return {409}
        if preview.reserved not in (None, msisdn):
            return {409}
        number = self.numbers.get(msisdn)
        if number is not None and number.is_open:
            return {200, 409, 410, 500, 502, 503}
        if number is not None and number.status is not S.RETURNED:
            return {500}
        if preview.reserved is not None:
            return {409}
        return {200, 410, 502} if preview.is_shaky or msisdn in self.offered else {200}

    def expect_random(self, ddd: str) -> set[int]:
        """What asking for any number may be answered while Sigan is well."""
        if self.offered:
            return {201, 500, 502, 503}
        return {201, 500} if self._may_clash(ddd) else {201}

    def _may_clash(self, ddd: str) -> bool:
        """Whether Sigan may offer what is in use here, or in another preview."""
        in_doubt = any(
            msisdn[2:4] == ddd and (one.is_open or one.status in IN_DOUBT)
            for msisdn, one in self.numbers.items()
        )
        return in_doubt or self.has_lost_holds or bool(self.offered)

    def expect_release(self, msisdn: str, carrier: str | None) -> set[int]:
        """What giving a number back is answered."""
        number = self.numbers.get(msisdn)
        if number is None:
            return {404}
        if number.is_open:
            return {204, 404, 409}
        if not may_see(carrier, number.carrier):
            return {404}
        return {204} if number.status in (S.RESERVED, S.RETURNED) else {409}

    def expect_assignment(
        self, msisdn: str, sim: str, carrier: str | None, now: datetime
    ) -> set[int]:
        """What putting a number on a SIM is answered."""
        number = self.numbers.get(msisdn)
        if number is not None and number.is_open:
            return {200, 404, 409}
        if number is None or not may_see(carrier, number.carrier):
            return {404}
        is_reserved = number.status is S.RESERVED and number.until is not None
        left = number.until - now if is_reserved and number.until else timedelta.max
        if left < -_HARDLY:
            return {409}
        hardly = {409} if left < _HARDLY else set()
        for other in self.numbers.values():
            if other is not number and other.sim == sim:
                return {409 if may_see(carrier, other.carrier) else 404} | hardly
        return ({200} if is_reserved else {409}) | hardly

    def expect_move(self, msisdn: str, act: str, carrier: str | None) -> set[int]:
        """What moving a line is answered."""
        number = self.numbers.get(msisdn)
        if number is not None and number.is_open:
            return {200, 404, 409}
        if number is None or not may_see(carrier, number.carrier):
            return {404}
        return {200} if number.status in MOVES[act][0] else {409}

    def state_of(self, preview: ModelPreview, now: datetime) -> set[str]:
        """Where a preview may be shown to stand."""
        if preview.reserved is not None:
            return {"CONSUMED"}
        for is_so, state in (
            (preview.is_superseded, "SUPERSEDED"),
            (preview.is_gone, "RELEASED"),
            (preview.is_claimed, "RESERVING"),
        ):
            if is_so:
                return {state}
        left = preview.expires_at - now
        if abs(left) < _HARDLY:
            return {"HELD", "EXPIRED"}
        return {"HELD"} if left > timedelta() else {"EXPIRED"}

    def shown_by(self, preview: ModelPreview) -> set[str | None]:
        """Which number a preview may show in full: while it is reserved from there."""
        number = self.numbers.get(preview.reserved or "")
        if number is None or number.status is S.RETURNED or number.hold != preview.id:
            return {None}
        return {preview.reserved, None} if number.is_open else {preview.reserved}

    def sweep(self, now: datetime) -> None:
        """Whatever's time is over goes back."""
        for number in self.numbers.values():
            if number.status in (S.RESERVED, S.QUARANTINE) and number.until is not None:
                left = number.until - now
                if left < -_HARDLY:
                    self.give_back(number)
                elif left < _HARDLY:
                    number.is_open = True

    def give_back(self, number: ModelNumber) -> None:
        """A number is returned."""
        number.status, number.sim, number.until = S.RETURNED, None, None

    def look_up(self, previews: Iterable[ModelPreview] = (), msisdns: Iterable[str] = ()) -> None:
        """What becomes of these in this step is not predicted."""
        for preview in previews:
            preview.is_open = True
        for msisdn in msisdns:
            if msisdn in self.numbers:
                self.numbers[msisdn].is_open = True

    def compare(
        self, numbers: Mapping[str, Mapping[str, Any]], previews: Mapping[UUID, Mapping[str, Any]]
    ) -> list[str]:
        """What stands otherwise than it must; what could not be predicted is taken over."""
        wrong = []
        for msisdn in sorted(numbers.keys() | self.numbers.keys()):
            here, known = numbers.get(msisdn), self.numbers.get(msisdn)
            sentence = self._compare_number(msisdn, here, known)
            wrong += [] if sentence is None else [sentence]
        for preview in self.previews:
            row = previews[preview.id]
            before = preview.stands
            may_change = preview.is_open or preview.is_claimed or preview.may_revive
            preview.follow(row)
            preview.is_open = False
            if before != preview.stands and not may_change:
                wrong.append(f"preview {preview.id}: expected {before}, is {preview.stands}")
        return wrong

    def _compare_number(
        self, msisdn: str, here: Mapping[str, Any] | None, known: ModelNumber | None
    ) -> str | None:
        expected = None if known is None else known.status
        actual = None if here is None else S(here["status"])
        is_free = known is not None and (known.is_open or known.status in IN_DOUBT)
        if here is None:
            self.numbers.pop(msisdn, None)
        elif known is None or is_free or expected == actual:
            self.numbers[msisdn] = ModelNumber(
                S(here["status"]),
                here["carrier"],
                here["assigned_sim_id"],
                here["reserved_until"] or here["quarantine_until"],
                hold=here["pre_reservation_id"],
            )
            if known is not None and not is_free:
                return _differences(msisdn, known, self.numbers[msisdn])
            if known is None and actual is not S.RESERVING:
                return f"{msisdn}: appeared as {actual}"
            return None
        if is_free or expected == actual:
            return None
        return f"{msisdn}: expected {expected}, is {actual}"


def _differences(msisdn: str, known: ModelNumber, found: ModelNumber) -> str | None:
    if (known.carrier, known.sim) != (found.carrier, found.sim):
        return f"{msisdn}: expected {known}, is {found}"
    if (known.until is None) != (found.until is None):
        return f"{msisdn}: expected until {known.until}, is {found.until}"
    if known.until and found.until and abs(known.until - found.until) > _HARDLY:
        return f"{msisdn}: expected until {known.until}, is {found.until}"
    return None


def may_see(carrier: str | None, whose: str | None) -> bool:
    """Whether a caller may see what belongs to ``whose``; the one without a carrier sees all."""
    return carrier is None or carrier == whose
