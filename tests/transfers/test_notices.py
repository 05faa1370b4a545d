"""What 1C tells of its own accord: each message has its effect once, and is kept."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from tests.console.visitor import PASSWORD, Visitor, visiting
from tests.locks import until_waiting
from tests.transfers.desk import Desk, open_desk
from tests.transfers.house import AGENT_NAME, MASTER
from tests.transfers.telling import BASIC, PDF, conditions, document, number, tell, tell_form
from tramita.chats.ports import Chat, ChatType
from tramita.chats.registry import add_chats, bind, find_chat, note_looks
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.service import create_account
from tramita.kit.database.work import UnitOfWork
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.files import digest_of
from tramita.kit.identifiers import new_id
from tramita.transfers.acts import SEND
from tramita.transfers.documents import (
    DocumentKind,
    NewDocument,
    add_document,
)
from tramita.transfers.journey.look_there import ask_whether_there
from tramita.transfers.lifecycle import ApplicationTrigger
from tramita.transfers.notices.hearing import Told, hear
from tramita.transfers.office.loading import load_sendings
from tramita.transfers.office.queries import list_gaps
from tramita.transfers.office.standing import OnecState
from tramita.transfers.rows import lock_application

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Desk]:
    """A desk for all tests of a module."""
    async with open_desk(server, tmp_path_factory.mktemp("desk")) as desk:
        yield desk


async def kept(desk: Desk, message_no: int) -> dict[str, Any]:
    """A message as it is kept."""
    rows = await desk.world.fetch(
        "SELECT state, kind, tries FROM office_messages WHERE direction = 'in' AND message_no = $1",
        message_no,
    )
    return dict(rows[0]) if rows else {}


class TestConditions:
    async def test_are_accepted_by_themselves(self, desk: Desk) -> None:
        """The form is closed from then on."""
        made = await desk.at_onec()

        status, said = await tell(desk, "conditions", made.id, conditions(made))

        assert (200, "auto_accepted") == (status, said["state"])
        assert "offer_accepted" == (await desk.application(made.id)).state

    async def test_that_come_again_are_the_same(self, desk: Desk) -> None:
        """The same number, the same answer, and one offer."""
        made = await desk.at_onec()
        told = conditions(made)

        first = await tell(desk, "conditions", made.id, told)
        again = await tell(desk, "conditions", made.id, told)

        assert first == again
        assert 200 == first[0]
        assert {"state": "applied", "kind": "conditions", "tries": 2} == await kept(
            desk, told["message_no"]
        )

    async def test_under_a_number_of_others_are_refused(self, desk: Desk) -> None:
        """A number names one message."""
        made = await desk.at_onec()
        told = conditions(made)
        await tell(desk, "conditions", made.id, told)

        status, said = await tell(desk, "conditions", made.id, told | {"rate": "12"})

        assert (409, "message_number_reused") == (status, said["code"])

    async def test_of_an_older_form_are_refused_and_kept(self, desk: Desk) -> None:
        """They may come again under their number, and better."""
        made = await desk.at_onec()
        told = conditions(made, revision=made.revision + 1)

        status, said = await tell(desk, "conditions", made.id, told)

        assert (409, "stale_revision") == (status, said["code"])
        assert "rejected" == (await kept(desk, told["message_no"]))["state"]
        mended = told | {"revision": made.revision}
        status, said = await tell(desk, "conditions", made.id, mended)
        assert (200, "auto_accepted") == (status, said["state"])
        assert "applied" == (await kept(desk, told["message_no"]))["state"]

    async def test_that_are_heard_while_newer_ones_are_change_nothing(self, desk: Desk) -> None:
        """Whoever has the lower number waits until it is known that there is a higher one."""
        made = await desk.at_onec()
        older, newer = (
            Told(MASTER, "onec:test", "conditions", str(made.id), number(), b"{}") for _ in range(2)
        )
        begun, may_end = asyncio.Event(), asyncio.Event()

        async def take(work: UnitOfWork) -> dict[str, Any]:
            await lock_application(work, made.id)
            begun.set()
            await may_end.wait()
            return {}

        first = asyncio.create_task(hear(desk.world.runtime, newer, take))
        await begun.wait()
        second = asyncio.create_task(hear(desk.world.runtime, older, take))
        await until_waiting(desk.house.database)
        may_end.set()

        assert {} == await first
        assert {"ignored": True, "newer_message_no": newer.message_no} == await second

    async def test_that_come_after_newer_ones_change_nothing(self, desk: Desk) -> None:
        """Whatever comes first."""
        made = await desk.at_onec()
        older, newer = number(), number()
        await tell(desk, "conditions", made.id, conditions(made, newer))

        status, said = await tell(desk, "conditions", made.id, conditions(made, older, rate="99"))

        assert (200, {"ignored": True, "newer_message_no": newer}) == (status, said)
        assert "ignored" == (await kept(desk, older))["state"]

    @pytest.mark.parametrize(
        ("wrong", "code"),
        [
            ({"payout_currency": "EUR"}, "wrong_currency"),
            ({"commission_percent": "-1"}, "invalid_commission"),
            ({"rate": "0.12345678901234567"}, "invalid_rate"),
            ({"rate": None}, "missing"),
            ({"agent_id": "9f5c1f5e-8d4a-4b8e-9d5e-3f6f1f0c8e11"}, "wrong_agent"),
        ],
    )
    async def test_that_cannot_be_are_told_by_field(
        self, desk: Desk, wrong: dict[str, Any], code: str
    ) -> None:
        """Nothing of them is taken."""
        made = await desk.at_onec()

        status, said = await tell(desk, "conditions", made.id, conditions(made, **wrong))

        assert 422 == status
        assert code in {one["code"] for one in said["errors"]}
        assert "new_in_house" == (await desk.application(made.id)).state

    @pytest.mark.parametrize("writes", ["utf-8-sig", "windows-1251"])
    async def test_are_read_however_1c_writes(self, desk: Desk, writes: str) -> None:
        """With a BOM or in Cyrillic, with commas, blanks and empty dates."""
        made = await desk.at_onec()
        told = conditions(
            made,
            payer_amount="142\u00a0734,38",
            commission_percent="1,5",
            valid_until="0001-01-01T00:00:00",
        )
        body = json.dumps(told, ensure_ascii=False).encode(writes)

        status, said = await tell(desk, "conditions", made.id, body)

        assert (200, "auto_accepted") == (status, said.get("state"))

    async def test_of_nobodys_application_are_refused_and_kept(self, desk: Desk) -> None:
        """A stranger's id, and a word that is none."""
        made = await desk.at_onec()
        for id_ in (new_id(), "no-such-thing"):
            told = conditions(made)

            status, said = await tell(desk, "conditions", id_, told)

            assert (404, "application_not_found") == (status, said["code"])
            assert "rejected" == (await kept(desk, told["message_no"]))["state"]

    @pytest.mark.parametrize(
        "body",
        [b"", b"{", b"[]", b'{"message_no": "x"}', "Счёт".encode().decode("cp1251").encode()],
    )
    async def test_that_cannot_be_read_are_told_so(self, desk: Desk, body: bytes) -> None:
        """By one code."""
        status, said = await tell(desk, "conditions", new_id(), body)

        assert (400, "office_message_unreadable") == (status, said["code"])


