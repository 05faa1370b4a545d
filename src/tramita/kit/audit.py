"""The audit: who did what, when, from where and on what, where no move of a life cycle tells it.

Moves stand in the history, with whoever caused them; an act is in one of the two and never in both.
An entry names things by their ids and says nothing of anybody: whoever reads it looks up what a thing
is, as long as it is there. It is written with the change that it tells of, or not at all.
"""

import ipaddress
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final, TypeAlias
from uuid import UUID

import msgspec

from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id
from tramita.kit.kept import Kept
from tramita.kit.masking import mask_text

CLI: Final = "cli"
NOBODY: Final = "nobody"
"""Whoever is not known to us."""

# Whoever works from a network is told from whoever works from another, and nobody's house is found.
_PREFIXES: Final = {4: 24, 6: 48}

Detail: TypeAlias = str | int | bool | Sequence[str] | None


@dataclass(frozen=True, slots=True)
class Subject:
    """What was acted on: of which kind, and its id or, of what has none, its name."""

    kind: str
    id: UUID | str | None = None
    tenant: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Which request an act came with, and from which network."""

    request_id: str
    network: str | None


_origin: ContextVar[Origin | None] = ContextVar("origin", default=None)


@contextmanager
def coming_from(request_id: str, address: str) -> Iterator[None]:
    """Whatever is done in this block came with this request, from this address."""
    token = _origin.set(Origin(request_id, network_prefix(address)))
    try:
        yield
    finally:
        _origin.reset(token)


async def note_act(
    work: UnitOfWork, actor: str, action: str, subject: Subject, **details: Detail
) -> None:
    """Write down that ``actor`` did ``action`` (``account.invited``) to ``subject``.

    ``details`` hold names of things of ours, counts and ids, never a value of a person; a text
    that looks like one is masked.
    """
    origin = _origin.get()
    await work.fetch(
        """
        INSERT INTO audit
            (id, at, actor, action, subject_kind, subject_id, tenant, details, request_id, network)
        VALUES ($1, tramita_now(), $2, $3, $4, $5, $6, $7::jsonb, $8, $9)
        """,
        new_id(),
        actor,
        action,
        subject.kind,
        None if subject.id is None else str(subject.id),
        subject.tenant,
        msgspec.json.encode({name: _masked(value) for name, value in details.items()}).decode(),
        origin and origin.request_id,
        origin and origin.network,
    )


async def count_act(work: UnitOfWork, actor: str, action: str, subject: Subject) -> None:
    """The same of what strangers can do as often as they like: one entry an hour, with how often.

    One that is being counted up already is left to whoever does: nobody waits for it.
    """
    latest = await work.fetch(
        "SELECT id FROM audit WHERE action = $1 AND subject_id = $2 "
        "AND at > tramita_now() - interval '1 hour' AND subject_kind = $3 LIMIT 1",
        action,
        str(subject.id),
        subject.kind,
    )
    if not latest:
        await note_act(work, actor, action, subject, times=1)
        return
    await work.fetch(
        "UPDATE audit SET details = jsonb_build_object('times', (details ->> 'times')::int + 1) "
        "WHERE id = (SELECT id FROM audit WHERE id = $1 FOR NO KEY UPDATE SKIP LOCKED)",
        latest[0]["id"],
    )


def network_prefix(address: str) -> str | None:
    """The network that an address lies in, not the address; ``None`` for what is none."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    network = ipaddress.ip_network(f"{parsed}/{_PREFIXES[parsed.version]}", strict=False)
    return str(network)


def _masked(value: Detail) -> Detail:
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, Sequence):
        return [mask_text(one) for one in value]
    return value


KEPT: Final[Sequence[Kept]] = (
    Kept(
        name="audit",
        table="audit",
        what="who did what in the console and by command, and who was shown what of people",
        stays="nothing; moves of life cycles stay in the history for ever",
        age="at",
        days="audit_days",
    ),
)
