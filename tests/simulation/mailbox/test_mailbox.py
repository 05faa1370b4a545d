"""The simulated mail server, as a client of another make meets it."""

import asyncio
import smtplib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.kept_simulators import SIMULATORS
from tramita.simulation.mailbox import make_simulator
from tramita.simulation.server import running_simulators
from tramita.simulation.settings import SimulatorSettings
from tramita.testing.control import VendorControl


@dataclass
class Postbox:
    """The server over HTTP, and a letter to give it over SMTP."""

    session: aiohttp.ClientSession
    control: VendorControl
    port: int

    async def give(self) -> Any:
        """Hand an e-mail over as Python's own client does; answers what it raised, if anything."""
        return await asyncio.to_thread(self._give)

    async def page(self, path: str) -> str:
        """What a browser gets."""
        async with self.session.get(path) as answer:
            assert 200 == answer.status
            return await answer.text()

    def _give(self) -> Exception | None:
        letter = EmailMessage()
        letter["From"], letter["To"] = "a@b.example", "ana@campus.example"
        letter["Subject"], letter["Message-ID"] = "Olá <b>", "<1@b.example>"
        letter.set_content("A line.\n.\n..and dots\n")
        letter.add_alternative("<p>A line.</p>", subtype="html")
        try:
            with smtplib.SMTP("127.0.0.1", self.port, timeout=60) as client:
                client.send_message(letter)
        except (smtplib.SMTPException, OSError) as error:
            return error
        return None


@pytest.fixture
async def postbox(tmp_path: Path) -> AsyncIterator[Postbox]:
    """A mail server behind real sockets."""
    simulator = SIMULATORS.make(make_simulator, SimulatorSettings(tmp_path))
    async with running_simulators([simulator]) as url, aiohttp.ClientSession(url) as session:
        async with session.get("/mailbox/smtp") as answer:
            port = (await answer.json())["port"]
        yield Postbox(session, VendorControl(session, "mailbox"), port)


class TestTheMailbox:
    async def test_shows_what_it_was_given(self, postbox: Postbox) -> None:
        """On its page, as its reader sees it, to programs, and in the ledger."""
        assert await postbox.give() is None

        page = await postbox.page("/mailbox/")
        assert "Olá &lt;b&gt;" in page
        assert "<p>A line.</p>" in await postbox.page("/mailbox/mails/1/html")
        async with postbox.session.get("/mailbox/mails?to=ana@campus.example") as answer:
            [mail] = (await answer.json())["items"]
        assert "A line.\n.\n..and dots\n" == mail["text"].replace("\r\n", "\n")
        assert ["ana@campus.example"] == [
            row["subject"] for row in await postbox.control.ledger("mail_taken")
        ]

    async def test_is_empty_again_when_it_is_begun_anew(self, postbox: Postbox) -> None:
        """Nothing of before is left, and it is there for whoever comes."""
        await postbox.control.act(is_away=True)
        assert await postbox.give() is not None
        async with postbox.session.post("/mailbox/__sim/reset", json={}) as answer:
            assert 200 == answer.status

        assert await postbox.give() is None
        assert "/mailbox/?mail=2" not in await postbox.page("/mailbox/")

    @pytest.mark.parametrize(
        ("kind", "operation", "raised", "kept"),
        [
            ("smtp_550", "rcpt", smtplib.SMTPRecipientsRefused, 0),
            ("smtp_450", "mail", smtplib.SMTPSenderRefused, 0),
            ("smtp_554", "data", smtplib.SMTPDataError, 0),
            ("smtp_421", "connect", smtplib.SMTPConnectError, 0),
            ("reset_after_effect", "data", smtplib.SMTPServerDisconnected, 1),
            ("reset_before_effect", "data", smtplib.SMTPServerDisconnected, 0),
        ],
    )
    async def test_fails_as_it_is_told(
        self, postbox: Postbox, kind: str, operation: str, raised: type[Exception], kept: int
    ) -> None:
        """At the step that was named, once, with or without having taken the e-mail."""
        await postbox.control.fail(kind, operation=operation)

        assert raised is type(await postbox.give())
        assert kept == len(await postbox.control.ledger("mail_taken"))
        assert await postbox.give() is None
