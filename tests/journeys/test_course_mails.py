"""What learners are written of their orders: each e-mail once, in their language, whatever fails."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from operator import itemgetter
from typing import Any, Final

import pytest
import pytest_asyncio

from tests.conftest import fresh_database
from tests.databases import opened
from tests.hastening import hasten
from tests.journeys.school import School, running_school
from tests.orders.campus import Learner
from tests.payments.shop import until_read
from tests.world import until
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.mail.channel import CHANNEL
from tramita.orders.mails import reminding
from tramita.orders.mails.reminding import remind
from tramita.orders.settings import OrderSettings
from tramita.testing.control import VendorControl

ENGLISH: Final = {"language": "en"}
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_school(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[School]:
    """One school for all tests of this module."""
    async with (
        fresh_database(server) as url,
        opened(url) as database,
        running_school(database, url, tmp_path_factory.mktemp("school")) as school,
    ):
        yield school


@pytest_asyncio.fixture(loop_scope="module")
async def school(shared_school: School) -> AsyncIterator[School]:
    """The school, with everybody well, and no promise broken when the test is over."""
    yield shared_school
    await shared_school.lyra.act(debits="as_cards")
    await shared_school.world.until_at_rest()
    assert [] == await shared_school.broken()


async def mails(school: School, order: dict[str, Any]) -> Counter[str]:
    """Which e-mails were written about an order, once all of them have arrived."""

    async def have_gone() -> bool:
        waiting = await school.world.fetch(
            "SELECT FROM mail_deliveries WHERE state IN ('waiting', 'sending')"
        )
        # One that is due stays so: whoever is taking it has a time of the moment before.
        await school.world.fetch(
            "UPDATE mail_deliveries SET next_attempt_at = now() "
            "WHERE state = 'waiting' AND next_attempt_at > now()"
        )
        async with school.world.database.unit_of_work(actor="test") as work:
            await hasten(work, jobs=[CHANNEL.job])
        return not waiting

    await until(have_gone)
    rows = await school.world.fetch(
        "SELECT m.template, d.state FROM mails AS m JOIN mail_deliveries AS d ON d.mail_id = m.id "
        "WHERE m.subject_id = $1",
        order["id"],
    )
    assert {"delivered"} >= {row["state"] for row in rows}
    return Counter(row["template"] for row in rows)


async def read(school: School, learner: Learner) -> list[dict[str, Any]]:
    """What the mail server has for a learner, as it was written: what is quicker may arrive before."""
    session = school.lyra.session
    async with session.get(
        "/mailbox/mails", params={"to": f"{learner.username}@example.com"}
    ) as answer:
        items: list[dict[str, Any]] = (await answer.json())["items"]
    # It begins with the e-mail's id.
    return sorted(items, key=itemgetter("message_id"))


class TestTheEMailsOfAnOrder:
    async def test_tell_of_its_confirmation_and_each_payment_once(self, school: School) -> None:
        """Confirmed with what is due when; paid; and at last that nothing is left to pay."""
        learner, order = await school.ordered(
            await school.offer(price="300.00", lasts=30), **ENGLISH
        )
        await school.until(learner, order, "pending_payment")
        await school.pass_days(31)
        await school.until(learner, order, "completed")

        assert {"order_validated": 1, "installment_paid": 1, "installments_fully_paid": 1} == (
            await mails(school, order)
        )
        said = await read(school, learner)
        assert 3 == len({one["message_id"] for one in said}) == len(said)
        assert "€210.00 is left to pay" in said[1]["text"]
        assert "Nothing is left to pay" in said[2]["text"]
        assert f"/learn/orders/{order['id']}" in said[0]["text"]

    async def test_tell_of_each_refusal_and_of_the_refund(self, school: School) -> None:
        """Each no of a bank is one e-mail with the day of the next try; so is the money's return."""
        learner, order = await school.ordered(
            await school.offer(price="300.00", lasts=30), **ENGLISH
        )
        await school.until(learner, order, "pending_payment")
        await school.lyra.act(debits="refuse")
        await school.pass_days(31)
        await school.until(learner, order, "failed_payment")
        await until_read(school.world, school.lyra)
        await school.pass_days(3)
        await until(_has_refusals(school, order, 2))
        assert 300 > await school.admin(order, "cancel", reason="because")
        assert 300 > await school.admin(order, "refund")
        await school.until(learner, order, "refunded")

        assert {
            "order_validated": 1,
            "installment_paid": 1,
            "installment_refused": 2,
            "order_refunded": 1,
        } == await mails(school, order)
        *_, first, second, refunded = await read(school, learner)
        assert "It will be tried again on" in first["text"]
        assert "0014" in second["text"]
        assert "€90.00" in refunded["subject"]

    async def test_are_in_the_learners_language(self, school: School) -> None:
        """The platform says which; subject, dates and amounts follow."""
        learner, order = await school.ordered(
            await school.offer(price="100.00", lasts=5), language="fr-fr"
        )
        await school.until(learner, order, "completed")
        await mails(school, order)

        *_, paid = await read(school, learner)
        assert paid["subject"].endswith("tout est payé")
        assert "fr-FR" == paid["language"]
        assert "100,00\u00a0€" in paid["text"]

    async def test_keep_no_payment_waiting_while_the_mail_server_is_away(
        self, school: School
    ) -> None:
        """The order is paid; its e-mails arrive when somebody takes them, each once."""
        mailbox = VendorControl(school.lyra.session, "mailbox")
        await mailbox.act(is_away=True)
        learner, order = await school.ordered(
            await school.offer(price="100.00", lasts=5), **ENGLISH
        )
        await school.until(learner, order, "completed")
        await until(_was_tried(school, order))
        assert [] == await read(school, learner)
        await school.world.advance(timedelta(hours=1))

        await mailbox.act(is_away=False)

        assert {"order_validated": 1, "installments_fully_paid": 1} == await mails(school, order)
        assert 2 == len(await read(school, learner))

    async def test_are_in_the_contracts_timeline(self, school: School) -> None:
        """Whoever looks at a contract sees what its learner was written, and what became of it."""
        learner, order = await school.ordered(
            await school.offer(price="100.00", lasts=5), **ENGLISH
        )
        await school.until(learner, order, "completed")
        await mails(school, order)

        path = f"/api/v1/contracts/{order['id']}/timeline"
        said = await school.campus.site.ask("GET", path)

        entries = [one for one in said.body["items"] if one["kind"] == "email"]
        assert ["order_validated", "installments_fully_paid"] == [one["what"] for one in entries]
        assert ["delivered"] * 2 == [one["details"]["state"] for one in entries]


