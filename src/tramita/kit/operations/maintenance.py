"""What a person may do about a provider: pause it, or one kind of its acts, and have it go on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from tramita.kit.audit import Subject, note_act
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import ConflictError, FieldError, InvalidError, NotFoundError
from tramita.kit.languages.filled import Filled
from tramita.kit.lines import close_breakers
from tramita.kit.operations import paused
from tramita.kit.operations.kind import OperationKind
from tramita.kit.operations.paused import Pause
from tramita.kit.provider import Provider


class ProviderNotFound(NotFoundError):
    """There is no provider {provider}; there are {known}."""


class NothingHeldBack(ConflictError):
    """No process holds calls to {provider} back."""


class House(Protocol):
    """What there is to pause: the providers that are installed, connected or not, and every kind."""

    @property
    def installed(self) -> Mapping[str, Provider]: ...
    @property
    def kinds(self) -> Mapping[str, OperationKind[Any, Any]]: ...


def kinds_of(house: House, provider: str) -> list[str]:
    """The kinds of act that a provider may do for us; raises ``ProviderNotFound``."""
    manifest = house.installed.get(provider)
    if manifest is None:
        known = ", ".join(sorted(house.installed)) or "none"
        raise ProviderNotFound(provider=provider, known=known)
    return sorted(name for name, kind in house.kinds.items() if kind.port in manifest.ports)


async def pause_provider(
    house: House,
    work: UnitOfWork,
    provider: str,
    *,
    why: str,
    kind: str | None = None,
    until: datetime | None = None,
) -> Pause:
    """Pause it as the actor of ``work``; raises as ``paused.pause``, and ``ProviderNotFound``."""
    _check_kind(house, provider, kind)
    made = await paused.pause(work, provider, why=why, kind=kind, until=until)
    await note_act(work, work.actor, "provider.paused", Subject("provider", provider), kind=kind)
    return made


async def resume_provider(
    house: House, work: UnitOfWork, provider: str, *, kind: str | None = None
) -> Pause:
    """Have it go on; raises ``NotPaused`` and ``ProviderNotFound``."""
    _check_kind(house, provider, kind)
    ended = await paused.resume(work, provider, kind=kind)
    await note_act(work, work.actor, "provider.resumed", Subject("provider", provider), kind=kind)
    return ended


async def close_breakers_of(house: House, work: UnitOfWork, provider: str) -> int:
    """Have every process call it again that holds its calls back; answers how many do.

    Raises ``ProviderNotFound``, and ``NothingHeldBack`` where every process calls it.
    """
    kinds_of(house, provider)
    count = await close_breakers(work, provider)
    if not count:
        raise NothingHeldBack(provider=provider)
    await note_act(work, work.actor, "provider.breaker_closed", Subject("provider", provider))
    work.publish(paused.TOPIC, {"provider": provider})
    return count


def _check_kind(house: House, provider: str, kind: str | None) -> None:
    known = kinds_of(house, provider)
    if kind is not None and kind not in known:
        said = Filled.of(
            "{provider} does: {kinds}.", provider=provider, kinds=", ".join(known) or "–"
        )
        raise InvalidError([FieldError("kind", "unknown", said)])
