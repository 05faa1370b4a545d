"""Who looks after a case that waits for a person: taken by one, released by anybody."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

import msgspec

from tramita.kit.audit import Subject, note_act
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import ConflictError
from tramita.kit.insiders import called
from tramita.kit.kept import Kept


class CaseTaken(ConflictError):
    """{by} looks after this already, since {since}."""


class Claim(msgspec.Struct):
    """Who has taken a case, in platform time; ``kind`` and ``subject`` name it."""

    kind: str
    subject: str
    taken_by: str
    taken_at: datetime


_COLUMNS: Final = "kind, subject, taken_by, taken_at"


async def take_case(work: UnitOfWork, kind: str, subject: str) -> Claim:
    """Take it, as the actor of ``work``; again does nothing. Raises ``CaseTaken``."""
    rows = await work.read(
        Claim,
        f"""
        INSERT INTO attention_claims AS c ({_COLUMNS}) VALUES ($1, $2, $3, tramita_now())
        ON CONFLICT (kind, subject) DO UPDATE SET taken_by = c.taken_by RETURNING {_COLUMNS}
        """,  # noqa: S608 - a constant
        kind,
        subject,
        work.actor,
    )
    [claim] = rows
    if claim.taken_by != work.actor:
        raise CaseTaken(by=called(claim.taken_by), since=claim.taken_at)
    await note_act(work, work.actor, "case.taken", Subject(kind, subject))
    return claim


async def release_case(work: UnitOfWork, kind: str, subject: str) -> bool:
    """Let anybody have it again; false: nobody had it."""
    rows = await work.fetch(
        "DELETE FROM attention_claims WHERE kind = $1 AND subject = $2 RETURNING taken_by",
        kind,
        subject,
    )
    if rows:
        await note_act(work, work.actor, "case.released", Subject(kind, subject))
    return bool(rows)


async def find_claims(work: UnitOfWork, kind: str, subjects: Collection[str]) -> dict[str, Claim]:
    """Who has which of these."""
    rows = await work.read(
        Claim,
        f"SELECT {_COLUMNS} FROM attention_claims WHERE kind = $1 AND subject = ANY($2::text[])",  # noqa: S608 - a constant
        kind,
        list(subjects),
    )
    return {one.subject: one for one in rows}


KEPT: Final[Sequence[Kept]] = (
    Kept(
        name="taken cases",
        table="attention_claims",
        what="who looked after what waited for a person",
        stays="what they did about it, in the history and the audit",
        age="taken_at",
        days=90,
        order=("taken_at", "kind", "subject"),
    ),
)
