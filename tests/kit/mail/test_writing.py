"""Writing e-mails: with what causes them, once for each cause; and what a dead worker leaves."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.conftest import fresh_database
from tests.databases import opened
from tests.kit.mail.post import ANA, PostOffice, hours, running_post_office
from tests.world import until
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.identifiers import new_id
from tramita.kit.mail.channel import CHANNEL
from tramita.kit.mail.postman import SCHEDULE
from tramita.kit.mail.writing import NewMail, write_mails
from tramita.kit.outbox.sending import enqueue_lost
from tramita.orders.mails.kinds import ORDER_VALIDATED

_LEASES_END = (
    "UPDATE mail_deliveries SET lease_until = now() - interval '1 second', "
    "wake_at = now() - interval '1 second' WHERE state = 'sending'"
)
# Seconds in which a process of its own is there, on a busy machine.
_STARTS_WITHIN = 120


class TestWriting:
    async def test_once_more_for_the_same_cause_writes_nothing(self, office: PostOffice) -> None:
        """Whoever comes second, in the same breath or later, finds it written."""
        first = await office.write("one", "one")
        second = await office.write("one")

        assert (1, 0) == (len(first), len(second))

    async def test_that_is_rolled_back_was_never_done(self, office: PostOffice) -> None:
        """An e-mail tells of what is so, or is not written."""
        facts = ORDER_VALIDATED.examples["usual"]
        mail = NewMail(ORDER_VALIDATED, "one", new_id(), ANA, "en", facts)

        async def write_and_fail() -> None:
            async with office.database.unit_of_work(actor="test") as work:
                await write_mails(work, [mail])
                raise LookupError

        with pytest.raises(LookupError):
            await write_and_fail()

        assert [] == await office.states()


class TestAnHourWithoutMailServer:
    async def test_delays_e_mails_and_loses_none(self, office: PostOffice) -> None:
        """They are tried again and again, for two days; then each arrives, once."""
        office.mailbox.conditions.set({"is_away": True})
        mails = await office.write("one", "two", "three")
        tries = next(n for n in range(len(SCHEDULE)) if hours(list(SCHEDULE[:n])) > 1)
        for _ in range(tries):
            await office.send_when_due(*mails)
        assert {"waiting"} == set(await office.states())

        office.mailbox.conditions.set({"is_away": False})
        await office.send_when_due(*mails)

        assert ["delivered"] * 3 == await office.states()
        assert 3 == len({one.header("Message-ID") for one in office.taken}) == len(office.taken)
        assert hours(list(SCHEDULE)) > 48

    async def test_that_became_three_days_ends_as_failed(self, office: PostOffice) -> None:
        """What nobody took for so long is left to a person."""
        office.mailbox.conditions.set({"is_away": True})
        [mail] = await office.write("one")

        for _ in range(len(SCHEDULE) + 1):
            await office.send_when_due(mail)

        assert ["failed"] == await office.states()


class TestAWorkerThatDies:
    """``kill -9`` of a process that was sending, at two moments that look alike from outside."""

    @pytest.mark.parametrize(
        ("kind", "operation", "then", "taken"),
        [
            ("timeout_before", "rcpt", "delivered", 1),
            ("timeout_before", "data", "unknown", 0),
            ("answer_held", "data", "unknown", 1),
        ],
    )
    async def test_leaves_an_e_mail_that_is_never_sent_twice(
        self, server: EmbeddedPostgres, kind: str, operation: str, then: str, taken: int
    ) -> None:
        """Before the text has gone another worker sends it; after that a person decides."""
        async with _office_of_processes(server) as (office, url):
            office.fail(kind, operation)
            [mail] = await office.write("one")
            sending = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "tests.kit.mail.post", url, str(office.mailbox.server.port), str(mail)),
            )
            await until(office.is_at(operation), deadline=_STARTS_WITHIN)
            sending.send_signal(signal.SIGKILL)
            await sending.wait()

            await office.fetch(_LEASES_END)
            async with office.database.unit_of_work(actor="test") as work:
                assert 1 == await enqueue_lost(work, CHANNEL)
            await office.send(mail)
            await office.send(mail)

            assert ([then], taken) == (await office.states(), len(office.taken))


@asynccontextmanager
async def _office_of_processes(
    server: EmbeddedPostgres,
) -> AsyncIterator[tuple[PostOffice, str]]:
    async with (
        fresh_database(server) as url,
        opened(url) as database,
        running_post_office(database) as office,
    ):
        yield office, url
