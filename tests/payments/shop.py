"""Contracts that are paid, in a world with Lyra: what tests of payments ask for."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from tests.conftest import world_apart
from tests.world import World, until
from tramita.contracts.backends import ContractBackend, install_backend, remove_backend
from tramita.contracts.service import NewContract, create_contract
from tramita.kit.database.work import UnitOfWork
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.money import Money
from tramita.payments.accounts import (
    DEBIT_JOB,
    CourseDates,
    NewAccount,
    bind_card,
    open_account,
    request_schedule,
)
from tramita.payments.cards import find_payer_of
from tramita.payments.check import check_payments
from tramita.payments.forms import OpenForm, open_card_form
from tramita.payments.journey.debit_due import debit_due_installments
from tramita.payments.keepers import HasContractsPaid
from tramita.payments.queries import AccountView, standing_of
from tramita.payments.settings import PaymentSettings
from tramita.testing.control import VendorControl

# What takes hours in a payment provider's day is a matter of moments here; any hour is right. Nothing
# is left to a person because a busy machine has asked late.
QUICK = PaymentSettings(ask_after=0.05, debit_grace=0.3, outage_wait=600.0, debit_hour=0)
KEY = "courses"
_TODAY = "SELECT (tramita_now() AT TIME ZONE 'Europe/Paris')::date AS today"


@dataclass
class Keeper:
    """A backend whose contracts are paid: it counts what it is told."""

    told: list[UUID] = field(default_factory=list)

    async def installments_changed(self, work: UnitOfWork, contract_ids: Sequence[UUID]) -> None:
        """Take down of which contracts something has changed, if that is committed."""
        assert work.is_open
        self.told.extend(contract_ids)


@dataclass
class Learner:
    """Somebody who buys a course; ``contract`` is what is paid."""

    name: str
    contract: UUID

    @property
    def email(self) -> str:
        """An address of theirs."""
        return f"{self.name}@example.org"


async def until_read(world: World, lyra: VendorControl) -> None:
    """Wait until every message of Lyra has come, and was read: what is read is debited by nobody."""

    async def is_so() -> bool:
        if not await lyra.is_idle() or await lyra.is_posting():
            return False
        return not await world.fetch("SELECT FROM inbox WHERE processed_at IS NULL LIMIT 1")

    await until(is_so)


@dataclass
class Shop:
    """Courses are sold here, and paid at ``lyra``."""

    world: World
    lyra: VendorControl
    keeper: Keeper
    settings: PaymentSettings = field(default_factory=lambda: QUICK)

    async def learner(self, total: str = "300.00") -> Learner:
        """Somebody new, with a contract over ``total`` that has an account."""
        name = f"learner-{uuid4().hex[:8]}"
        async with self.world.database.unit_of_work(actor="test") as work:
            contract = await create_contract(work, NewContract(name, KEY))
            learner = Learner(name, contract.id)
            new = NewAccount(
                name, learner.email, "univ", Money(Decimal(total), "EUR"), self.lyra.key
            )
            await open_account(work, contract.id, new)
        return learner

    async def save_card(self, learner: Learner, **card: Any) -> UUID:
        """Have a learner write a card into Lyra's form; answers the card, when it is known here."""
        known = {row["id"] for row in await self._cards(learner)}
        opened = await open_card_form(self.world.runtime, "house", learner.name, learner.email)
        await self.lyra.operate("pay", form_token=opened.form.token, **card)

        async def is_known() -> bool:
            return bool({row["id"] for row in await self._cards(learner)} - known)

        await until(is_known)
        new: UUID
        [new] = {row["id"] for row in await self._cards(learner)} - known
        return new

    async def save_card_if(self, learner: Learner, **card: Any) -> dict[str, bool]:
        """Have a learner write a card into Lyra's form; answers what Lyra does with it."""
        opened = await open_card_form(self.world.runtime, "house", learner.name, learner.email)
        said = await self.lyra.operate("pay", form_token=opened.form.token, **card)
        return {name: said[name] for name in ("is_done", "asks")}

    async def payable(self, total: str = "300.00", **card: Any) -> Learner:
        """Somebody new whose contract is paid with a card that they have just saved."""
        learner = await self.learner(total)
        await self.bind(learner, await self.save_card(learner, **card))
        return learner

    async def bind(self, learner: Learner, card: UUID) -> None:
        """Have a learner's contract paid with a card."""
        async with self.world.database.unit_of_work(actor="test") as work:
            await bind_card(work, learner.contract, card)

    async def schedule(self, learner: Learner, *, starts_in: int = 0, lasts: int = 300) -> None:
        """Have the instalments made, of a course that begins in so many days; waits for them."""
        today = await self.today()
        starts_on = today + timedelta(days=starts_in)
        dates = CourseDates(starts_on, starts_on + timedelta(days=lasts))
        async with self.world.database.unit_of_work(actor="test") as work:
            request_schedule(work, learner.contract, dates)

        async def is_made() -> bool:
            return bool((await self.account(learner)).installments)

        await until(is_made)

    async def schedule_later(self, learner: Learner) -> None:
        """The same, of a course that is far ahead; whoever looked what of it is due has ended."""
        await self.schedule(learner, starts_in=60)

        async def is_looked_at() -> bool:
            looking = "SELECT FROM pgqueuer WHERE entrypoint = $1 LIMIT 1"
            return not await self.world.fetch(looking, DEBIT_JOB)

        await until(is_looked_at)

    async def account(self, learner: Learner) -> AccountView:
        """How a learner's account stands."""
        async with self.world.database.unit_of_work(actor="test") as work:
            return (await standing_of(work, [learner.contract]))[learner.contract]

    async def states(self, learner: Learner) -> list[str]:
        """Where a learner's instalments stand, in order."""
        return [one.state.value for one in (await self.account(learner)).installments]

    async def until_states(self, learner: Learner, *states: str, deadline: float = 60) -> None:
        """Wait until a learner's instalments stand so."""

        async def is_so() -> bool:
            return list(states) == await self.states(learner)

        await until(is_so, deadline=deadline)

    async def installment(self, learner: Learner, position: int = 0) -> str:
        """The id of one of a learner's instalments."""
        return str((await self.account(learner)).installments[position].id)

    async def payments(self, learner: Learner, effect: str = "payment_paid") -> list[str]:
        """What Lyra's ledger has of a learner's instalments, by instalment."""
        own = {str(one.id) for one in (await self.account(learner)).installments}
        rows = await self.lyra.ledger(effect)
        return [row["subject"] for row in rows if row["subject"] in own]

    async def nights(self, count: int) -> None:
        """Let so many nights pass, and what is due be debited in each of them."""
        for _ in range(count):
            await self.world.advance(timedelta(days=1))
            await self.lyra.advance("1d")
            await self.look()

    async def look(self) -> None:
        """Have debited what is due now; what is just being written about is left to the next look."""
        await self.until_read()
        await debit_due_installments(self.world.runtime)
        await self.world.until_at_rest()

    async def until_read(self) -> None:
        """Wait until every message has come, and was read."""
        await until_read(self.world, self.lyra)

    async def pay_unheard(self, learner: Learner, opened: OpenForm | None) -> None:
        """Have a learner pay their first instalment in a form; nobody is told of that."""
        assert opened is not None
        match = {"installment_id": await self.installment(learner)}
        await self.lyra.fail_webhook("webhook_lost", match=match)
        await self.lyra.operate("pay", form_token=opened.form.token)

    async def refused(self, total: str = "150.00") -> Learner:
        """Somebody new whose first instalment was refused by their bank."""
        learner = await self.payable(total, card="4970100000000063")
        await self.schedule(learner)
        await self.until_states(learner, "refused", "pending")
        return learner

    async def paid(self, total: str = "150.00") -> Learner:
        """Somebody new whose first instalment is paid."""
        learner = await self.payable(total)
        await self.schedule(learner)
        await self.until_states(learner, "paid", "pending")
        return learner

    async def transactions(self, learner: Learner) -> list[str]:
        """What was moved for a learner, in order: `payment 45.00`."""
        rows = await self.world.fetch(
            "SELECT kind, amount FROM payment_transactions WHERE contract_id = $1 ORDER BY id",
            learner.contract,
        )
        return [f"{row['kind']} {row['amount']}" for row in rows]

    async def invoices(self, learner: Learner) -> list[str]:
        """What was written for a learner, by number: `main 150.00`."""
        rows = await self.world.fetch(
            "SELECT kind, total FROM invoices WHERE contract_id = $1 ORDER BY year, number",
            learner.contract,
        )
        return [f"{row['kind']} {row['total']}" for row in rows]

    async def today(self) -> date:
        """The day it is for payments."""
        [row] = await self.world.fetch(_TODAY)
        day: date = row["today"]
        return day

    async def broken(self) -> list[str]:
        """Whatever breaks a promise of payments, but what tests have told of nobody's payments."""
        return [
            f"{one.invariant} {difference.subject}: {difference.sentence}"
            for one in await check_payments(self.world.runtime)
            for difference in one.differences
        ]

    async def _cards(self, learner: Learner) -> list[Any]:
        return await self.world.fetch(
            "SELECT card_id AS id FROM card_owners WHERE payer_id = $1",
            await self.payer_of(learner),
        )

    async def payer_of(self, learner: Learner) -> UUID:
        """Who a learner is here."""
        async with self.world.database.unit_of_work(actor="test") as work:
            found = await find_payer_of(work, "house", learner.name)
        assert found is not None
        return found


@asynccontextmanager
async def running_shop(server: EmbeddedPostgres, folder: Path) -> AsyncIterator[Shop]:
    """A shop in a world of its own."""
    keeper = Keeper()
    install_backend(ContractBackend(KEY, "Courses", answers={HasContractsPaid: keeper}))
    try:
        async with world_apart(server, folder) as world:
            world.runtime.configure(QUICK)
            yield Shop(world, VendorControl(world.qitech.session, "lyra"), keeper)
    finally:
        remove_backend(KEY)
