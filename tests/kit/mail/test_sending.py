"""Sending one e-mail, over a real socket, to a mail server that does whatever mail servers do."""

import asyncio
from email.message import EmailMessage
from typing import Any

import asyncpg
import pytest

from tests.hastening import let_pass
from tests.kit.mail.post import ANA, PostOffice, running_post_office
from tests.world import until
from tramita.kit.database.engine import Database
from tramita.kit.line import TransactionOpen
from tramita.kit.mail.channel import CHANNEL
from tramita.kit.mail.delivering import send
from tramita.kit.mail.postman import Postman
from tramita.kit.mail.settings import MailSettings, Security
from tramita.kit.outbox.channel import Channel
from tramita.kit.outbox.letters import Verdict
from tramita.kit.outbox.lifecycle import DeliveryTrigger


def fail_once(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """Have the database go away at this step of the channel, for a moment."""
    usual, failures = getattr(Channel, step), [asyncpg.ConnectionDoesNotExistError("closed")]

    async def go(*given: Any) -> Any:
        if failures:
            raise failures.pop()
        return await usual(*given)

    monkeypatch.setattr(Channel, step, go)


class TestAnEMail:
    async def test_arrives_in_both_forms_and_in_its_readers_language(
        self, office: PostOffice
    ) -> None:
        """HTML and plain text say the same, headers say who writes and that no person does."""
        [mail] = await office.write("one")

        await office.send(mail)

        [taken] = office.taken
        assert (ANA,) == taken.recipients
        assert taken.header("Subject").endswith("votre commande est confirmée")
        assert ("Tramita <no-reply@tramita.example>", ANA) == (
            taken.header("From"),
            taken.header("To"),
        )
        assert f"<{mail}@tramita.example>" == taken.header("Message-ID")
        assert ("fr-FR", "auto-generated") == (
            taken.header("Content-Language"),
            taken.header("Auto-Submitted"),
        )
        for form in ("html", "plain"):
            assert "Université de Saint-Exemple" in taken.body(form)
            assert "17 janv. 2027" in taken.body(form)
        assert ["delivered"] == await office.states()

    async def test_is_sent_once_by_many_at_the_same_moment(self, office: PostOffice) -> None:
        """Jobs may be repeated; e-mails are not."""
        [mail] = await office.write("one")

        await office.send(mail, mail, mail)
        await office.send(mail)

        assert 1 == len(office.taken)

    async def test_without_a_mail_server_waits_and_says_so(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Whoever has forgotten the setting reads its name in the log, long before e-mails fail."""

        async def nowhere() -> None:
            return None

        async def never() -> bool:
            raise AssertionError

        said = await Postman(MailSettings(), nowhere).send(EmailMessage(), never)

        assert Verdict.AGAIN is said.verdict
        assert "TRAMITA_MAIL_HOST" in caplog.text

    async def test_is_not_sent_within_a_transaction(self, office: PostOffice) -> None:
        """A slow mail server must hold no rows of ours."""
        [mail] = await office.write("one")

        async with office.database.unit_of_work(actor="test") as work:
            await work.fetch("SELECT 1")
            with pytest.raises(TransactionOpen):
                await send(office.runtime, mail)

    async def test_goes_to_one_mailbox_whatever_the_address_looks_like(
        self, office: PostOffice
    ) -> None:
        """An address with a comma in it is not two; one in another alphabet is one."""
        await office.send(*await office.write("one", to="a,b@campus.example"))
        await office.send(*await office.write("two", to="søren@campus.example"))

        assert [('"a,b"@campus.example',), ("søren@campus.example",)] == [
            one.recipients for one in office.taken
        ]

    async def test_whose_reader_was_erased_goes_nowhere(self, office: PostOffice) -> None:
        """It ends as refused, and the mail server hears nothing of it."""
        [mail] = await office.write("one")
        await office.fetch("UPDATE mails SET recipient = NULL, facts = NULL")

        await office.send(mail)

        assert (["refused"], []) == (await office.states(), office.taken)

    async def test_is_kept_encrypted(self, office: PostOffice) -> None:
        """Neither whom it goes to nor what it says can be read in the tables."""
        await office.write("one")

        [row] = await office.fetch("SELECT recipient, facts FROM mails")

        assert row["recipient"].startswith("enc1:")
        assert row["facts"].startswith("enc1:")


class TestAMailServer:
    @pytest.mark.parametrize(
        ("kind", "operation", "state", "taken"),
        [
            ("refuse_connection", "connect", "waiting", 0),
            ("smtp_421", "connect", "waiting", 0),
            ("smtp_550", "mail", "waiting", 0),
            ("smtp_450", "rcpt", "waiting", 0),
            ("smtp_550", "rcpt", "refused", 0),
            ("reset_before_effect", "rcpt", "waiting", 0),
            ("smtp_452", "data", "waiting", 0),
            ("smtp_554", "data", "refused", 0),
            ("reset_before_effect", "data", "unknown", 0),
            ("reset_after_effect", "data", "unknown", 1),
            ("html_error", "data", "unknown", 1),
        ],
    )
    async def test_that_fails_is_understood(
        self, office: PostOffice, kind: str, operation: str, state: str, taken: int
    ) -> None:
        """Before the text has gone it is tried again; after that silence is not a no."""
        office.fail(kind, operation)
        [mail] = await office.write("one")

        await office.send(mail)

        assert ([state], taken) == (await office.states(), len(office.taken))

        await office.send_when_due(mail)

        again = "delivered" if state == "waiting" else state
        assert ([again], max(taken, state == "waiting")) == (
            await office.states(),
            len(office.taken),
        )

    @pytest.mark.parametrize(
        ("operation", "state", "taken"), [("connect", "waiting", 0), ("data", "unknown", 1)]
    )
    async def test_that_says_nothing_is_not_waited_for(
        self, database: Database, operation: str, state: str, taken: int
    ) -> None:
        """The deadline ends an attempt, and where that was decides what it means."""
        async with running_post_office(database, deadline=60) as office:
            office.fail("answer_held", operation, arguments={"seconds": 3600.0})
            [mail] = await office.write("one")

            sending = asyncio.create_task(office.send(mail))
            await until(office.is_at(operation))
            let_pass(60)
            await sending

            assert ([state], taken) == (await office.states(), len(office.taken))

    async def test_that_is_slow_to_say_good_bye_has_taken_it(self, office: PostOffice) -> None:
        """What was answered before the deadline counts."""
        office.fail("latency", "data", arguments={"seconds": 0.2})
        [mail] = await office.write("one")

        await office.send(mail)

        assert (["delivered"], 1) == (await office.states(), len(office.taken))

    async def test_that_repeats_whom_it_refuses_tells_the_operator_no_address(
        self, office: PostOffice
    ) -> None:
        """What it answers is kept masked."""
        office.fail("smtp_550", "rcpt")

        await office.send(*await office.write("one"))

        attempt = await office.last_attempt()
        assert (550, "the mail server did not take it") == (attempt["status"], attempt["error"])
        assert ANA not in str(dict(attempt))

    async def test_is_given_at_most_ten_at_the_same_time(self, office: PostOffice) -> None:
        """Whoever writes many overruns nobody; all arrive."""
        mails = await office.write(*map(str, range(30)))
        office.fail("latency", "data", count=None, arguments={"seconds": 0.02})

        await office.send(*mails)
        while "waiting" in await office.states():
            await office.send_when_due(*mails)

        assert 30 == len({one.header("Message-ID") for one in office.taken}) == len(office.taken)
        assert office.mailbox.world.traffic.peak <= 10

    @pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
    async def test_without_tls_gets_nothing_where_tls_is_wanted(
        self, database: Database, security: Security
    ) -> None:
        """Neither the text nor the password goes in clear."""
        settings: dict[str, Any] = {"host": "127.0.0.1", "security": security, "deadline": 1.0}
        async with running_post_office(database, **settings) as office:
            await office.send(*await office.write("one"))

            assert (["waiting"], []) == (await office.states(), office.taken)


class TestOurDatabase:
    async def test_that_is_away_loses_nothing_that_was_answered(
        self, office: PostOffice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What the mail server has taken is known as taken when the database is back."""
        fail_once(monkeypatch, "_record_attempts")
        [mail] = await office.write("one")

        await office.send(mail)

        assert (["delivered"], 1) == (await office.states(), len(office.taken))

    async def test_that_goes_before_the_text_does_keeps_it_for_later(
        self, office: PostOffice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nothing has gone, and everybody knows it: no person has to decide."""
        fail_once(monkeypatch, "note_handing_over")
        [mail] = await office.write("one")

        await office.send(mail)

        assert (["waiting"], []) == (await office.states(), office.taken)
        assert "the database was away before it went" == (await office.last_attempt())["error"]
        await office.send_when_due(mail)
        assert (["delivered"], 1) == (await office.states(), len(office.taken))


class TestReplaying:
    async def test_sends_the_same_message_again(self, office: PostOffice) -> None:
        """Whoever decides that an unknown one did not arrive has it sent, under its own id."""
        office.fail("reset_after_effect", "data")
        [mail] = await office.write("one")
        await office.send(mail)

        async with office.database.unit_of_work(actor="test") as work:
            await CHANNEL.replay(work, mail)
        await office.send(mail)

        assert ["delivered"] == await office.states()
        assert 1 == len({one.header("Message-ID") for one in office.taken})
        assert (
            DeliveryTrigger.REPLAY
            == (await office.fetch("SELECT trigger FROM history WHERE subject_id = $1", mail))[-1][
                "trigger"
            ]
        )
