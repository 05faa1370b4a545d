"""Mapped rows that belong to somebody: found only within the bounds of their session."""

from typing import Final

from sqlalchemy import event
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column, with_loader_criteria

from tramita.kit.bounds import HOUSE, Bounds

BOUNDS: Final = "bounds"
"""Under this name a session keeps the bounds of whoever it is for."""
WHOEVERS: Final = {"whoevers": True}
"""Execution options of a statement that is about rows whoever owns them."""


class Owned:
    """Columns of a row that belongs to a tenant, and there perhaps to a carrier."""

    tenant: Mapped[str] = mapped_column(default=HOUSE)
    carrier: Mapped[str | None] = mapped_column(default=None)


@event.listens_for(Session, "do_orm_execute")
def _keep_within(state: ORMExecuteState) -> None:
    """Let a statement on mapped rows reach only those within its session's bounds."""
    bounds: Bounds | None = state.session.info.get(BOUNDS)
    if bounds is None or not state.is_orm_statement or state.is_column_load:
        return
    if state.execution_options.get("whoevers"):
        return
    tenant, carrier = bounds.limits
    if tenant is not None:
        state.statement = state.statement.options(
            with_loader_criteria(Owned, lambda row: row.tenant == tenant, include_aliases=True)
        )
    if carrier is not None:
        state.statement = state.statement.options(
            with_loader_criteria(Owned, lambda row: row.carrier == carrier, include_aliases=True)
        )
