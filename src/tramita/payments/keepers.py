"""Whoever's contracts are paid: what a contract backend implements, and how it is told."""

from collections.abc import Collection, Sequence
from typing import Protocol
from uuid import UUID

from tramita.contracts.backends import find_answer
from tramita.kit.database.work import UnitOfWork
from tramita.payments.errors import ContractNotPayable


class HasContractsPaid(Protocol):
    """What a contract backend implements (``ContractBackend.answers``) to have contracts paid."""

    async def installments_changed(self, work: UnitOfWork, contract_ids: Sequence[UUID]) -> None:
        """Something about the instalments or the card of these contracts is different now.

        Told inside the unit of work that changed it, the contracts' rows locked in order of id.
        How they stand, ``tramita.payments.queries`` says. What follows is enqueued: nothing
        outside may be asked here.
        """
        ...


async def tell_keepers(work: UnitOfWork, contract_ids: Collection[UUID]) -> None:
    """Tell the backends of these contracts, whose rows are locked, that something has changed."""
    if not contract_ids:
        return
    rows = await work.fetch(
        "SELECT id, backend FROM contracts WHERE id = ANY($1::uuid[]) ORDER BY id",
        list(contract_ids),
    )
    by_backend: dict[str, list[UUID]] = {}
    for row in rows:
        by_backend.setdefault(row["backend"], []).append(row["id"])
    for backend, ids in by_backend.items():
        await get_keeper(backend).installments_changed(work, ids)


def get_keeper(backend: str) -> HasContractsPaid:
    """Who is told of a backend's payments; raises ``ContractNotPayable``."""
    found = find_answer(backend, HasContractsPaid)
    if found is None:
        raise ContractNotPayable(backend=backend)
    return found
