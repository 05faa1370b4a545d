"""Read models: what people did, of the audit and of the history together, newest first.

Either is read along an index that holds what people did and nothing else, as far as a page goes: it
costs the same however much the platform did by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from msgspec import Struct

from tramita.kit.database.work import UnitOfWork

# As the indexes of the history have it.
PEOPLE: Final = "(starts_with(actor, 'user:') OR actor = 'cli')"
_FIRST_ACT: Final = UUID(int=0)
_LAST_MOVE: Final = 2**63 - 1


class Deed(Struct):
    """What somebody did; a move of a life cycle has states, an act may have details."""

    at: datetime
    act_id: UUID | None
    move_id: int | None
    actor: str
    action: str
    subject_kind: str
    subject_id: str | None
    tenant: str | None
    details: dict[str, Any]
    from_state: str | None
    to_state: str | None
    request_id: str | None
    network: str | None


class Place(Struct, array_like=True):
    """Where a page ends: of equal times, acts come before moves."""

    at: datetime
    act_id: UUID
    move_id: int

    @classmethod
    def of(cls, last: Deed) -> "Place":
        """After the last line of a page."""
        if last.act_id is not None:
            return cls(last.at, last.act_id, _LAST_MOVE)
        return cls(last.at, _FIRST_ACT, last.move_id or 0)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list of deeds is narrowed by; ``action`` is an act's, or what moved something."""

    actor: str | None = None
    action: str | None = None
    subject_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


async def list_deeds(
    work: UnitOfWork, asked: Asked, *, before: Place | None = None, limit: int
) -> Sequence[Deed]:
    """Deeds that fit, newest first, from behind ``before`` on; one statement."""
    values: list[object] = [limit]

    def given(condition: str, value: object) -> str:
        values.append(value)
        return condition.format(f"${len(values)}")

    acts, moves = ["true"], [PEOPLE]
    if asked.actor is not None:
        one = given("actor = {}", asked.actor)
        acts, moves = [*acts, one], [*moves, one]
    if asked.action is not None:
        acts.append(given("action = {}", asked.action))
        moves.append(given("trigger = {}", asked.action))
    if asked.subject_id is not None:
        acts.append(given("subject_id = {}", asked.subject_id))
        moves.append(given("subject_id = {}::uuid", _uuid_of(asked.subject_id)))
    for condition, at in (("at >= {}", asked.since), ("at < {}", asked.until)):
        if at is not None:
            one = given(condition, at)
            acts, moves = [*acts, one], [*moves, one]
    if before is not None:
        last = given("{}", before.at)
        acts.append(given(f"(at, id) < ({last}, {{}})", before.act_id))
        moves.append(given(f"(at, id) < ({last}, {{}}::bigint)", before.move_id))
    return await work.read(
        Deed,
        f"""
        SELECT * FROM (
            (SELECT at, id AS act_id, NULL::bigint AS move_id, actor, action, subject_kind, subject_id,
                    tenant, details, NULL AS from_state, NULL AS to_state, request_id, network
             FROM audit WHERE {" AND ".join(acts)} ORDER BY at DESC, id DESC LIMIT $1)
            UNION ALL
            (SELECT at, NULL, id, actor, trigger, subject, subject_id::text, NULL, '{{}}'::jsonb,
                    from_state, to_state, NULL, NULL
             FROM history WHERE {" AND ".join(moves)} ORDER BY at DESC, id DESC LIMIT $1)
        ) AS deeds ORDER BY at DESC, act_id DESC NULLS LAST, move_id DESC LIMIT $1
        """,  # noqa: S608 - every piece is a text of ours
        *values,
    )


def _uuid_of(subject_id: str) -> UUID | None:
    """What has a name for an id has no history."""
    try:
        return UUID(subject_id)
    except ValueError:
        return None
