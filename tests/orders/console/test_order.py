"""What people who look after orders see of one, and what they can do about it."""

import asyncio
import re
from typing import Any
from uuid import uuid4

import pytest

from tests.console.standing import add_exchange, add_operation, history_of
from tests.console.test_operations import statements_of
from tests.console.visitor import Seen, Visitor
from tests.orders.campus import Campus
from tests.orders.standing import VISA, Standing, order_of, paying
from tests.web.conftest import Site
from tests.world import until
from tramita.payments.acts import DEBIT

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGE = "/console/orders"


def section(page: Seen, name: str) -> str:
    """What is read below one heading."""
    after = page.source.split(f'id="{name}">', 1)[1].split("</section>")[0]
    return Seen(page.status, page.headers, after).text


async def look(ana: Visitor, one: Standing) -> Seen:
    """The page of an order."""
    page = await ana.get(f"{PAGE}/{one.id}")
    assert 200 == page.status, page.text
    return page


async def act(ana: Visitor, one: Standing, action: str, **typed: str) -> Seen:
    """Press a button of the order's page; what is asked once more is answered with yes."""
    page = await look(ana, one)
    form = {"csrf_token": page.csrf_token, "action": action, "note": "She called"}
    answer = await ana.post(f"{PAGE}/{one.id}", form | {"confirmed": "yes"} | typed)
    return await ana.get(answer.location) if answer.status == 303 else answer


async def settled(campus: Campus) -> Standing:
    """An order of which every instalment is paid."""
    one = await paying(campus)
    for place, _ in enumerate(await one.installments(), start=1):
        await one.hear(place)
    return one


async def operations_of(one: Standing) -> list[Any]:
    """Debits begun for the order's instalments."""
    found = await one.runtime.database.fetch(
        "SELECT o.id, o.state FROM operations AS o JOIN installments AS i ON i.id = o.subject_id "
        "WHERE i.contract_id = $1 ORDER BY o.id",
        one.id,
    )
    return list(found)


class TestAnOrder:
    async def test_says_what_it_is_and_waits_for(self, campus: Campus, ana: Visitor) -> None:
        """Product, course with its dates, who sells it, its price; of its learner initials."""
        one = await order_of(campus, price="120.00", title="Botany at night")

        page = await look(ana, one)

        said = section(page, "where")
        assert "Its learner has to ask for the contract, and to sign it." in said
        for words in (
            "A••• L•••",
            "a•••@learner.example",
            "2030-03-01 to 2030-09-01",
            "€120.00",
        ):
            assert words in said
        assert one.learner.username not in page.source
        assert "Ana Learner" not in page.source

    async def test_says_by_what_its_learner_is_erased(self, campus: Campus, ana: Visitor) -> None:
        """Learners have no document here: they are meant by their customer's id."""
        one = await order_of(campus)

        rows = await one.runtime.database.fetch("SELECT owner_id FROM orders WHERE id = $1", one.id)

        assert f"Customer {rows[0]['owner_id']}" in section(await look(ana, one), "where")

    async def test_says_how_far_its_contract_is(self, campus: Campus, ana: Visitor) -> None:
        """Submitted, signed by one, signed by both; each with its time."""
        one = await order_of(campus)
        before = section(await look(ana, one), "contract")
        await one.sign()
        half = section(await look(ana, one), "contract")
        other = await order_of(campus)
        await other.sign(by_both=True)
        both = section(await look(ana, other), "contract")

        assert "Not submitted yet" in before
        assert 3 == before.count("not yet")
        assert "Organization has to sign" in half
        assert 1 == half.count("not yet")
        assert "May be signed until" in half
        assert "Signed by both" in both
        assert "not yet" not in both

    async def test_that_is_free_has_nothing_to_pay_or_sign(
        self, campus: Campus, ana: Visitor
    ) -> None:
        """And says so, without a warning about cards."""
        one = await order_of(campus, price="0.00", is_signed=False)

        page = await look(ana, one)

        assert "Completed" in page.text
        assert "Nothing is to be paid: it is free." in section(page, "schedule")
        assert "Nothing is signed for it." in section(page, "contract")
        assert "Open" in section(page, "invoices")

    async def test_that_there_is_not_is_no_page(self, ana: Visitor) -> None:
        """As a page that says so."""
        page = await ana.get(f"{PAGE}/{uuid4()}")

        assert 404 == page.status

    async def test_costs_the_same_however_many_there_are(
        self, site: Site, campus: Campus, ana: Visitor
    ) -> None:
        """A constant number of statements, however many instalments and orders."""
        one = await order_of(campus)
        few = await statements_of(site, ana, f"{PAGE}/{one.id}")
        offer = await campus.offer(price="3000.00")
        for _ in range(3):
            await order_of(campus, offer)
        other = await paying(campus, price="3000.00")
        await other.hear(1)

        assert few == await statements_of(site, ana, f"{PAGE}/{other.id}") <= 24


