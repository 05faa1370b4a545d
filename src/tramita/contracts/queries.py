"""Read models of contracts and the catalog: one statement each, whatever the page's size."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Text, func
from sqlalchemy.dialects.postgresql import ARRAY

from tramita.contracts.lifecycle import ContractState
from tramita.contracts.model import Contract
from tramita.kit.database.records import written_out
from tramita.kit.database.work import UnitOfWork

_INDEXED: Final = 3
"""So many letters of a name at least are found by an index; with fewer, names are read."""
_TRIGRAMS: Final = partial(func.tramita_trigrams, type_=ARRAY(Text))


@dataclass(frozen=True, slots=True)
class ContractFilter:
    """Which contracts; empty fields do not matter. ``q`` is a part of the name."""

    backend: str | None = None
    state: ContractState | None = None
    customer: UUID | None = None
    product: UUID | None = None
    q: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """As conditions on contracts."""
        exact = {
            Contract.backend: self.backend and written_out(self.backend),
            Contract.state: self.state and written_out(self.state.value),
            Contract.customer_id: self.customer,
            Contract.product_id: self.product,
        }
        found = [column == value for column, value in exact.items() if value is not None]
        if self.q:
            found.append(Contract.name.icontains(self.q, autoescape=True))
        if self.q and len(self.q) >= _INDEXED:
            found.append(_TRIGRAMS(Contract.name).contains(_TRIGRAMS(written_out(self.q))))
        return found


async def facts_about(
    work: UnitOfWork, subjects: Collection[UUID]
) -> dict[UUID, list[tuple[str, str]]]:
    """The number, as the core knows it, of those that are contracts."""
    rows = await work.fetch(
        "SELECT id, name FROM contracts WHERE id = ANY($1::uuid[])", list(subjects)
    )
    return {row["id"]: [("Contract", row["name"])] for row in rows}