class TestStatus:
    async def test_moves_an_application_and_its_money(self, desk: Desk) -> None:
        """Work that began before there are conditions is caught up with."""
        made = await desk.at_onec()

        def said(**more: Any) -> dict[str, Any]:
            return {"message_no": number(), "operator": "Ольга", **more}

        early = await tell(desk, "status", made.id, said(status="in_work"))
        await tell(desk, "conditions", made.id, conditions(made))
        paid = await tell(desk, "status", made.id, said(payment_status="funds_received"))
        wrong = await tell(desk, "status", made.id, said(status="draft"))

        assert (200, "new_in_house") == (early[0], early[1]["state"])
        assert (200, {"state": "in_work", "payment_status": "funds_received"}) == paid
        assert (409, "invalid_transition") == (wrong[0], wrong[1]["code"])


class TestDocuments:
    async def test_come_as_json_or_as_a_form(self, desk: Desk) -> None:
        """The same document twice is one."""
        made = await desk.at_onec()
        first = await tell(desk, "documents", made.id, document())
        again = await tell_form(desk, made.id)

        assert 201 == first[0], first
        assert first == again

    @pytest.mark.parametrize(
        ("content", "more", "status", "code"),
        [
            (b"", {}, 422, "empty"),
            (PDF, {"sha256": "0" * 64}, 422, "mismatch"),
            (PDF, {"kind": "love_letter"}, 422, "unknown_kind"),
            (b"MZ\x90\x00\x03" + PDF, {}, 415, "type_not_allowed"),
        ],
    )
    async def test_that_are_none_are_refused(
        self, desk: Desk, content: bytes, more: dict[str, Any], status: int, code: str
    ) -> None:
        """Whatever they are called."""
        made = await desk.at_onec()
        told = document(content, **more)

        found, said = await tell(desk, "documents", made.id, told)

        codes = {one["code"] for one in said.get("errors", ())} | {said["code"]}
        assert (status, True) == (found, code in codes)
        assert "rejected" == (await kept(desk, told["message_no"]))["state"]

    async def test_are_called_without_folders(self, desk: Desk) -> None:
        """Nor by what turns a text around."""
        made = await desk.at_onec()
        _, said = await tell(desk, "documents", made.id, document(name="../../Счёт/\u202e№ 17.pdf"))

        assert "№ 17.pdf" == said["name"]


