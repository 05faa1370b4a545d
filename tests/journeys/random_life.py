"""A random life of a school: learners, owners, banks, administrators and time act as dice say.

Meanwhile calls and messages of both providers go wrong in whatever way, and workers die. A life
ends mended: everybody is well, time goes on, and then every promise must hold.
"""

from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from tests.hastening import hasten
from tests.journeys.school import School
from tests.orders.campus import Learner, Offer
from tests.quiet import is_quiet
from tests.web.conftest import Answer
from tests.world import until
from tramita.kit.findings import Finding, Verdict
from tramita.orders.check import check_orders
from tramita.payments.check import check_payments
from tramita.payments.journey.ask_forms import look_at_forms
from tramita.payments.journey.watch_cards import watch_cards
from tramita.signatures.check import check_signatures
from tramita.signatures.journey.refresh import poll_due

# How often each thing happens.
ACTS: Final = {
    "order": 10,
    "sign": 14,
    "sign_unheard": 6,
    "countersign": 5,
    "save_card": 10,
    "bind": 12,
    "pay_form": 8,
    "late_form": 3,
    "cancel": 3,
    "withdraw": 2,
    "admin_cancel": 2,
    "refund": 4,
    "mood": 5,
    "settle": 4,
    "days": 10,
    "die": 5,
    "delete_card": 3,
    "owner": 2,
    "look": 6,
    "trouble": 6,
}
_CALLS: Final = {
    "lyra": ("create_payment", "create_token", "get_order", "cancel_or_refund", "cancel_token"),
    "lexpersona": (
        *("create_workflow", "upload_document", "list_documents", "change_workflow"),
        *("read_workflow", "find_workflows", "find_event", "download_documents"),
        *("delete_workflow", "invite", "make_request"),
    ),
}
_FAULTS: Final = (
    *("reset_before_effect", "reset_after_effect", "http_502", "http_503", "html_error"),
    *("half_body", "truncated", "lost_then_done", "429"),
)
_ASTRAY: Final = ("webhook_duplicate", "webhook_lost", "webhook_reordered", "webhook_unknown_key")
_CARDS: Final = ("4970100000000014", "4970100000000014", "4970100000000063")
_TO_SIGN: Final = ("to_sign", "signing", "to_sign_and_to_save_payment_method")
_TO_BIND: Final = ("to_save_payment_method", "to_sign_and_to_save_payment_method")
_FINE: Final = frozenset({200, 201, 202, 204, 401, 403, 404, 409, 422, 502, 503, 504})


