"""Deaths while the contracts of ordered courses are signed and paid.

The ledgers of Lex Persona and of Lyra judge: one procedure, one debit, one refund.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final
from uuid import UUID

from tests.crashes.dying import ActCrashes
from tests.journeys.school import School
from tests.orders.campus import Learner, Offer
from tests.world import until
from tramita.payments.journey.debit_due import RUN

LEXPERSONA: Final = "lexpersona"
LYRA: Final = "lyra"
# The nightly run takes an instalment by the day of its debit.
DUE: Final = {"due": ("BEFORE UPDATE ON installments", "WHEN (NEW.debits > OLD.debits)")}


@dataclass
class Sale:
    """A learner and what they have ordered; ``link`` is where they sign, ``card`` what they saved."""

    learner: Learner
    order: dict[str, Any]
    link: str = ""
    card: str = ""

    @property
    def id(self) -> UUID:
        """The order's, which is the contract's."""
        return UUID(self.order["id"])


@dataclass
class Cardholder:
    """A learner who saves a card, and Lyra's words for them both once it is saved."""

    learner: Learner
    card: str = ""
    words: frozenset[str] = frozenset()


class Courses(ActCrashes):
    """A school whose processes are killed."""

    places = DUE
    environment: ClassVar[Mapping[str, str]] = {
        "TRAMITA_LEXPERSONA_DEADLINE": "120",
        "TRAMITA_LYRA_DEADLINE": "120",
        "TRAMITA_SIGNATURE_ASK_AFTER": "0.2",
        "TRAMITA_SIGNATURE_SUBMIT_GRACE": "600",
        "TRAMITA_SIGNATURE_STALE_SECONDS": "0",
        "TRAMITA_PAYMENTS_ASK_AFTER": "0.2",
        "TRAMITA_PAYMENTS_DEBIT_GRACE": "600",
        "TRAMITA_PAYMENTS_DEBIT_HOUR": "0",
    }
    posting = (LEXPERSONA, LYRA)
    school: School
    offer: Offer

    async def ready(self) -> None:
        """A course that has begun."""
        self.school = School.of_world(self.world)
        self.offer = await self.school.offer()

    # Subjects.

    async def ordered(self, offer: Offer | None = None) -> Sale:
        """An order that waits for its contract to be submitted."""
        learner = self.school.campus.learner()
        return Sale(learner, await learner.order(offer or self.offer))

    async def submitted(self, offer: Offer | None = None) -> Sale:
        """One whose contract may be signed."""
        sale = await self.ordered(offer)
        said = await sale.learner.ask("POST", f"/orders/{sale.id}/submit-for-signature")
        assert 200 == said.status, said
        sale.link = said.body["invitation_link"]
        return sale

    async def submitted_elsewhere(self) -> Sale:
        """The same at an organization of its own."""
        return await self.submitted(await self.school.offer())

    async def signed(self, offer: Offer | None = None) -> Sale:
        """One whose learner has signed."""
        sale = await self.ordered(offer)
        await self.school.sign(sale.learner, sale.order)
        await self.school.until(sale.learner, sale.order, "to_save_payment_method")
        return sale

    async def payable(self) -> Sale:
        """One that is signed, whose learner has saved a card.

        At an organization of its own: its invoices are numbered one after the other.
        """
        sale = await self.signed(await self.school.offer())
        sale.card = await self.school.save_card(sale.learner)
        return sale

    async def due(self) -> Sale:
        """One that is paid later."""
        sale = await self.signed(await self.school.offer(starts_in=60))
        sale.card = await self.school.save_card(sale.learner)
        await self.pay(sale)
        await self.school.until(sale.learner, sale.order, "pending")
        query = "SELECT FROM installments WHERE contract_id = $1"
        await until(lambda: self.is_there(query, sale.id))
        return sale

    async def canceled(self) -> Sale:
        """One that was canceled when its first instalment was paid."""
        sale = await self.payable()
        await self.pay(sale)
        await self.school.until(sale.learner, sale.order, "pending_payment")
        await self.cancel(sale)
        return sale

    async def cardless(self) -> Cardholder:
        """A learner without a card."""
        return Cardholder(self.school.campus.learner())

    async def cardholder(self) -> Cardholder:
        """A learner who has saved one."""
        holder = await self.cardless()
        await self.save_card(holder)
        await until(lambda: self.has_card(holder))
        return holder

    async def is_there(self, query: str, *arguments: object) -> bool:
        """Whether there is such a row."""
        return bool(await self.fetch(query, *arguments))

    # What is begun.

    async def submit(self, sale: Sale) -> None:
        """Ask for the link, which needs the procedure to be started."""
        path = f"/orders/{sale.id}/submit-for-signature"
        self.wait_for(sale.learner.ask("POST", path))

    async def submit_in_vain(self, sale: Sale) -> None:
        """The same, and the document is refused."""
        await self.school.lexpersona.fail("http_403", operation="upload_document")
        await self.submit(sale)

    async def sign(self, sale: Sale) -> None:
        """The learner signs."""
        await self.school.press(sale.link, "sign")

    async def countersign(self, sale: Sale) -> None:
        """The organization signs."""
        await self.school.countersign(sale.order)

    async def cancel(self, sale: Sale) -> None:
        """The learner cancels."""
        said = await sale.learner.ask("POST", f"/orders/{sale.id}/cancel")
        assert 200 == said.status, said

    async def join(self, sale: Sale) -> None:
        """Somebody else may sign for the organization from now on."""
        path = f"/organizations/{sale.order['organization']['id']}/members"
        name = f"otto-{sale.id.hex}"
        email = f"{name}@school.example"
        await self.school.campus.make(
            path, username=name, full_name="Otto Owner", email=email, role="owner"
        )

    async def pay(self, sale: Sale) -> None:
        """The order is to be paid with the card."""
        await self.school.pay_with(sale.learner, sale.order, sale.card)

    async def run_at_night(self, sale: Sale) -> None:
        """The first instalment is due, and the time of the nightly run has come."""
        await self.fetch(
            "UPDATE installments SET due_date = tramita_now()::date WHERE id = "
            "(SELECT id FROM installments WHERE contract_id = $1 ORDER BY position LIMIT 1)",
            sale.id,
        )
        await self._run_now()

    async def go_on(self) -> None:
        """The time of the nightly run has come, and of looking for drafts once more."""
        await self.fetch(
            "UPDATE operations SET lease_until = now() - interval '1 second' "
            "WHERE state = 'PREPARED' AND lease_until > now()"
        )
        await self._run_now()

    async def _run_now(self) -> None:
        await self.fetch(
            "UPDATE pgqueuer_schedules SET next_run = now() "
            "WHERE entrypoint = $1 AND status = 'queued'",
            RUN,
        )

    async def refund(self, sale: Sale) -> None:
        """What was paid is given back."""
        assert 202 == await self.school.admin(sale.order, "refund")

    async def save_card(self, holder: Cardholder) -> None:
        """Write a card into Lyra's form."""
        form = (await holder.learner.ask("POST", "/credit-cards/tokenize-card")).body
        await self.school.lyra.operate("pay", form_token=form["form_token"])
        saved = (await self.school.lyra.ledger("card_saved"))[-1]
        holder.words = frozenset({saved["subject"], saved["data"]["token"]})

    async def delete_card(self, holder: Cardholder) -> None:
        """Let the card go."""
        [card] = (await holder.learner.ask("GET", "/credit-cards")).body["items"]
        said = await holder.learner.ask("DELETE", f"/credit-cards/{card['id']}")
        assert 204 == said.status, said

    # By which words the provider knows it.

    async def procedures(self, sale: Sale) -> set[str]:
        """Every procedure there ever was."""
        query = "SELECT id FROM signing_procedures WHERE contract_id = $1"
        return {str(row["id"]) for row in await self.fetch(query, sale.id)}

    async def payments(self, sale: Sale) -> set[str]:
        """Its instalments, and Lyra's words for what was paid."""
        rows = await self.fetch(
            "SELECT id::text AS word FROM installments WHERE contract_id = $1 UNION ALL "
            "SELECT reference FROM payment_transactions WHERE contract_id = $1",
            sale.id,
        )
        return {row["word"] for row in rows}

    async def words(self, holder: Cardholder) -> set[str]:
        """The payer and the card."""
        return set(holder.words)

    # Where it stands in the end.

    async def stands(self, sale: Sale, order: str, procedure: str) -> bool:
        """Whether the order and its only procedure stand there."""
        query = "SELECT state FROM signing_procedures WHERE contract_id = $1"
        states = [row["state"] for row in await self.fetch(query, sale.id)]
        shown = await self.school.look(sale.learner, sale.order)
        return ([procedure], order) == (states, shown["state"])

    async def is_submitted(self, sale: Sale) -> bool:
        """Whether the learner may sign."""
        return await self.stands(sale, "signing", "signing")

    async def is_half_signed(self, sale: Sale) -> bool:
        """Whether the learner has signed."""
        return await self.stands(sale, "to_save_payment_method", "half_signed")

    async def is_aborted(self, sale: Sale) -> bool:
        """Whether nobody may sign any more."""
        return await self.stands(sale, "canceled", "aborted")

    async def has_failed(self, sale: Sale) -> bool:
        """Whether it may be submitted anew."""
        return await self.stands(sale, "to_sign", "failed")

    async def is_kept(self, sale: Sale) -> bool:
        """Whether the file that both have signed is."""
        query = "SELECT FROM signing_procedures WHERE contract_id = $1 AND signed_file IS NOT NULL"
        return await self.is_there(query, sale.id)

    async def is_told(self, sale: Sale) -> bool:
        """Whether the service has everybody who may sign."""
        query = "SELECT version, sent_version FROM signing_procedures WHERE contract_id = $1"
        [row] = await self.fetch(query, sale.id)
        return bool(row["sent_version"] == row["version"] > 1)

    async def is_paid(self, sale: Sale) -> bool:
        """Whether the first instalment is, and no other."""
        shown = await self.school.look(sale.learner, sale.order)
        states = [one["state"] for one in shown["payment_schedule"]]
        return states[:1] == ["paid"] and set(states[1:]) <= {"pending"}

    async def is_refunded(self, sale: Sale) -> bool:
        """Whether everything has gone back."""
        shown = await self.school.look(sale.learner, sale.order)
        return bool(shown["state"] == "refunded")

    async def has_card(self, holder: Cardholder) -> bool:
        """Whether there is one card."""
        said = await holder.learner.ask("GET", "/credit-cards")
        return len(said.body["items"]) == 1

    async def has_none(self, holder: Cardholder) -> bool:
        """Whether there is no card any more, and none at Lyra."""
        said = await holder.learner.ask("GET", "/credit-cards")
        return not said.body["items"]