class TestAnInvoice:
    async def test_is_for_who_may_act(self, campus: Campus, ana: Visitor, viewer: Visitor) -> None:
        """It names its learner in full, who is masked to everybody who only looks."""
        one = await order_of(campus)
        operators, viewers = [await who.get(f"{PAGE}/{one.id}") for who in (ana, viewer)]
        [address] = re.findall(r'href="([^"]+/invoice[^"]+)"', operators.source)

        statuses = []
        for who in (ana, viewer):
            async with who.session.get(address) as answer:
                statuses.append(answer.status)

        assert [200, 403] == statuses
        [row] = await campus.site.runtime.database.fetch(
            "SELECT actor, action FROM audit WHERE subject_id = $1", str(one.id)
        )
        assert ("user:ana@example.com", "invoice.shown") == (row["actor"], row["action"])
        assert "/invoice" not in viewers.source
        assert address.partition("=")[2] in viewers.text


class TestThePaymentSchedule:
    async def test_warns_that_no_card_is_defined(self, campus: Campus, ana: Visitor) -> None:
        """While something is to be paid."""
        one = await order_of(campus)
        await one.sign()

        page = await look(ana, one)

        assert "No card is defined" in section(page, "schedule")
        assert '<p class="note">No card is defined' in page.source

    @pytest.mark.parametrize(("year", "is_over"), [(2031, False), (2020, True)])
    async def test_shows_the_card(
        self, campus: Campus, ana: Visitor, year: int, is_over: bool
    ) -> None:
        """Its brand, last digits, and the month in two digits; one that is over is red."""
        one = await order_of(campus)
        await one.sign()
        await one.pay_with(**VISA | {"year": year})

        page = await look(ana, one)

        said = section(page, "schedule")
        assert said.startswith(f"Payment schedule Visa •••• ending in 0018 03/{year}")
        assert is_over is ('<span class="stamp refused">expired</span>' in page.source)

    async def test_shows_what_is_due_and_what_came_of_it(
        self, campus: Campus, ana: Visitor
    ) -> None:
        """Each instalment with its day, its chip, how often it was tried, and why in words."""
        one = await paying(campus, price="1000.00")
        await one.hear(1)
        await one.refuse(2)

        said = section(await look(ana, one), "schedule")

        first, second = said.split("2 of 4")
        assert "€300.00 Paid 1 of 4 due " in first
        assert "debited 1 time , last on " in first
        assert "Paid €300.00, card •••• 0018 · paid-" in first
        assert first.endswith("€250.00 Refused ")
        assert "Not enough money on the account: [51] Insufficient funds." in second
        assert "To come 3 of 4 due " in second

    async def test_is_not_mourned_when_everything_is_paid(
        self, campus: Campus, ana: Visitor
    ) -> None:
        """The card is let go of then; that is no reason to warn anybody."""
        one = await settled(campus)

        page = await look(ana, one)

        assert "Completed" in page.text
        assert "No card is kept for it any more" in section(page, "schedule")
        assert '<p class="note">' not in page.source


class TestWhatHappened:
    async def test_is_one_story_of_order_signature_and_payments(
        self, campus: Campus, ana: Visitor
    ) -> None:
        """Oldest first, each with who did it and why; what was said to providers beside it."""
        one = await paying(campus, price="1000.00")
        debits = await operations_of(one)
        await add_exchange(
            campus.site.runtime.database, debits[0]["id"], status=200, error=None, outcome="done"
        )
        await one.hear(1)
        await one.refuse(2)

        told = section(await look(ana, one), "timeline")

        places = [
            told.index(words)
            for words in (
                "Waits for a signature",
                "Given to its learner to sign",
                "Signed by the learner",
                "Payment 1 Paid",
                "Payment 2 Refused",
            )
        ]
        assert sorted(places) == places
        assert "A later instalment refused" in told
        assert "Not enough money on the account" in told
        assert "POST /v2/credit_transfer/proposal" in told

    async def test_is_told_by_the_api_too(self, campus: Campus) -> None:
        """The contract's timeline has the same: signatures and debits with the order."""
        one = await settled(campus)

        said = await campus.site.ask("GET", f"/api/v1/contracts/{one.id}/timeline")

        moved = {
            (entry["details"]["of"], entry["what"])
            for entry in said.body["items"]
            if entry["kind"] == "transition"
        }
        assert {
            ("orders", "complete"),
            ("signing_procedures", "student_signs"),
            ("installments", "pay"),
        } <= moved

    async def test_names_what_is_still_to_be_settled(self, campus: Campus, ana: Visitor) -> None:
        """What needs a person first, each with its way there."""
        one = await paying(campus, price="1000.00")
        [first, *_] = await one.installments()
        await one.runtime.database.fetch("DELETE FROM operations WHERE subject_id = $1", first.id)
        parked = await add_operation(
            campus.site.runtime.database, kind=DEBIT.name, subject=first.id, reason="no word of it"
        )

        page = await look(ana, one)

        assert "Still to be settled Debit installment 1 Needs attention no word of it" in page.text
        assert f'href="/console/operations/{parked}"' in page.source


