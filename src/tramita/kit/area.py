"""What an area brings to every process: its manifest, free of the web.

Whoever runs, checks, configures or documents the areas walks the one list of manifests,
``tramita.process.areas``. What an area serves is told beside it, in ``tramita.kit.http.area``.
Life cycles and scopes are in neither: they are found by looking.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic_settings import BaseSettings

from tramita.kit.attention import Attention
from tramita.kit.finding import Finder
from tramita.kit.findings import Finding
from tramita.kit.jobs import Job, Schedule
from tramita.kit.kept import Kept
from tramita.kit.languages.catalogs import COMMON
from tramita.kit.mail.kinds import MailKind
from tramita.kit.operations.kind import OperationKind
from tramita.kit.people.inventory import People
from tramita.kit.runtime import Facts, Runtime
from tramita.kit.webhooks.types import EventType


@dataclass(frozen=True, kw_only=True)
class Promises:
    """What ``tramita check`` verifies of an area, and how many things stand where."""

    check: Callable[[Runtime], Awaitable[list[Finding]]]
    count: Callable[[Runtime], Awaitable[dict[str, int]]]


@dataclass(frozen=True, kw_only=True)
class Area:
    """One area's part in every process.

    ``settings`` are by the title under which they are documented. ``facts`` tell what the
    subjects of operations are, as a person knows them: those that are the area's.
    ``mails`` are the kinds of e-mail that it writes, ``languages`` those that it speaks.
    ``wholes`` are statements that select ``(id, kind, whole)`` of those things among ``$1`` that are the
    area's: itself where it has a page of its own, else what it is part of (``contract`` …).
    ``finds`` are the console's search of the area's things, one statement each.
    ``stakes`` say, by kind of operation, what hangs on one that needs a person.
    ``attention`` finds what else of the area's waits for a person.
    ``kept`` are rows that are kept for a time only; ``people`` is what its tables hold of
    people, every column of them.
    ``reference`` are its own sections of pages in ``docs/reference``, by the page's name.
    """

    key: str
    jobs: Sequence[Job[Any]] = ()
    schedules: Sequence[Schedule[Runtime]] = ()
    kinds: Sequence[OperationKind[Any, Any]] = ()
    events: Sequence[EventType] = ()
    mails: Sequence[MailKind[Any]] = ()
    languages: Collection[str] = COMMON
    kept: Sequence[Kept] = ()
    settings: Mapping[str, type[BaseSettings]] = field(default_factory=dict)
    promises: Promises | None = None
    facts: Facts | None = None
    wholes: Sequence[str] = ()
    finds: Sequence[Finder] = ()
    stakes: Mapping[str, str] = field(default_factory=dict)
    attention: Attention | None = None
    people: People = field(default_factory=People)
    reference: Mapping[str, Callable[[], str]] = field(default_factory=dict)
