"""What people who look after orders see of e-mails, and how they send one again."""

import asyncio
from uuid import UUID

import pytest

from tests.console.test_operations import statements_of
from tests.console.visitor import Seen, Visitor
from tests.orders.campus import Campus
from tests.web.conftest import Site
from tramita.kit.mail.writing import NewMail, write_mails
from tramita.orders.mails.kinds import INSTALLMENT_REFUSED

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGE = "/console/mails"


async def written(campus: Campus, state: str) -> tuple[UUID, UUID]:
    """An order, and an e-mail about it that stands there."""
    order = UUID((await campus.learner().order(await campus.offer()))["id"])
    facts = INSTALLMENT_REFUSED.examples["usual"]
    mail = NewMail(INSTALLMENT_REFUSED, str(order), order, "ana@campus.example", "fr", facts)
    async with campus.site.runtime.database.unit_of_work(actor="test") as work:
        await write_mails(work, [mail])
        [row] = await work.fetch(
            "UPDATE mail_deliveries SET state = $2 "
            "WHERE mail_id = (SELECT id FROM mails WHERE subject_id = $1) RETURNING id",
            order,
            state,
        )
    return order, row["id"]


async def send_again(visitor: Visitor, mail_id: UUID, **typed: str) -> Seen:
    """Press the button of its line."""
    page = await visitor.get(PAGE)
    form = {"csrf_token": page.csrf_token, "mail": str(mail_id)}
    return await visitor.post(PAGE, form | typed)


class TestTheList:
    async def test_is_of_what_did_not_arrive_or_may_not_have(
        self, campus: Campus, ana: Visitor
    ) -> None:
        """Nobody's whole address; the others are with their order."""
        stuck = [await written(campus, state) for state in ("refused", "unknown", "failed")]
        delivered, _ = await written(campus, "delivered")
        page = await ana.get(PAGE)
        of_one = await ana.get(f"{PAGE}?order={delivered}")

        assert all(f"/console/orders/{order}" in page.source for order, _ in stuck)
        assert str(delivered) not in page.source
        assert "ana@campus.example" not in page.source
        assert "May have arrived" in page.text
        assert ("Installment refused" in of_one.text, "Sent" in of_one.text) == (True, True)
        assert f"{PAGE}?order={delivered}" in (await ana.get(f"/console/orders/{delivered}")).source

    async def test_costs_the_same_however_long_it_is(
        self, campus: Campus, site: Site, ana: Visitor
    ) -> None:
        """A constant number of statements, the session and the page's transaction included."""
        await written(campus, "refused")
        few = await statements_of(site, ana, PAGE)
        for _ in range(3):
            await written(campus, "refused")

        assert few == await statements_of(site, ana, PAGE) <= 9


class TestSendingAgain:
    async def test_asks_first_and_then_lets_it_wait_anew(
        self, campus: Campus, ana: Visitor
    ) -> None:
        """Whoever has it may get it twice; the history says who wanted that."""
        order, mail_id = await written(campus, "unknown")
        asked = await send_again(ana, mail_id)
        sent = await send_again(ana, mail_id, confirmed="yes", order=str(order))
        shown = await ana.get(sent.location)
        rows = await campus.site.runtime.database.fetch(
            "SELECT d.state, h.actor FROM mail_deliveries AS d JOIN history AS h "
            "ON h.subject_id = d.id AND h.trigger = 'replay' WHERE d.id = $1",
            mail_id,
        )

        assert "Send this e-mail again?" in asked.text
        assert f"{PAGE}?order={order}&done=true" == sent.location
        assert "It is on its way again" in shown.text
        assert [("waiting", "user:ana@example.com")] == [
            (one["state"], one["actor"]) for one in rows
        ]

    async def test_once_for_two_who_press_at_the_same_moment(
        self, campus: Campus, ana: Visitor
    ) -> None:
        """The second is told that it is on its way."""
        _, mail_id = await written(campus, "refused")
        said = await asyncio.gather(*(send_again(ana, mail_id, confirmed="yes") for _ in range(2)))

        assert [303, 409] == sorted(one.status for one in said)

    @pytest.mark.parametrize(
        ("mail", "status"), [("", 422), ("nonsense", 422), (str(UUID(int=7)), 404)]
    )
    async def test_of_nothing_does_nothing(self, ana: Visitor, mail: str, status: int) -> None:
        """A button that is none of ours."""
        page = await ana.get(PAGE)
        said = await ana.post(
            PAGE, {"csrf_token": page.csrf_token, "mail": mail, "confirmed": "yes"}
        )

        assert status == said.status

    async def test_is_for_operators(self, campus: Campus, viewer: Visitor) -> None:
        """Who may look sees no button, and a form of theirs does nothing."""
        _, mail_id = await written(campus, "refused")
        page = await viewer.get(PAGE)
        said = await send_again(viewer, mail_id, confirmed="yes")

        assert "Send again" not in page.text
        assert 403 == said.status
