"""Mapped rows, one by one and as lists: found within the caller's bounds, or said not to be there.

A class says with ``missing`` what is raised where there is no such row.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Text, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from tramita.kit.bounds import Bounds
from tramita.kit.database.engine import Record
from tramita.kit.database.owned import BOUNDS, Owned
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import ConflictError, NotFoundError
from tramita.kit.identifiers import new_id


class StillInUse(ConflictError):
    """The {kind} {id} is still in use and cannot be deleted."""


class Findable(Record):
    """A row that clients name by its id."""

    __abstract__ = True

    missing: ClassVar[type[NotFoundError]]
    id: Mapped[UUID]


F = TypeVar("F", bound=Findable)


def written_out(value: str) -> ColumnElement[str]:
    """As it stands in the statement itself, by which PostgreSQL knows how rare it is."""
    return bindparam("value", value, type_=Text, literal_execute=True, unique=True)


async def list_newest(
    session: AsyncSession,
    kind: type[F],
    conditions: Sequence[ColumnElement[bool]],
    *,
    before: UUID | None,
    limit: int,
) -> Sequence[F]:
    """Newest first, beginning after ``before``; one row more than ``limit`` if there are more."""
    query = (
        select(kind)
        .where(*conditions, *_bounds(session, kind))
        .order_by(kind.id.desc())
        .limit(limit + 1)
    )
    if before is not None:
        query = query.where(kind.id < before)
    return (await session.scalars(query)).all()


def _bounds(session: AsyncSession, kind: type[Record]) -> list[ColumnElement[bool]]:
    """The session's tenant once more, written out; who may see what is seen to elsewhere."""
    bounds: Bounds | None = session.info.get(BOUNDS)
    tenant = bounds.limits[0] if bounds else None
    if tenant is None or not issubclass(kind, Owned):
        return []
    return [kind.tenant == written_out(tenant)]


async def get_one(session: AsyncSession, kind: type[F], row_id: UUID) -> F:
    """One row; raises what its class says is ``missing``."""
    row = await session.get(kind, row_id)
    if row is None:
        raise kind.missing(id=row_id)
    return row


async def get_row(work: UnitOfWork, kind: type[F], row_id: UUID, *, is_shared: bool = False) -> F:
    """One row, locked and as it is now; raises what its class says is ``missing``.

    ``is_shared``: nobody changes it meanwhile, and others may hold it as well who do not.
    """
    row = await work.session.scalar(
        select(kind)
        .where(kind.id == row_id)
        .with_for_update(read=is_shared, key_share=not is_shared),
        execution_options={"populate_existing": True},
    )
    if row is None:
        raise kind.missing(id=row_id)
    return row


async def insert_row(
    work: UnitOfWork, kind: type[F], values: Mapping[str, Any], *unique: str
) -> F | None:
    """The new row, its caller's; None where one has the same ``unique`` columns already."""
    own: dict[str, Any] = {"id": new_id(), "created_at": await work.now(), **values}
    if "tenant" in kind.__table__.columns:
        own |= {"tenant": work.bounds.tenant, "carrier": work.bounds.carrier}
    row: F | None = await work.session.scalar(
        insert(kind).values(own).on_conflict_do_nothing(index_elements=unique).returning(kind)
    )
    return row


async def delete_row(work: UnitOfWork, kind: type[F], row_id: UUID) -> None:
    """Delete what nothing refers to; raises what is ``missing``, and ``StillInUse``."""
    try:
        deleted = await work.session.scalar(
            delete(kind).where(kind.id == row_id).returning(kind.id)
        )
    except IntegrityError as error:
        raise StillInUse(kind=kind.__name__.lower(), id=row_id) from error
    if deleted is None:
        raise kind.missing(id=row_id)
