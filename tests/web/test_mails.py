"""E-mails over HTTP: what operators see of them, and how each looks in the demo."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
import pytest_asyncio

from tests.web.conftest import Site
from tramita.kit.identifiers import new_id
from tramita.kit.languages.catalogs import COMMON
from tramita.kit.mail.writing import NewMail, write_mails
from tramita.kit.settings import Mode
from tramita.orders.mails.kinds import INSTALLMENT_REMINDER, MAILS

pytestmark = pytest.mark.asyncio(loop_scope="module")

SIX = {
    "order_validated",
    "installment_paid",
    "installments_fully_paid",
    "installment_refused",
    "installment_reminder",
    "order_refunded",
}


@pytest_asyncio.fixture(loop_scope="module")
async def refused(site: Site) -> AsyncIterator[UUID]:
    """An e-mail that the mail server did not take for good."""
    subject = new_id()
    facts = INSTALLMENT_REMINDER.examples["usual"]
    mail = NewMail(INSTALLMENT_REMINDER, str(subject), subject, "ana@campus.example", "fr", facts)
    async with site.runtime.database.unit_of_work(actor="test") as work:
        await write_mails(work, [mail])
        [row] = await work.fetch(
            "UPDATE mail_deliveries SET state = 'refused', attempts = 1, tries = 1 "
            "WHERE mail_id = (SELECT id FROM mails WHERE subject_id = $1) RETURNING id",
            subject,
        )
        await work.fetch(
            "INSERT INTO mail_attempts VALUES ($1, 1, now(), NULL, 550, 'no', 'no such mailbox', 3)",
            row["id"],
        )
    yield row["id"]
    await site.runtime.database.fetch("DELETE FROM mails WHERE id = $1", row["id"])


class TestOperators:
    async def test_see_what_was_refused_and_why(self, site: Site, refused: UUID) -> None:
        """By its end, with every attempt, and nobody's whole address."""
        listed = await site.ask("GET", "/api/v1/mails?state=refused")
        shown = await site.ask("GET", f"/api/v1/mails/{refused}")

        assert [str(refused)] == [one["id"] for one in listed.body["items"]]
        [attempt] = shown.body["attempts"]
        assert (550, "no such mailbox") == (attempt["status"], attempt["answer"])
        assert "ana@campus.example" not in str(shown.body)
        assert "@campus.example" in shown.body["recipient"]

    async def test_send_again_what_has_ended_and_nothing_else(
        self, site: Site, refused: UUID
    ) -> None:
        """It waits anew; what waits already is left alone."""
        path = f"/api/v1/mails/{refused}/send-again"
        first, second = [await site.ask("POST", path) for _ in range(2)]

        assert (202, "waiting") == (first.status, first.body["state"])
        assert (409, "transition_not_allowed") == (second.status, second.body["code"])

    async def test_learn_that_there_is_no_such_e_mail(self, site: Site) -> None:
        """A stranger's is none either."""
        unknown = await site.ask("GET", f"/api/v1/mails/{new_id()}")

        assert (404, "mail_not_found") == (unknown.status, unknown.body["code"])


class TestTheDebugViews:
    async def test_show_every_e_mail_in_every_language_and_form(self, site: Site) -> None:
        """All six, in HTML that is a whole page and in text without a tag."""
        assert {kind.key for kind in MAILS} == SIX
        index = await site.ask("GET", "/__debug__/mail", authenticated=False)
        for kind in MAILS:
            for language in COMMON:
                path = f"/__debug__/mail/{kind.key}?language={language}"
                assert path.replace("&", "&amp;") in index.body
                html = await site.ask("GET", path, authenticated=False)
                text = await site.ask("GET", f"{path}&form=text", authenticated=False)

                assert (200, 200) == (html.status, text.status)
                assert f'lang="{language}"' in html.body
                assert "<!doctype html>" in html.body.lower()
                assert "sandbox" in html.headers["Content-Security-Policy"]
                assert "<" not in text.body
                assert ("Bonjour Ana" if language == "fr" else "Hello Ana") in text.body

    @pytest.mark.parametrize(
        "path",
        ["/nothing", "/order_validated?language=pt", "/order_validated?example=nothing"],
    )
    async def test_show_nothing_else(self, site: Site, path: str) -> None:
        """What is not there is 404."""
        assert 404 == (await site.ask("GET", f"/__debug__/mail{path}", authenticated=False)).status

    async def test_are_the_demos(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        """In production there is nothing at these addresses."""
        monkeypatch.setattr(site.runtime.settings, "mode", Mode.PRODUCTION)

        for path in ("", "/order_validated"):
            said = await site.ask("GET", f"/__debug__/mail{path}", authenticated=False)
            assert 404 == said.status
