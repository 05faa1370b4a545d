"""The signals of the core: what happened to a contract, told to whoever subscribed.

blinker is the face: ``signal("on_contract_create").connect(created)`` works with
blinker's own ``signal`` as well as with the one exported here. Beneath it, three of
blinker's habits are replaced. Receivers are held strongly, because a closure would
otherwise vanish. They run in a fixed order: first those that belong to no backend,
in the order they subscribed, then those of the contract's own backend. And they are
indexed by backend, so that a hundred plugins cost a contract only its own.

A receiver runs synchronously inside the unit of work that sends the signal and takes
by name what it needs of the payload: ``def created(contract, work)`` is as good as
``def created(sender, backend)``. It may change the contract and enqueue jobs; it
never calls out. When it raises, the whole unit of work is undone.
"""

import inspect
import logging
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from blinker import ANY, NamedSignal, default_namespace, signal

from tramita.contracts.decorators import BackendHandler, Handler, HasBackend
from tramita.contracts.errors import BackendRefused

__all__ = [
    "SIGNALS",
    "ContractSignal",
    "on_contract_activate",
    "on_contract_cancel",
    "on_contract_change",
    "on_contract_create",
    "on_contract_resume",
    "on_contract_suspend",
    "signal",
]

log = logging.getLogger(__name__)

F = TypeVar("F", bound=Callable[..., Any])


class HandlerNotUsable(TypeError):
    """A function cannot be a receiver of this signal."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """A subscribed function; ``takes`` are the payload's names it wants, None for all."""

    function: Handler
    backend: str | None
    takes: frozenset[str] | None

    @property
    def name(self) -> str:
        """Who it is, for people: the backend's key, or the function's full name."""
        return self.backend or f"{self.function.__module__}.{self.function.__qualname__}"

    def __call__(self, contract: HasBackend, /, **payload: object) -> None:
        """Hand over the signal; whatever a plugin raises becomes ``BackendRefused``."""
        wanted = (
            payload
            if self.takes is None
            else {name: value for name, value in payload.items() if name in self.takes}
        )
        if self.backend is None:
            self.function(contract, **wanted)
            return
        try:
            self.function(contract, **wanted)
        except BackendRefused as refusal:
            raise refusal.of(self.backend) from refusal
        except Exception as error:
            log.exception("backend %s failed to handle a signal", self.backend)
            reason = f"{type(error).__name__}: {error}"
            raise BackendRefused(reason, backend=self.backend) from error


class ContractSignal(NamedSignal):
    """One signal of the core; ``payload`` tells what each of its values is."""

    def __init__(self, name: str, when: str, payload: Mapping[str, str] | None = None) -> None:
        """Take the place of blinker's signal of this name."""
        super().__init__(name, when)
        self.when = when
        self.payload = {
            "work": "the unit of work everything belongs to: `UnitOfWork`",
            "backend": "key of the contract's backend: `str`",
            **(payload or {}),
        }
        self._general: list[Receiver] = []
        self._own: dict[str, list[Receiver]] = {}
        default_namespace[name] = self

    def connect(self, receiver: F, sender: Any = ANY, weak: bool = True) -> F:
        """Subscribe ``receiver``, strongly whatever ``weak`` says; idempotent."""
        if sender is not ANY:
            raise HandlerNotUsable(
                "contracts come and go; use @backend_handler to choose by backend"
            )
        if isinstance(receiver, BackendHandler):
            self._keep(receiver.function, receiver.backend)
        else:
            self._keep(receiver, None)
        return receiver

    def connect_backend(self, handler: Handler, backend: str) -> None:
        """Subscribe ``handler`` for the contracts of one backend."""
        self._keep(handler.function if isinstance(handler, BackendHandler) else handler, backend)

    def disconnect(self, receiver: Callable[..., Any], sender: Any = ANY) -> None:
        """Forget ``receiver``, decorated or not."""
        function = receiver.function if isinstance(receiver, BackendHandler) else receiver
        self._forget(lambda one: one.function == function)

    def disconnect_backend(self, backend: str) -> None:
        """Forget every receiver of one backend."""
        self._forget(lambda one: one.backend == backend)

    def receivers_for(self, sender: HasBackend) -> Generator[Receiver, None, None]:
        """Who is told about this contract, in order."""
        yield from self._general
        yield from self._own.get(sender.backend, ())

    def has_receivers_for(self, sender: HasBackend) -> bool:
        """Whether anybody is told about this contract."""
        return bool(self._general or self._own.get(sender.backend))

    def tell(self, contract: HasBackend, **payload: Any) -> list[str]:
        """Send the signal; answers who was told."""
        told: list[tuple[Any, Any]] = self.send(contract, **payload)
        return [receiver.name for receiver, _ in told]

    def listeners(self) -> list[Receiver]:
        """Everybody who subscribed, those without a backend first."""
        return [*self._general, *(one for key in sorted(self._own) for one in self._own[key])]

    def _keep(self, function: Handler, backend: str | None) -> None:
        receiver = Receiver(function, backend, _wanted(self, function))
        place = self._general if backend is None else self._own.setdefault(backend, [])
        if receiver not in place:
            place.append(receiver)
            self.receivers[id(receiver)] = receiver

    def _forget(self, is_gone: Callable[[Receiver], bool]) -> None:
        self._general = [one for one in self._general if not is_gone(one)]
        kept = {k: [one for one in own if not is_gone(one)] for k, own in self._own.items()}
        self._own = {key: own for key, own in kept.items() if own}
        self.receivers = {id(one): one for one in self.listeners()}


def _wanted(to: ContractSignal, function: Handler) -> frozenset[str] | None:
    """Which names of the payload ``function`` takes; None for all of them."""
    if inspect.iscoroutinefunction(function):
        raise HandlerNotUsable(f"{function!r} is asynchronous; enqueue a job instead")
    _contract, *others = inspect.signature(function).parameters.values()
    if any(one.kind is one.VAR_KEYWORD for one in others):
        return None
    wanted = {one.name for one in others}
    strange = sorted(wanted - to.payload.keys())
    if strange:
        raise HandlerNotUsable(f"{to.name} has no {', '.join(strange)} for {function!r}")
    return frozenset(wanted)


_REASON = {"reason": "why, as given by whoever asked: `str | None`"}

on_contract_create = ContractSignal(
    "on_contract_create", "In the unit of work that creates the contract, before it is saved."
)
on_contract_activate = ContractSignal(
    "on_contract_activate", "When the backend's service runs for the first time.", _REASON
)
on_contract_change = ContractSignal(
    "on_contract_change",
    "When the contract's package or its customer's data changed.",
    {
        "before": "old values of what changed: `dict[str, object]`",
        "after": "new values of what changed, same keys: `dict[str, object]`",
    },
)
on_contract_cancel = ContractSignal(
    "on_contract_cancel", "In the unit of work that cancels the contract.", _REASON
)
on_contract_suspend = ContractSignal(
    "on_contract_suspend", "When billing or an operator stops the service for a while.", _REASON
)
on_contract_resume = ContractSignal(
    "on_contract_resume", "When billing or an operator lets the service go on.", _REASON
)

SIGNALS = (
    on_contract_create,
    on_contract_activate,
    on_contract_change,
    on_contract_cancel,
    on_contract_suspend,
    on_contract_resume,
)
