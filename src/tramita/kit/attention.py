"""What waits for a person, whatever the table: operations, jobs, messages, and what areas find."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from tramita.kit.bounds import HOUSE, within
from tramita.kit.database.places import every_place
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.lifecycle import OperationState
from tramita.kit.operations.places import ALIKE
from tramita.kit.operations.standing import in_states


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One thing that a person has to look at; what they do about it is on its own page.

    ``kind`` is what cases are alike by, such as ``transfers.money_after_cancelling``, and ``title``
    says it. ``reason`` names no client. ``since`` is platform time; ``page`` is the kind and id of the
    page where it is settled, and ``stake`` what hangs on it.
    """

    kind: str
    title: str
    reason: str
    since: datetime
    subject_id: UUID
    page: tuple[str, UUID] | None = None
    provider: str | None = None
    stake: str | None = None
    tenant: str = HOUSE


@dataclass(frozen=True, slots=True)
class Attention:
    """How an area finds its cases, those that wait longest first, and how many there are.

    Both no further than they are told to look; ``None``: to the end.
    """

    find: Callable[[UnitOfWork, int], Awaitable[list[Case]]]
    count: Callable[[UnitOfWork, int | None], Awaitable[int]]


class Group(msgspec.Struct):
    """Cases that are alike: so many, the first of them since ``oldest``, in platform time.

    ``source`` is what they are: ``operations``, ``jobs``, ``messages``, ``endpoints``, or an area's
    name. ``alike`` is their key among operations, ``reason`` one of their reasons.
    """

    source: str
    kind: str
    provider: str | None
    alike: str | None
    reason: str | None
    count: int
    oldest: datetime


_PARKED: Final = in_states("o", OperationState.NEEDS_ATTENTION)
_ALIKE: Final = every_place(
    "operations AS o", {"alike": ALIKE}, ("kind", "provider"), among=_PARKED
)
_GROUPS: Final = f"""
    SELECT 'operations' AS source, a.kind, a.provider, a.alike, parked.*
    FROM ({_ALIKE}) AS a CROSS JOIN LATERAL (
        SELECT min(reason) AS reason, count(*)::int AS count, min(since) AS oldest FROM (
            SELECT o.reason, coalesce(o.parked_at, o.created_at) AS since FROM operations AS o
            WHERE {_PARKED} AND {ALIKE} = a.alike AND {within("o", 1)} ORDER BY o.id LIMIT $3
        ) AS counted
    ) AS parked WHERE parked.count > 0
    UNION ALL
    SELECT 'jobs', entrypoint, NULL, NULL, NULL, count(*)::int,
           min(updated) + (tramita_now() - now())
    FROM pgqueuer WHERE status = 'failed' GROUP BY entrypoint
    UNION ALL
    SELECT 'messages', 'inbox.not_understood', provider, NULL, min(not_understood), count(*)::int,
           min(received_at)
    FROM inbox WHERE not_understood IS NOT NULL GROUP BY provider
    UNION ALL
    SELECT 'endpoints', 'webhooks.disabled', NULL, NULL, disabled_reason, count(*)::int,
           min(disabled_at) + (tramita_now() - now())
    FROM webhook_endpoints AS e WHERE disabled_at IS NOT NULL GROUP BY disabled_reason
"""  # noqa: S608 - our own texts


async def find_groups(work: UnitOfWork, *, most: int | None = None) -> list[Group]:
    """What waits for a person in the platform's own tables, what waits longest first.

    Of operations that are alike ``most`` + 1 stands for more.
    """
    limit = None if most is None else most + 1
    found = await work.read(Group, _GROUPS, *work.bounds.limits, limit)
    return sorted(found, key=lambda one: one.oldest)


# Each no further than it is told.
_COUNT: Final = f"""
    SELECT count(*) AS number FROM (
        (SELECT FROM operations AS o WHERE {_PARKED} LIMIT $1)
        UNION ALL (SELECT FROM pgqueuer WHERE status = 'failed' LIMIT $1)
        UNION ALL (SELECT FROM inbox WHERE not_understood IS NOT NULL LIMIT $1)
        UNION ALL (SELECT FROM webhook_endpoints WHERE disabled_at IS NOT NULL LIMIT $1)
    ) AS waiting
"""  # noqa: S608 - the state is a constant


async def count_waiting(work: UnitOfWork, areas: Mapping[str, Attention], *, most: int) -> int:
    """How much waits for a person, of the platform and of areas, told up to ``most``."""
    [row] = await work.fetch(_COUNT, most)
    number = int(row["number"])
    for one in areas.values():
        number += await one.count(work, most)
    return min(number, most)


async def find_cases(
    work: UnitOfWork, areas: Mapping[str, Attention], *, limit: int
) -> list[tuple[str, Case]]:
    """The areas' own cases with the area of each, what waits longest first."""
    found = [(key, case) for key, one in areas.items() for case in await one.find(work, limit)]
    return sorted(found, key=lambda one: one[1].since)[:limit]