class TestReminders:
    async def test_are_sent_once_for_each_period(self, school: School) -> None:
        """Looking again finds nothing; a night in which nobody looked is caught up with."""
        school.world.runtime.configure(OrderSettings(installment_reminder_period_days=(7, 2)))
        learner, order = await school.ordered(
            await school.offer(price="300.00", lasts=30), **ENGLISH
        )
        [_, later] = (await school.until(learner, order, "pending_payment"))["payment_schedule"]
        await mails(school, order)

        written = [await _remind_in(school, later, days) for days in (9, 6, 6, 4, 1, 1)]

        assert [0, 1, 0, 0, 1, 0] == written
        *_, first, second = await _reminders(school, order, learner)
        assert "in 6 days" in first["subject"]
        assert "tomorrow" in second["subject"]

    async def test_are_not_sent_of_what_nobody_debits(self, school: School) -> None:
        """Canceled is canceled, and what is due today is no news of tomorrow."""
        learner, order = await school.ordered(
            await school.offer(price="300.00", lasts=30), **ENGLISH
        )
        [_, later] = (await school.until(learner, order, "pending_payment"))["payment_schedule"]
        assert 0 == await _remind_in(school, later, 0)
        await school.admin(order, "cancel", reason="because")

        assert 0 == await remind(school.world.runtime, "test")

    async def test_pass_over_who_has_no_address(
        self, school: School, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """However many they are, looking comes to its end; nothing is missed that they are not told."""
        monkeypatch.setattr(reminding, "_BATCH", 1)
        learner, order = await school.ordered(
            await school.offer(price="300.00", lasts=30), **ENGLISH
        )
        [_, later] = (await school.until(learner, order, "pending_payment"))["payment_schedule"]
        await mails(school, order)
        await school.world.fetch(
            "UPDATE customers SET email = NULL WHERE id = (SELECT owner_id FROM orders WHERE id = $1) "
            "RETURNING id",
            order["id"],
        )

        async with asyncio.timeout(10):
            assert 0 == await _remind_in(school, later, 1)
        await school.pass_days(2)
        await school.until(learner, order, "completed")
        assert 0 == (await mails(school, order))["installments_fully_paid"]


async def _remind_in(school: School, due: dict[str, Any], days: int) -> int:
    """Let the instalment be due in so many days, and look."""
    await school.world.fetch(
        "UPDATE installments SET due_date = "
        "(tramita_now() AT TIME ZONE 'Europe/Paris')::date + $2::int WHERE id = $1::uuid RETURNING id",
        due["id"],
        days,
    )
    return await remind(school.world.runtime, "test")


async def _reminders(
    school: School, order: dict[str, Any], learner: Learner
) -> list[dict[str, Any]]:
    assert 2 == (await mails(school, order))["installment_reminder"]
    return await read(school, learner)


def _was_tried(school: School, order: dict[str, Any]):  # type: ignore[no-untyped-def]
    async def is_so() -> bool:
        rows = await school.world.fetch(
            "SELECT FROM mails AS m JOIN mail_attempts AS a ON a.delivery_id = m.id "
            "WHERE m.subject_id = $1 AND a.milliseconds IS NOT NULL",
            order["id"],
        )
        return len(rows) > 1

    return is_so


def _has_refusals(school: School, order: dict[str, Any], number: int):  # type: ignore[no-untyped-def]
    async def is_so() -> bool:
        rows = await school.world.fetch(
            "SELECT FROM history AS h JOIN installments AS i ON i.id = h.subject_id "
            "WHERE i.contract_id = $1 AND h.to_state = 'refused'",
            order["id"],
        )
        return len(rows) == number

    return is_so
