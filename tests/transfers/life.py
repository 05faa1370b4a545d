"""A random life of applications: clients, agents, 1C's people, time and trouble act as dice say.

Meanwhile calls of 1C go wrong in whatever way, and workers die. A life ends mended: everybody is well,
time goes on, and then every promise must hold.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from random import Random
from typing import Any, Final
from uuid import UUID

from tests.hastening import hasten
from tests.transfers.desk import Desk
from tests.transfers.house import AGENT_NAME, LEAD_NAME
from tests.world import until
from tramita.kit.errors import TramitaError
from tramita.kit.files import digest_of
from tramita.kit.findings import Verdict
from tramita.transfers.agents import change_agent
from tramita.transfers.check import check_transfers
from tramita.transfers.documents import (
    DocumentKind,
    NewDocument,
    Request,
    add_document,
    request_document,
    take_document,
)
from tramita.transfers.journey.look_there import look_there
from tramita.transfers.lifecycle import (
    ACTIVE,
    PAYMENT,
    UNCHECKED,
    ApplicationState,
    ApplicationTrigger,
    PaymentState,
    PaymentTrigger,
)
from tramita.transfers.model import Application
from tramita.transfers.office.loading import DOCUMENTED, load_files
from tramita.transfers.office.standing import OnecState
from tramita.transfers.office.wanting import GATHER_FILES
from tramita.transfers.ports import Conditions, Corrections, StatusTold
from tramita.transfers.rules.kinds import Origin
from tramita.transfers.rules.roles import Role
from tramita.transfers.service import edit_application, move_application, move_payment
from tramita.transfers.taking import take_conditions, take_corrections, take_status
from tramita.transfers.who import Who

# How often each thing happens.
ACTS: Final = {
    "draft": 10,
    "edit": 12,
    "submit": 5,
    "give_back": 3,
    "check": 16,
    "reopen": 3,
    "cancel": 3,
    "price": 16,
    "price_late": 4,
    "work": 8,
    "finish": 6,
    "refuse": 1,
    "pay": 14,
    "document": 7,
    "upload": 3,
    "request": 4,
    "list": 4,
    "assign": 3,
    "trouble": 8,
    "mood": 5,
    "die": 5,
}
_CALLS: Final = (
    *("create_application", "find_application", "update_application", "cancel_application"),
    *("tell_payment", "tell_agent", "tell_files", "ask_document", "find_job"),
)
_FAULTS: Final = (
    *("reset_before_effect", "reset_after_effect", "http_500", "http_503", "html_error"),
    *("html_with_200", "half_body", "locked", "internal", "lost_then_done"),
)
_CHANGES: Final[tuple[dict[str, Any], ...]] = (
    {"money": {"amount": "13000.00"}},
    {"money": {"amount": "13500.50"}, "basis": {"invoice_number": "78"}},
    {"beneficiary": {"city": "GUANGZHOU"}},
    {"payer": {"inn": "7707083890"}},
    {"payer": {"inn": "7707083893"}},
)


@dataclass
class Life:
    """What has come of it so far; ``numbers`` are those of 1C's own messages."""

    desk: Desk
    dice: Random
    applications: list[UUID] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)
    told: list[tuple[UUID, Conditions]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    acts: Mapping[str, int] = field(default_factory=lambda: ACTS)

    async def live(self, steps: int) -> None:
        """So many things happen; what is refused changes nothing."""
        for name in self.dice.choices([*self.acts], [*self.acts.values()], k=steps):
            act: Callable[[], Awaitable[str | None]] = getattr(self, f"_{name}")
            try:
                said = await act()
            except TramitaError as refused:
                said = refused.code
            self.happened[f"{name} {said or ''}".strip()] += 1

    async def _in(self, *states: str) -> Application | None:
        """Some application that mostly is in one of these states, if one is."""
        rows = await self.desk.world.fetch(
            "SELECT id FROM applications WHERE state = ANY($1) ORDER BY id", states
        )
        fitting = [row["id"] for row in rows]
        known = fitting if fitting and self.dice.random() < 0.8 else self.applications
        return await self.desk.application(self.dice.choice(known)) if known else None

    def _somebody(self) -> Who:
        house = self.desk.house
        return self.dice.choice((house.as_client, house.as_agent, house.as_agent, house.as_lead))

    async def _draft(self) -> None:
        house = self.desk.house
        who = self.dice.choice((house.as_client, house.as_agent))
        if self.dice.random() < 0.8:
            chat = await self._place()
            made = await house.draft(who, **({"chat_id": chat} if chat else {}))
        else:
            made = await house.draft(house.as_lead, origin=Origin.API, chat_id=None)
        self.applications.append(made.id)
        if self.dice.random() < 0.8:
            await house.bring_invoice(made.id)

    async def _place(self) -> UUID | None:
        """The chat of a new application; none: any."""
        return None

    async def _edit(self) -> None:
        one = await self._in("draft", "new_in_house", "offer_accepted")
        if one is None:
            return
        who, change = self.dice.choice((self._somebody(), None)), self.dice.choice(_CHANGES)
        version = self.dice.choice((None, one.version, one.version - 1))
        if who is None:
            await self._correct(one, change)
            return
        async with self.desk.house.acting(who) as work:
            await edit_application(work, one.id, change, version, who)

    async def _correct(self, one: Application, change: Mapping[str, Any]) -> None:
        """1C's operator does, if there is a document, which has it once it is taken here."""
        if one.onec_revision is None:
            return
        said = Corrections(next(self.numbers), one.onec_revision + 1, "О. Сергеева", change)
        async with self.desk.house.acting(self._onec()) as work:
            await take_corrections(work, one.id, said)
        await self.desk.onec.operate(
            "correct", external_id=str(one.id), fields=change, is_told=False
        )

    async def _move(
        self, trigger: ApplicationTrigger, who: Who, *states: str, reason: str | None = None
    ) -> None:
        one = await self._in(*states)
        if one is not None:
            async with self.desk.house.acting(who) as work:
                await move_application(work, one.id, trigger, who, reason=reason)

    async def _submit(self) -> None:
        await self._move(ApplicationTrigger.SUBMIT, self.desk.house.as_client, "draft")

    async def _give_back(self) -> None:
        await self._move(ApplicationTrigger.RETURN, self._somebody(), "submitted")

    async def _check(self) -> str | None:
        """Two of them at once: one is too late."""
        one = await self._in("draft", "submitted")
        if one is None:
            return None
        house = self.desk.house

        async def check(who: Who) -> str:
            try:
                async with house.acting(who) as work:
                    await move_application(work, one.id, ApplicationTrigger.CHECK, who)
            except TramitaError as refused:
                return refused.code
            return "done"

        said = await asyncio.gather(check(house.as_agent), check(house.as_lead))
        assert said.count("done") <= 1, said
        return "done" if "done" in said else said[0]

    async def _reopen(self) -> None:
        await self._move(ApplicationTrigger.REOPEN_DRAFT, self._somebody(), "new_in_house")

    async def _cancel(self) -> None:
        reason = self.dice.choice((None, "the client has changed their mind"))
        await self._move(ApplicationTrigger.CANCEL, self._somebody(), *ACTIVE, reason=reason)

    def _onec(self) -> Who:
        return Who(Role.ONEC, "onec:О. Сергеева")

    async def _price(self) -> str | None:
        """1C offers something, mostly for what stands in the form now."""
        one = await self._in("new_in_house")
        if one is None:
            return None
        said = Conditions(
            message_no=next(self.numbers),
            revision=one.revision - (self.dice.random() < 0.1),
            operator="О. Сергеева",
            rate=Decimal("12.85"),
            commission_percent=Decimal("1.5"),
            commission_fixed=None,
            payer_amount=Decimal("163034.38"),
            payer_currency="RUB",
            payout_amount=one.amount,
            payout_currency=one.currency or "CNY",
            supersedes=self.dice.random() < 0.3,
        )
        self.told.append((one.id, said))
        return await self._tell(one.id, said)

    async def _price_late(self) -> str | None:
        """What was told is told again."""
        return await self._tell(*self.dice.choice(self.told)) if self.told else None

    async def _tell(self, application_id: UUID, said: Conditions) -> str:
        async with self.desk.house.acting(self._onec()) as work:
            return (await take_conditions(work, application_id, said)).state

    async def _say(self, status: str | None, payment: str | None, *states: str) -> None:
        one = await self._in(*states)
        if one is not None:
            said = StatusTold(next(self.numbers), status, payment, "О. Сергеева", "so it is")
            async with self.desk.house.acting(self._onec()) as work:
                await take_status(work, one.id, said)

    async def _work(self) -> None:
        await self._say("in_work", None, "new_in_house", "offer_accepted")

    async def _finish(self) -> None:
        await self._say("completed", None, "in_work")

    async def _refuse(self) -> None:
        await self._say("rejected", None, "new_in_house")

    async def _pay(self) -> None:
        """Somebody says how the money stands, mostly what may follow."""
        one = await self._in("offer_accepted", "in_work", "completed")
        if one is None:
            return
        follows = [*PAYMENT.table.get(PaymentState(one.payment_state), {})]
        triggers = follows if follows and self.dice.random() < 0.8 else [*PaymentTrigger]
        who = self.dice.choice((self._somebody(), self._onec()))
        async with self.desk.house.acting(who) as work:
            await move_payment(
                work, one.id, self.dice.choice(triggers), who, reason="the bank says so"
            )

    async def _document(self) -> None:
        await self._give(self._onec(), "in_work", "offer_accepted")

    async def _upload(self) -> None:
        await self._give(self._somebody(), *ACTIVE)

    async def _give(self, who: Who, *states: str) -> None:
        one = await self._in(*states)
        if one is None:
            return
        content = f"%PDF-1.4 {self.dice.randrange(6)}".encode()
        kept = await self.desk.world.runtime.files.put(content)
        kind = self.dice.choice((DocumentKind.INVOICE, DocumentKind.ACT, DocumentKind.CLOSING_SET))
        new = NewDocument(kind, "paper.pdf", kept, await digest_of(content))
        async with self.desk.house.acting(who) as work:
            if who.role is Role.ONEC:
                await take_document(work, one.id, new, who)
            else:
                await add_document(work, one.id, new, who)

    async def _request(self) -> None:
        one = await self._in("offer_accepted", "in_work")
        if one is None:
            return
        who = self._somebody()
        wanted = Request(self.dice.choice((DocumentKind.ACT, DocumentKind.INVOICE)))
        async with self.desk.house.acting(who) as work:
            await request_document(work, one.id, wanted, who)

    async def _assign(self) -> None:
        """The manager has somebody else work on it, or the same."""
        one = await self._in("draft", "new_in_house")
        if one is not None:
            house = self.desk.house
            await self.desk.assign(one.id, self.dice.choice((house.agent, house.lead)))

    async def _list(self) -> None:
        """The agent is taken off the list, or comes back."""
        await self._set_agent(is_active=self.dice.random() < 0.6)

    async def _set_agent(self, *, is_active: bool) -> None:
        async with self.desk.house.database.unit_of_work(actor="test") as work:
            await change_agent(work, self.desk.house.agent, is_active=is_active)

    async def _trouble(self) -> None:
        """Other things go wrong from now on."""
        await self.desk.onec.mend()
        for call in _CALLS:
            await self.desk.onec.fail(
                self.dice.choice(_FAULTS),
                operation=call,
                probability=0.3,
                count=4,
                arguments={"seconds": 0.4},
            )

    async def _mood(self) -> None:
        """1C knows repetitions or not, is closed, or has no licence left."""
        await self.desk.onec.act(
            is_idempotent=self.dice.random() < 0.5,
            is_exclusive=self.dice.random() < 0.15,
            licences=0 if self.dice.random() < 0.15 else 1000,
        )

    async def _die(self) -> None:
        """Whoever has something in hand has died: its lease is over, and its job comes again."""
        async with self.desk.world.database.unit_of_work(actor="test") as work:
            rows = await work.fetch(
                "UPDATE operations SET lease_until = now() - interval '1 minute' "
                "WHERE state = 'SENT' RETURNING id, job"
            )
            for row in rows:
                work.enqueue(row["job"], operation_id=row["id"])

    async def come_to_rest(self) -> None:
        """Mend everything, and let time go on for as long as something may still move."""
        await self.desk.onec.mend()
        await self.desk.onec.act(is_idempotent=True, is_exclusive=False, licences=1000)
        await self._set_agent(is_active=True)

        async def is_so() -> bool:
            async with self.desk.world.database.unit_of_work(actor="test") as work:
                await hasten(work, jobs=[GATHER_FILES])
            [row] = await self.desk.world.fetch(
                "SELECT (SELECT count(*) FROM operations WHERE state IN "
                "('PREPARED', 'SENT', 'NOT_SENT', 'UNKNOWN')) + (SELECT count(*) FROM pgqueuer "
                "WHERE entrypoint ~ '^transfers' AND execute_after <= now()) AS n"
            )
            return bool(row["n"] == 0)

        await until(is_so, deadline=120)

        async def is_looked_at() -> bool:
            await look_there(self.desk.world.runtime)
            return await is_so() and not await self.desk.world.fetch(
                "SELECT FROM office_standings WHERE doubted_at IS NOT NULL AND lost_at IS NULL"
            )

        await until(is_looked_at, deadline=120)

    async def broken(self) -> list[str]:
        """Whatever breaks a promise, could not be verified, or stands before a person."""
        findings = await check_transfers(self.desk.world.runtime)
        parked = await self.desk.world.fetch(
            "SELECT kind, reason FROM operations WHERE state = 'NEEDS_ATTENTION'"
        )
        return [
            *(
                f"{one.invariant} {one.promise}: {one.verdict} {one.differences}"
                for one in findings
                if one.verdict is not Verdict.KEPT
            ),
            *(f"{row['kind']}: {row['reason']}" for row in parked),
            *await self._out_of_line(),
        ]

    async def _out_of_line(self) -> list[str]:
        """Applications that 1C has twice, or otherwise than they are."""
        made: Counter[str] = Counter()
        for row in await self.desk.onec.effects():
            made[row["subject"]] += row["effect"] == "application_created"
        there = await self.desk.documents_there()
        return [said for id_ in self.applications async for said in self._compare(id_, made, there)]

    async def _compare(
        self, id_: UUID, made: Counter[str], there: Mapping[str, Mapping[str, Any]]
    ) -> Any:
        one, house = await self.desk.application(id_), self.desk.house
        times, state = made[str(id_)], ApplicationState(one.state)
        if times > 1:
            yield f"{id_} was made {times} times in 1C"
        standing = await self.desk.standing(id_)
        counts = state in ACTIVE - UNCHECKED
        if counts and standing.refusal is None:
            if (times, one.onec_revision) != (1, one.revision):
                yield f"{id_} is {state}, {times} times in 1C, with {one.onec_revision}"
            if standing.state is not OnecState.ACKED:
                yield f"{id_} is {state}, and {standing.state}"
            theirs = LEAD_NAME if one.agent_id == house.lead else AGENT_NAME
            known = there.get(str(id_), {}).get("agent")
            if known != theirs:
                yield f"{id_} is {theirs}'s, and in 1C {known}'s"
        if state in DOCUMENTED and standing.refusal is None and one.onec_ref is not None:
            async with house.database.reading() as work:
                ours = {file.id for file in (await load_files(work, [id_]))[id_]}
            if ours != {*there[str(id_)]["files"]}:
                yield f"{id_} has other files in 1C"
        if one.onec_ref is not None and not times:
            yield f"{id_} has a document that 1C never made"