class TestWatchingAnOrder:
    async def test_ends_with_a_change(
        self, campus: Campus, ana: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Long before it would have been looked at all the same."""
        monkeypatch.setattr("tramita.orders.console.order.WAIT", 600.0)
        one = await order_of(campus)
        watching = asyncio.create_task(ana.get(f"{PAGE}/{one.id}/changes"))
        topic = f"orders:{one.id}"
        topics = campus.site.runtime.live._topics  # whether somebody listens

        async def is_watched() -> bool:
            return topic in topics

        await until(is_watched)
        async with asyncio.timeout(60):
            await one.submit()

            assert 204 == (await watching).status


class TestActing:
    async def test_says_what_will_happen_before_it_does(self, campus: Campus, ana: Visitor) -> None:
        """The order, whose, for how much, and what is done; nothing changes until somebody says yes."""
        one = await paying(campus)
        asked = await act(ana, one, "cancel", confirmed="")

        assert 200 == asked.status
        assert "Cancel this order?" in asked.text
        for words in ("A••• L•••", "€1,000.00", "Closes its courses", "She called"):
            assert words in asked.text
        assert "First payment awaited" in (await look(ana, one)).text

    async def test_cancels_and_then_refunds(self, campus: Campus, ana: Visitor) -> None:
        """With who did it and why in the history."""
        one = await paying(campus, price="1000.00")
        await one.hear(1)
        early = await act(ana, one, "refund")

        canceled = await act(ana, one, "cancel")
        refunding = await act(ana, one, "refund")

        assert 409 == early.status
        assert "Cancel it first" in early.text
        assert "It is canceled." in canceled.text
        assert "Being refunded" in refunding.text
        assert ("cancel", "user:ana@example.com", "She called") in await history_of(
            campus.site.runtime.database, one.id
        )

    async def test_withdraws_before_anything_is_due_only(
        self, campus: Campus, ana: Visitor
    ) -> None:
        """The page says why not before somebody tries, and says it again to whoever does."""
        soon, later = await paying(campus), await order_of(campus)
        await later.sign()
        await later.pay_with(**VISA)
        await later.schedule(days=60)

        page = await look(ana, soon)
        refused = await act(ana, soon, "withdraw")
        withdrawn = await act(ana, later, "withdraw")

        assert "its first payment is due; it may be canceled" in page.text
        assert 409 == refused.status
        assert "This cannot be done now" in refused.text
        assert "Its learner is out of it." in withdrawn.text
        assert "Canceled" in withdrawn.text

    async def test_debits_what_was_refused_again(self, campus: Campus, ana: Visitor) -> None:
        """Today, though it was tried today; once, however often the button is pressed."""
        one = await paying(campus, price="1000.00")
        await one.refuse(1)

        begun = await act(ana, one, "debit")
        again = await act(ana, one, "debit")

        assert "It is being debited" in begun.text
        assert 409 == again.status
        assert "its end has to be waited for" in again.text
        assert ["SUCCEEDED", "PREPARED"] == [row["state"] for row in await operations_of(one)]

    async def test_debits_nothing_that_is_not_due(self, campus: Campus, ana: Visitor) -> None:
        """Neither before its day, nor without a card."""
        one, bare = await paying(campus, price="1000.00"), await order_of(campus)
        await one.hear(1)
        await bare.sign()
        await bare.schedule()

        early, without = await act(ana, one, "debit"), await act(ana, bare, "debit")

        assert "Nothing is due yet" in (await look(ana, one)).text
        assert "nothing is due yet" in early.text
        assert "no card is defined" in without.text
        assert (409, 409) == (early.status, without.status)

    async def test_has_the_signing_service_asked(self, campus: Campus, ana: Visitor) -> None:
        """At once, however fresh what we know is; where nothing is being signed it says so."""
        one, unsigned = await order_of(campus), await order_of(campus)
        procedure = await one.submit()

        asked = await act(ana, one, "ask_signature")
        refused = await act(ana, unsigned, "ask_signature")

        jobs = await one.runtime.database.fetch(
            "SELECT payload FROM pgqueuer WHERE entrypoint = 'signatures.refresh'"
        )
        assert "The signing service is being asked." in asked.text
        assert any(str(procedure).encode() in row["payload"] for row in jobs)
        assert 409 == refused.status

    async def test_wants_a_reason(self, campus: Campus, ana: Visitor) -> None:
        """Without one nothing is done, and what was typed stays."""
        one = await order_of(campus)

        refused = await act(ana, one, "cancel", note=" ")

        assert 422 == refused.status
        assert "Say why" in refused.text

    async def test_that_is_over_leaves_nothing_to_do(self, campus: Campus, ana: Visitor) -> None:
        """And says so instead of a row of dead buttons."""
        one = await order_of(campus)
        await act(ana, one, "cancel")

        page = await look(ana, one)

        assert "Nothing: its life is over." in section(page, "act")
        assert "<textarea" not in page.source
