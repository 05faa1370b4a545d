"""The journal as a list: what was said to providers, whatever it was said for."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import Struct

from tramita.kit.database.places import every_place, number_of
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import NotFoundError
from tramita.kit.operations.queries import ExchangeView

_PLACE: Final = number_of("provider", "kind", "outcome")
_PLACES: Final = every_place("exchanges", {"place": _PLACE}, ("provider", "kind", "outcome"))
_COLUMNS: Final = (
    "e.id, e.operation_id, e.kind, e.provider, e.attempt, e.method, e.path, e.status, e.error, "
    "e.outcome, e.started_at, e.milliseconds"
)
# What is shown of each is looked up for this page alone, whatever the planner expects: hence LIMIT 1.
_LINES: Final = f"""
    SELECT {_COLUMNS}, (SELECT subject_id FROM operations WHERE id = e.operation_id) AS subject_id
    FROM (
        SELECT last.* FROM unnest($1::bigint[]) AS p(place) CROSS JOIN LATERAL (
            SELECT id, started_at FROM exchanges
            WHERE {_PLACE} = p.place {{within}} ORDER BY started_at DESC, id DESC LIMIT $2
        ) AS last ORDER BY started_at DESC, id DESC LIMIT $2
    ) AS page CROSS JOIN LATERAL (SELECT * FROM exchanges WHERE id = page.id LIMIT 1) AS e
    ORDER BY page.started_at DESC, page.id DESC
"""  # noqa: S608 - ours


class ExchangeNotFound(NotFoundError):
    """There is no exchange {id} in the journal; it may have been kept for long enough."""


class ExchangePlace(Struct, frozen=True):
    """What exchanges have alike: with whom, for which kind of act, and how they ended."""

    place: int
    provider: str
    kind: str
    outcome: str


class ExchangeLine(Struct):
    """An exchange in a list; ``kind`` is empty where no operation is known of it."""

    id: int
    operation_id: UUID
    subject_id: UUID | None
    kind: str
    provider: str
    attempt: int
    method: str
    path: str
    status: int | None
    error: str | None
    outcome: str
    started_at: datetime
    milliseconds: int


class ExchangeInFull(ExchangeView, kw_only=True):
    """An exchange with what was sent and what came back, masked."""

    id: int
    operation_id: UUID
    kind: str
    provider: str


@dataclass(frozen=True, slots=True)
class ExchangesAsked:
    """Which exchanges; what is empty does not matter. They began ``since``, and before ``until``."""

    provider: str | None = None
    kind: str | None = None
    outcome: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def among(self, places: Iterable[ExchangePlace]) -> list[ExchangePlace]:
        """The places of these exchanges."""
        asked = {"provider": self.provider, "kind": self.kind, "outcome": self.outcome}
        return [
            one
            for one in places
            if all(value in (None, getattr(one, name)) for name, value in asked.items())
        ]


async def find_exchange_places(work: UnitOfWork) -> list[ExchangePlace]:
    """With whom, for what and how anything ended."""
    return await work.read(ExchangePlace, _PLACES)


async def find_exchanges(
    work: UnitOfWork,
    asked: ExchangesAsked,
    places: Collection[ExchangePlace],
    *,
    before: tuple[datetime, int] | None,
    limit: int,
) -> list[ExchangeLine]:
    """Exchanges of these places, the latest first, those before ``before``; at most ``limit``."""
    values: list[object] = [[one.place for one in places], limit]
    within = ""
    if before is not None:
        values += before
        within += f"AND (started_at, id) < (${len(values) - 1}, ${len(values)}) "
    for condition, at in (("started_at >=", asked.since), ("started_at <", asked.until)):
        if at is not None:
            values.append(at)
            within += f"AND {condition} ${len(values)} "
    return await work.read(ExchangeLine, _LINES.format(within=within), *values)


async def get_exchange(work: UnitOfWork, exchange_id: int) -> ExchangeInFull:
    """One exchange; raises ``ExchangeNotFound``."""
    found = await work.read(
        ExchangeInFull,
        "SELECT id, operation_id, kind, provider, attempt, method, path, request, status, answer, "
        "error, outcome, started_at, milliseconds FROM exchanges WHERE id = $1",
        exchange_id,
    )
    if not found:
        raise ExchangeNotFound(id=exchange_id)
    return found[0]
