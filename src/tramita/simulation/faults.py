"""Faults that are set from outside and strike matching calls."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Annotated, TypeVar

import msgspec
from msgspec import UNSET

from tramita.simulation.kinds import ARGUMENTS, WEBHOOK, Arguments, Conduct, Step, conduct_of

T = TypeVar("T", bool, float, str)


class ArgumentRefused(Exception):
    """An order says something about its fault that nobody reads, or of another type."""

    def __init__(self, message: str, known: Sequence[str]) -> None:
        super().__init__(message)
        self.known = known


class FaultOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What shall go wrong.

    It strikes calls of ``operation`` (every operation when None) whose fields
    equal ``match``: from the ``nth`` such call on, each with ``probability``,
    at most ``count`` times (None: for ever).
    """

    kind: str
    operation: str | None = None
    match: dict[str, str | int] = {}
    nth: Annotated[int, msgspec.Meta(ge=1)] = 1
    probability: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1.0
    count: Annotated[int, msgspec.Meta(ge=1)] | None = 1
    arguments: dict[str, bool | float | str] = {}


@dataclass(slots=True)
class Fault:
    """An order in force, and how often it was met."""

    id: int
    order: FaultOrder
    conduct: Conduct
    seen: int = 0
    struck: int = 0
    _is_gone: asyncio.Event = field(default_factory=asyncio.Event)

    async def last(self) -> None:
        """Wait for as long as it lasts, or until it is let go."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self.seconds):
                await self._is_gone.wait()

    def let_go(self) -> None:
        """Whatever it holds goes on at once."""
        self._is_gone.set()

    @property
    def kind(self) -> str:
        """The name under which it was ordered."""
        return self.order.kind

    @property
    def is_spent(self) -> bool:
        """Whether it has struck as often as it may."""
        return self.order.count is not None and self.struck >= self.order.count

    @property
    def seconds(self) -> float:
        """How long it lasts, where that means something."""
        return float(self.argument("seconds", float(self.conduct.seconds)))

    @property
    def is_after_effect(self) -> bool:
        """Whether an error answer of this fault comes after the effect."""
        return self.argument("after_effect", self.conduct.after_effect)

    def argument(self, name: str, default: T) -> T:
        """The argument ``name`` if it was given with the default's type, else the default."""
        value = self.order.arguments.get(name, default)
        return value if isinstance(value, type(default)) else default

    def matches(self, operation: str, fields: Mapping[str, str]) -> bool:
        """Whether a call, or a webhook, is of the kind this fault waits for."""
        if (self.conduct.step is Step.ASTRAY) != (operation == WEBHOOK):
            return False
        if self.order.operation not in (None, operation):
            return False
        return all(fields.get(name) == str(value) for name, value in self.order.match.items())


class FaultBook:
    """The faults in force, in the order in which they were set."""

    def __init__(
        self, vendor_kinds: Mapping[str, Conduct], vendor_arguments: Arguments | None = None
    ) -> None:
        self.vendor_kinds = vendor_kinds
        self._known = {**ARGUMENTS, **(vendor_arguments or {})}
        fields = [(name, kind, UNSET) for name, kind in self._known.items()]
        self._arguments = msgspec.defstruct("Arguments", fields, forbid_unknown_fields=True)
        self._faults: dict[int, Fault] = {}
        self._last_id = 0

    def add(self, order: FaultOrder) -> Fault:
        """Put an order in force.

        Raises ``UnknownKind`` for a kind nobody plays, ``ArgumentRefused`` for arguments that
        nobody reads or that are of another type.
        """
        conduct = conduct_of(order.kind, self.vendor_kinds)
        try:
            msgspec.convert(order.arguments, self._arguments)
        except msgspec.ValidationError as wrong:
            raise ArgumentRefused(f"arguments: {wrong}", list(self._known)) from wrong
        self._last_id += 1
        fault = Fault(self._last_id, order, conduct)
        self._faults[fault.id] = fault
        return fault

    def strike(self, operation: str, fields: Mapping[str, str], *, random: Random) -> Fault | None:
        """The fault that strikes this call, if one does; the oldest goes first."""
        for fault in self._faults.values():
            if fault.is_spent or not fault.matches(operation, fields):
                continue
            fault.seen += 1
            if fault.seen < fault.order.nth:
                continue
            if fault.order.probability < 1.0 and random.random() >= fault.order.probability:
                continue
            fault.struck += 1
            return fault
        return None

    def all(self) -> list[Fault]:
        """Every fault, spent ones too."""
        return list(self._faults.values())

    def remove(self, fault_id: int) -> bool:
        """Take one fault away, and let go what it holds; False when there was none."""
        fault = self._faults.pop(fault_id, None)
        if fault is not None:
            fault.let_go()
        return fault is not None

    def clear(self) -> None:
        """Take every fault away, and let go what they hold."""
        for fault in self._faults.values():
            fault.let_go()
        self._faults.clear()

    def start_anew(self) -> None:
        """Forget every fault, and number the next ones from the first.

        What they hold belongs to the time before, and is not hurried into this one.
        """
        self._faults.clear()
        self._last_id = 0