class TestFiles:
    async def test_of_people_are_told_of_and_fetched(self, desk: Desk) -> None:
        """By the address that stands in the application, and nobody else's."""
        draft = await desk.house.draft()
        stored = await desk.world.runtime.files.put(PDF)
        new = NewDocument(DocumentKind.INVOICE, "invoice.pdf", stored, await digest_of(PDF))
        async with desk.house.acting(desk.house.as_agent) as work:
            document, _ = await add_document(work, draft.id, new, desk.house.as_agent)
        async with desk.world.database.unit_of_work(actor="test") as work:
            sendings = await load_sendings(work, SEND, [draft.id])
        [told] = sendings[draft.id].application.files
        other = await desk.house.draft()
        strange = told.url.replace(str(draft.id), str(other.id))
        found = []
        async with aiohttp.ClientSession(desk.world.url) as onec:
            for url, shown in ((told.url, BASIC), (strange, BASIC), (told.url, "")):
                async with onec.get(url, headers={"authorization": shown}) as answer:
                    found.append((answer.status, await answer.read()))

        assert (str(document.id), hashlib.sha256(PDF).hexdigest()) == (told.id, told.sha256)
        assert (200, PDF) == found[0]
        assert [404, 401] == [status for status, _ in found[1:]]


class TestWhatIsSent:
    async def test_names_the_chat_and_the_agent(self, desk: Desk) -> None:
        """As people there know them."""
        async with desk.world.database.unit_of_work(actor="test") as work:
            shown = Chat(-77, ChatType.GROUP, "Станкоимпорт")
            await add_chats(work, "telegram", {-77: shown})
            chat = await find_chat(work, -77)
            assert chat is not None
            await bind(work, chat.id, MASTER, 4711)
            await note_looks(work, {chat.id: shown})
        draft = await desk.house.draft(chat_id=chat.id)
        async with desk.world.database.unit_of_work(actor="test") as work:
            sendings = await load_sendings(work, SEND, [draft.id])

        sent = sendings[draft.id].application
        assert ("Станкоимпорт", AGENT_NAME) == (sent.chat, sent.agent)


class TestTheExchange:
    async def test_shows_what_was_refused_and_hears_it_again(self, desk: Desk) -> None:
        """By a person's hand, when what was against it is mended."""
        made = await desk.house.draft()
        told = conditions(made)
        status, _ = await tell(desk, "conditions", made.id, told)
        assert 409 == status
        async with signed_in(desk) as ana:
            page = await ana.get("/console/exchange?standing=rejected")
            path = await _path_of(desk, told["message_no"])
            shown = await ana.get(path)
            form = {"csrf_token": page.csrf_token}
            refused = await ana.post(path, form)
            await desk.house.move(made.id, ApplicationTrigger.CHECK)
            heard = await ana.post(path, form)
            again = await ana.post(path, form)

        assert f"number {told['message_no']}" in page.text
        assert "terms_text" in shown.text
        assert [409, 303, 409] == [refused.status, heard.status, again.status]
        assert "offer_accepted" == (await desk.application(made.id)).state

    async def test_shows_numbers_that_never_came(self, desk: Desk) -> None:
        """Between those that did."""
        made = await desk.at_onec()
        first, missing, last = number(), number(), number()
        for message_no in (first, last):
            await tell(desk, "status", made.id, {"message_no": message_no, "status": "in_work"})

        async with desk.world.database.unit_of_work(actor="test") as work:
            gaps = await list_gaps(work)

        assert (missing, missing) in {(one.first, one.last) for one in gaps}

    async def test_has_what_is_lost_sent_again(self, desk: Desk) -> None:
        """By a button, once."""
        made = await desk.at_onec()
        await desk.onec.operate("delete", external_id=str(made.id))
        await ask_whether_there(desk.world.runtime, [made.id])
        async with signed_in(desk) as ana:
            page = await ana.get("/console/exchange")
            form = {"csrf_token": page.csrf_token}
            path = f"/console/exchange/lost/{made.id}"
            done, again = await ana.post(path, form), await ana.post(path, form)

        assert f"{made.id}" in page.text
        assert [303, 409] == [done.status, again.status]
        await desk.until_stands(made.id, OnecState.ACKED)


@asynccontextmanager
async def signed_in(desk: Desk) -> AsyncIterator[Visitor]:
    """A browser in which somebody of the house has signed in."""
    email = f"{new_id()}@example.com"
    async with desk.world.database.unit_of_work(actor="test") as work:
        await create_account(work, email, PASSWORD, Role.OPERATOR)
    async with visiting(desk.world.url) as visitor:
        assert 303 == (await visitor.sign_in(email)).status
        yield visitor


async def _path_of(desk: Desk, message_no: int) -> str:
    [row] = await desk.world.fetch(
        "SELECT id FROM office_messages WHERE direction = 'in' AND message_no = $1", message_no
    )
    return f"/console/exchange/{row['id']}"
