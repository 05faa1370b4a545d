"""Two workers die one after the other over an outside act: in the end it was done once."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.payments.shop import KEY, QUICK, Keeper
from tests.providers.lyra.cards import told_card
from tramita.contracts.backends import ContractBackend, install_backend, remove_backend
from tramita.contracts.service import NewContract, create_contract
from tramita.kit.database.engine import Database
from tramita.kit.live import Live
from tramita.kit.money import Money
from tramita.kit.operations.act import Act
from tramita.kit.runtime import Runtime
from tramita.payments.accounts import NewAccount, bind_card, open_account, start_refunds
from tramita.payments.cards import delete_card, list_cards, save_card
from tramita.payments.installments import add_installments
from tramita.payments.journey.debit_due import debit_contract
from tramita.payments.journey.debit_installment import DEBITING
from tramita.payments.journey.delete_card import DELETION
from tramita.payments.journey.refund_payment import REFUNDING
from tramita.payments.keepers import HasContractsPaid
from tramita.payments.ports import Payer, PaymentBackend
from tramita.payments.rules.schedule import Due
from tramita.providers.lyra.plugin import provider
from tramita.testing.scene import Scene, open_scene

EFFECTS = {
    DEBITING.name.name: "payment_paid",
    REFUNDING.name.name: "payment_refunded",
    DELETION.name.name: "token_cancelled",
}
_LOST = "lease_until = now() - interval '1 s', due_at = now() - interval '1 s'"


@dataclass
class Bench:
    """A contract with one instalment and its payer's card, and no worker but the test."""

    runtime: Runtime
    scene: Scene[PaymentBackend]
    contract: UUID
    payer: UUID
    card: UUID

    async def newest(self, act: Act[Any, Any]) -> UUID:
        """The newest operation of a kind."""
        rows = await self.runtime.database.fetch(
            "SELECT id FROM operations WHERE kind = $1 ORDER BY id DESC LIMIT 1", act.name.name
        )
        operation: UUID = rows[0]["id"]
        return operation

    async def die(self, act: Act[Any, Any], operation: UUID, *, has_called: bool) -> None:
        """Take an operation, perhaps call, and record nothing; the lease of the dead runs out."""
        task = await self.runtime.desk(act.kind).take(operation)
        assert task is not None
        if has_called:
            await act.call(self.scene.gateway, task.request, task.attempt)
        await self.lose(operation)

    async def lose(self, operation: UUID) -> None:
        """Let the time of an operation come at once."""
        await self.runtime.database.fetch(f"UPDATE operations SET {_LOST} WHERE id = $1", operation)

    async def go_on(self, act: Act[Any, Any], operation: UUID) -> str:
        """Have its jobs run, as other workers do, until it has an end."""
        state = ""
        for job in (*act.jobs,) * 10:
            await job.run(self.runtime, operation_id=operation)
            [row] = await self.runtime.database.fetch(
                "SELECT state FROM operations WHERE id = $1", operation
            )
            state = row["state"]
            if state in ("SUCCEEDED", "REFUSED", "NEEDS_ATTENTION"):
                break
            await self.lose(operation)
        return state

    async def begin(self, act: Act[Any, Any]) -> UUID:
        """Bring it about that an act is wanted; what comes before it goes well."""
        await debit_contract(self.runtime, self.contract)
        if act is DEBITING:
            return await self.newest(act)
        await self.go_on(DEBITING, await self.newest(DEBITING))
        async with self.runtime.database.unit_of_work(actor="test") as work:
            if act is REFUNDING:
                await start_refunds(work, self.contract)
            else:
                await delete_card(work, self.payer, self.card)
        return await self.newest(act)


@pytest.fixture
async def bench(database: Database, tmp_path: Path) -> AsyncIterator[Bench]:
    """Everything up to the debit."""
    install_backend(ContractBackend(KEY, "Courses", answers={HasContractsPaid: Keeper()}))
    try:
        async with open_scene(provider, PaymentBackend, tmp_path, {}) as scene:
            runtime = Runtime(scene.connection.platform, database, Live(database.connect))
            runtime.connect_provider(provider, scene.connection.settings, scene.exchange)
            runtime.configure(QUICK.model_copy(update={"debit_grace": 0.0}))
            yield await furnish(runtime, scene)
    finally:
        remove_backend(KEY)


async def furnish(runtime: Runtime, scene: Scene[PaymentBackend]) -> Bench:
    """A contract whose one instalment is due, with the card that pays it."""
    amount = Money(Decimal("45.00"), "EUR")
    async with runtime.database.unit_of_work(actor="test") as work:
        contract = await create_contract(work, NewContract("C-1", KEY))
        new = NewAccount("camille", "camille@example.org", "univ", amount, "lyra")
        await open_account(work, contract.id, new)
        await add_installments(work, contract.id, [Due(date(2024, 1, 17), amount)])
        [payer] = await work.fetch("SELECT id FROM payers")
    saved = await told_card(scene, Payer(str(payer["id"]), "camille@example.org"))
    async with runtime.database.unit_of_work(actor="test") as work:
        await save_card(work, "lyra", payer["id"], saved)
        [card] = await list_cards(work, payer["id"], "lyra")
        await bind_card(work, contract.id, card.id)
    return Bench(runtime, scene, contract.id, payer["id"], card.id)


class TestWhoeverDies:
    @pytest.mark.parametrize("has_called", [False, True])
    @pytest.mark.parametrize("act", [DEBITING, REFUNDING, DELETION], ids=list(EFFECTS))
    async def test_leaves_what_is_done_once(
        self, bench: Bench, act: Act[Any, Any], has_called: bool
    ) -> None:
        """The first and the second worker die; whoever comes then asks before it acts."""
        operation = await bench.begin(act)
        await bench.die(act, operation, has_called=has_called)
        assert await bench.runtime.desk(act.kind).take(operation) is not None
        await bench.lose(operation)

        state = await bench.go_on(act, operation)

        assert "SUCCEEDED" == state
        assert 1 == len(await bench.scene.vendor.ledger(EFFECTS[act.name.name]))