@dataclass
class Life:
    """What has come of it so far."""

    school: School
    dice: Random
    offers: list[Offer] = field(default_factory=list)
    orders: list[tuple[Learner, dict[str, Any]]] = field(default_factory=list)
    forms: dict[str, str] = field(default_factory=dict)
    owners: list[str] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)

    async def begin(self) -> None:
        """What there is to order: for much, for little, for nothing, unsigned, in one sitting."""
        self.offers = [
            await self.school.offer(price="150.00", starts_in=-10),
            await self.school.offer(price="300.00", starts_in=40),
            await self.school.offer(price="0.00"),
            await self.school.offer(price="100.00", is_signed=False, lasts=5),
            await self.school.offer(price="400.00", is_one_sitting=True),
        ]

    async def live(self, steps: int) -> None:
        """So many things happen."""
        await self._trouble()
        for name in self.dice.choices([*ACTS], [*ACTS.values()], k=steps):
            said = await getattr(self, f"_{name}")()
            self.happened[f"{name} {said.status if isinstance(said, Answer) else ''}".strip()] += 1

    def _some(self) -> tuple[Learner, dict[str, Any]]:
        """Somebody with an order, of the last ones."""
        return self.dice.choice(self.orders[-6:])

    async def _in(self, *states: str) -> tuple[Learner, dict[str, Any]]:
        """Somebody with an order that mostly is in one of these states, if one is."""
        rows = await self.school.world.fetch(
            "SELECT id::text FROM orders WHERE state = ANY($1)", states
        )
        fitting = {row["id"] for row in rows}
        found = [one for one in self.orders if one[1]["id"] in fitting]
        return self.dice.choice(found) if found and self.dice.random() < 0.8 else self._some()

    async def _ask(self, who: Learner, method: str, path: str, **sent: Any) -> Answer:
        said = await who.ask(method, path, **sent)
        assert said.status in _FINE, (method, path, said)
        return said

    async def _act(self, action: str, *states: str, **sent: Any) -> Answer | None:
        if not self.orders:
            return None
        learner, order = await self._in(*states)
        return await self._ask(learner, "POST", f"/orders/{order['id']}/{action}", **sent)

    async def _order(self) -> Answer:
        is_known = self.orders and self.dice.random() < 0.3
        learner = self._some()[0] if is_known else self.school.campus.learner()
        body = self.dice.choice(self.offers).body()
        said = await self._ask(learner, "POST", "/orders", json=body)
        if said.status == 201:
            self.orders.append((learner, said.body))
        return said

    async def _sign(self) -> Answer | None:
        said = await self._act("submit-for-signature", *_TO_SIGN)
        if said is not None and said.status == 200:
            button = "refuse" if self.dice.random() < 0.15 else "sign"
            await self.school.press(said.body["invitation_link"], button)
        return said

    async def _sign_unheard(self) -> None:
        await self.school.lexpersona.may("operator", "sign")

    async def _countersign(self) -> Answer | None:
        if not self.orders:
            return None
        organization = (await self._in("pending", "pending_payment"))[1]["organization"]
        owner = Learner(self.school.campus.site, f"owner-of-{organization['code']}")
        path = f"/organizations/{organization['id']}/contracts-signature-link"
        said = await self._ask(owner, "GET", path)
        if said.status == 200:
            await self.school.press(said.body["invitation_link"], "sign")
        return said

    async def _save_card(self) -> Answer | None:
        if not self.orders:
            return None
        learner, _ = await self._in(*_TO_BIND)
        return await self._save(learner)

    async def _save(self, learner: Learner) -> Answer:
        said = await self._ask(learner, "POST", "/credit-cards/tokenize-card")
        if said.status == 200:
            card = self.dice.choice(_CARDS)
            await self.school.lyra.operate("pay", form_token=said.body["form_token"], card=card)
        return said

    async def _cards(self, learner: Learner) -> list[str]:
        said = await self._ask(learner, "GET", "/credit-cards")
        return [one["id"] for one in said.body["items"]]

    async def _bind(self) -> Answer | None:
        if not self.orders:
            return None
        learner, order = await self._in(*_TO_BIND)
        cards = await self._cards(learner)
        if not cards:
            return await self._save(learner)
        body = {"credit_card_id": self.dice.choice(cards)}
        return await self._ask(learner, "POST", f"/orders/{order['id']}/payment-method", json=body)

    async def _delete_card(self) -> Answer | None:
        if not self.orders:
            return None
        learner, _ = self._some()
        cards = await self._cards(learner)
        if not cards:
            return None
        return await self._ask(learner, "DELETE", f"/credit-cards/{self.dice.choice(cards)}")

    async def _pay_form(self) -> Answer | None:
        if not self.orders:
            return None
        learner, order = await self._in("no_payment", "failed_payment")
        if order["id"] in self.forms:
            return None  # Of two that are paid, a message that is lost is never found.
        path = f"/orders/{order['id']}/submit-installment-payment"
        said = await self._ask(learner, "POST", path, json={})
        if said.status == 200 and said.body["form_token"]:
            self.forms[order["id"]] = said.body["form_token"]
            if self.dice.random() < 0.6:
                await self._late_form()
        return said

    async def _late_form(self) -> None:
        if self.forms:
            form = self.forms.pop(self.dice.choice([*self.forms]))
            action = "abandon" if self.dice.random() < 0.2 else "pay"
            await self.school.lyra.operate(action, form_token=form)

    async def _cancel(self) -> Answer | None:
        return await self._act("cancel")

    async def _withdraw(self) -> Answer | None:
        return await self._act("withdraw")

    async def _admin_cancel(self) -> None:
        if self.orders:
            assert await self.school.admin(self._some()[1], "cancel", reason="moved") in _FINE

    async def _refund(self) -> None:
        if self.orders:
            _, order = await self._in("canceled", "refunding")
            assert await self.school.admin(order, "refund") in _FINE

    async def _mood(self) -> None:
        moods = ("as_cards", "as_cards", "refuse", "hold")
        await self.school.lyra.act(
            debits=self.dice.choice(moods), is_captured=self.dice.random() < 0.7
        )

    async def _settle(self) -> None:
        for installment in await self._held():
            is_paid = self.dice.random() < 0.7
            await self.school.lyra.operate("settle", installment_id=installment, is_paid=is_paid)

    async def _held(self) -> list[str]:
        """Of which instalments a bank has still to decide about a debit."""
        told = Counter(
            {row["data"]["uuid"]: 0 for row in await self.school.lyra.ledger("payment_held")}
        )
        held = {
            row["data"]["uuid"]: row["subject"]
            for row in await self.school.lyra.ledger("payment_held")
        }
        for effect in ("payment_paid", "payment_refused"):
            told.update(row["data"]["uuid"] for row in await self.school.lyra.ledger(effect))
        return [subject for uuid, subject in held.items() if not told[uuid]]

    async def _days(self) -> None:
        await self.school.pass_days(self.dice.choice((1, 1, 2, 4, 16, 35)))

    async def _die(self) -> None:
        """Whoever has something in hand has died: its lease is over, and its job comes again."""
        async with self.school.world.database.unit_of_work(actor="test") as work:
            rows = await work.fetch(
                "UPDATE operations SET lease_until = now() - interval '1 minute' "
                "WHERE state = 'SENT' RETURNING id, job"
            )
            for row in rows:
                work.enqueue(row["job"], operation_id=row["id"])

    async def _owner(self) -> None:
        """Another owner comes, or goes."""
        campus = self.school.campus
        path = f"/organizations/{self.offers[0].organizations[0]['id']}/members"
        if self.owners:
            said = await campus.site.ask("DELETE", f"/api/v1/admin{path}/{self.owners.pop()}")
            assert said.status == 204, said
        else:
            name = f"otto-{self.dice.random()}"
            person = {"full_name": "Otto Owner", "email": "otto@x.example", "role": "owner"}
            self.owners.append((await campus.make(path, username=name, **person))["id"])

    async def _look(self) -> None:
        if self.orders:
            learner, _ = self._some()
            for path in ("/orders", "/orders/contracts", "/enrollments"):
                assert (await self._ask(learner, "GET", path)).status == 200

    async def _trouble(self) -> None:
        """Other things go wrong from now on."""
        for vendor in (self.school.lyra, self.school.lexpersona):
            await vendor.mend()
            for operation in _CALLS[vendor.key]:
                await vendor.fail(
                    self.dice.choice(_FAULTS),
                    operation=operation,
                    probability=0.25,
                    count=4,
                    arguments={"seconds": 0.4},
                )
            for kind in _ASTRAY:
                await vendor.fail_webhook(kind, probability=0.2, count=4)

    async def come_to_rest(self) -> None:
        """Mend everything, and let time go on for as long as something may still move."""
        await self.school.lyra.act(debits="as_cards", is_captured=True)
        for vendor in (self.school.lyra, self.school.lexpersona):
            await vendor.mend()
        for installment in await self._held():
            await self.school.lyra.operate("settle", installment_id=installment)
        for _ in range(6):
            await self._quiet()
            await self.school.pass_days(4)
            for look in (poll_due, look_at_forms, watch_cards):
                await look(self.school.world.runtime)
        await self._quiet()

    async def _quiet(self) -> None:
        world = self.school.world

        async def is_at_rest() -> bool:
            async with world.database.unit_of_work(actor="test") as work:
                await hasten(work)
                # What is to be done some minutes later is done now.
                for row in await work.fetch(
                    "UPDATE operations SET lease_until = now() WHERE state = 'PREPARED' "
                    "AND lease_until > now() + interval '1 minute' RETURNING id, job"
                ):
                    work.enqueue(row["job"], operation_id=row["id"])
            [row] = await world.fetch(
                "SELECT (SELECT count(*) FROM operations WHERE state IN "
                "('PREPARED', 'SENT', 'NOT_SENT', 'UNKNOWN', 'PENDING')) + (SELECT count(*) FROM pgqueuer "
                "WHERE entrypoint ~ '^(payments|signatures|orders)' AND execute_after <= now()) AS n"
            )
            return bool(row["n"] == 0)

        vendors = (self.school.lyra, self.school.lexpersona)
        await until(lambda: is_quiet(vendors, is_at_rest), deadline=120)

    async def broken(self) -> list[str]:
        """Whatever breaks a promise, could not be verified, or stands before a person."""
        runtime = self.school.world.runtime
        findings: list[Finding] = []
        for check in (check_orders, check_payments, check_signatures):
            findings += await check(runtime)
        parked = await self.school.world.fetch(
            "SELECT kind, reason FROM operations WHERE state = 'NEEDS_ATTENTION'"
        )
        return [
            *(
                f"{one.invariant} {one.promise}: {one.verdict} {one.differences}"
                for one in findings
                if one.verdict is not Verdict.KEPT
            ),
            *(f"{row['kind']}: {row['reason']}" for row in parked),
            *await self._paid_twice(),
        ]

    async def _paid_twice(self) -> list[str]:
        """Instalments whose payments at the processor did not all go back but one."""
        lyra = self.school.lyra
        paid = Counter(row["subject"] for row in await lyra.ledger("payment_paid"))
        for effect in ("payment_refunded", "payment_cancelled"):
            paid.subtract(row["subject"] for row in await lyra.ledger(effect))
        return [f"{one} is paid {times} times" for one, times in paid.items() if times > 1]


async def let_live(school: School, seed: int, *, steps: int) -> Life:
    """A whole life: begun, lived and come to rest."""
    life = Life(school, Random(seed))
    await life.begin()
    await life.live(steps)
    await life.come_to_rest()
    return life
