"""What those see and do who work on a chat's application, and its client by no door: whose it is, and notes."""

import html
import itertools
import re
from datetime import timedelta
from uuid import UUID

import pytest

from tests.transfers.house import FIELDS, MASTER, OTHER
from tests.transfers.pricing import price
from tests.transfers.webapp.lobby import (
    AGENT,
    APPLICATION,
    CLIENT,
    MANAGER,
    Lobby,
    Room,
    Visitor,
)
from tests.transfers.webapp.test_doors import MESSAGES, accepted, application_of, filled
from tramita.chats.ports import Membership
from tramita.transfers.agents import NewAgent, add_agent, change_agent
from tramita.transfers.lifecycle import ApplicationTrigger
from tramita.transfers.model import AgentRole
from tramita.transfers.notes import add_note
from tramita.transfers.rules.roles import Role
from tramita.transfers.service import HANDED_OVER
from tramita.transfers.who import Who

pytestmark = pytest.mark.asyncio(loop_scope="module")

HAND_OVER, NOTES = f"{APPLICATION}/agent", "/chats/current/notes"
STATUS = f"{APPLICATION}/status"
RU = {"Accept-Language": "ru"}
SECRET = "Просит скидку: ниже 1,5 % не давать"
_numbers = itertools.count(4720)


async def colleague(
    lobby: Lobby, name: str = "Вера Штольц", tenant: str = MASTER, role: AgentRole = AgentRole.AGENT
) -> tuple[UUID, int]:
    """One more agent, by id and Telegram id."""
    number = next(_numbers)
    async with lobby.house.database.unit_of_work() as work:
        made = await add_agent(work, NewAgent(tenant, name, number, role))
    return made.id, number


async def hand_over(visitor: Visitor, agent: object) -> tuple[int, str | None]:
    """Try it: the status, and as what it is refused."""
    said = await visitor.ask("POST", HAND_OVER, json={"agent_id": str(agent)}, headers=RU)
    return said.status, said.body.get("code")


async def audited(lobby: Lobby, application_id: UUID) -> list[tuple[str, str, str]]:
    """Who has handed an application over, from whom and to whom."""
    async with lobby.house.database.reading() as work:
        rows = await work.fetch(
            "SELECT actor, details ->> 'former' AS former, details ->> 'agent' AS agent FROM audit "
            "WHERE action = $1 AND subject_id = $2 ORDER BY id",
            HANDED_OVER,
            str(application_id),
        )
    return [(row["actor"], row["former"], row["agent"]) for row in rows]


class TestHandingOver:
    async def test_is_the_leads_alone(self, lobby: Lobby) -> None:
        """Neither the client's nor the agent's, nor that of another tenant's manager, in the chat or outside of it."""
        vera, _ = await colleague(lobby)
        _, stranger = await colleague(lobby, "Чужой", OTHER, AgentRole.MANAGER)
        room, client = await filled(lobby)
        await lobby.rank(room.id, stranger, Membership.MEMBER)
        inside, outside = await lobby.visit(room, stranger), await lobby.room()
        far = await lobby.visit(outside, MANAGER)

        refused = [
            await hand_over(one, vera) for one in (client, await lobby.visit(room, AGENT), inside)
        ]
        elsewhere = await far.ask(
            "POST", f"/chats/{room.number}/application/agent", json={"agent_id": str(vera)}
        )

        assert [(403, "role_forbidden")] * 3 == refused
        assert (403, "chat_mismatch") == (elsewhere.status, elsewhere.body["code"])
        found = await application_of(lobby, room)
        assert lobby.house.agent == found.agent_id
        assert (200, None) == await hand_over(await lobby.visit(room, MANAGER), vera)

    async def test_lets_the_new_agent_in_and_the_former_one_out(self, lobby: Lobby) -> None:
        """At once, and once: who did it stands in the audit."""
        vera, number = await colleague(lobby)
        room, _ = await filled(lobby)
        found = await application_of(lobby, room)
        former, lead = await lobby.visit(room, AGENT), await lobby.visit(room, MANAGER)
        assert "wrong_agent" == (await lobby.open(room, number)).body["code"]

        done = await lead.ask("POST", HAND_OVER, json={"agent_id": str(vera)})
        again = await lead.ask("POST", HAND_OVER, json={"agent_id": str(vera)})

        assert (200, 200) == (done.status, again.status)
        assert "hand_over" in done.body["allowed_actions"]
        assert found.version + 1 == done.body["version"] == again.body["version"]
        assert "wrong_agent" == (await former.ask("GET", APPLICATION)).body["code"]
        taken = await lobby.visit(room, number)
        assert "check" in (await taken.ask("GET", APPLICATION)).body["allowed_actions"]
        expected = [("telegram:4712", str(lobby.house.agent), str(vera))]
        assert expected == await audited(lobby, found.id)

    async def test_is_not_to_somebody_who_may_not(self, lobby: Lobby) -> None:
        """Unknown, another tenant's, or off the list: it is told in words, and nobody is shut out."""
        vera, _ = await colleague(lobby)
        async with lobby.house.database.unit_of_work() as work:
            await change_agent(work, vera, is_active=False)
        room, _ = await filled(lobby)
        lead = await lobby.visit(room, MANAGER)

        refused = [
            await hand_over(lead, one)
            for one in (vera, lobby.house.stranger, (await application_of(lobby, room)).id)
        ]

        assert [(409, "agent_unavailable")] * 3 == refused
        said = await lead.ask("POST", HAND_OVER, json={"agent_id": str(vera)}, headers=RU)
        assert "нет в списке" in said.body["message"]
        assert 422 == (await lead.ask("POST", HAND_OVER, json={"agent_id": "x"})).status
        assert lobby.house.agent == (await application_of(lobby, room)).agent_id

    async def test_ends_with_acceptance(self, lobby: Lobby) -> None:
        """What is accepted is of the agent who was named then."""
        room, _, _ = await accepted(lobby)
        lead = await lobby.visit(room, MANAGER)

        assert (409, "read_only") == await hand_over(lead, lobby.house.lead)
        assert "hand_over" not in (await lead.ask("GET", APPLICATION)).body["allowed_actions"]
        assert 'id="taker"' not in (await lead.look()).body

    async def test_needs_an_opening_that_is_fresh(self, lobby: Lobby) -> None:
        """As every other step."""
        room, _ = await filled(lobby)
        lead = await lobby.visit(room, MANAGER, age=timedelta(hours=2))

        assert (401, "init_data_expired") == await hand_over(lead, lobby.house.lead)

    async def test_is_undone_by_the_lead_who_took_it(self, lobby: Lobby) -> None:
        """Whoever takes it over stays a manager, and can hand it on."""
        room, _ = await filled(lobby)
        lead = await lobby.visit(room, MANAGER)

        to_themselves = await hand_over(lead, lobby.house.lead)
        back = await hand_over(lead, lobby.house.agent)

        assert [(200, None)] * 2 == [to_themselves, back]
        assert lobby.house.agent == (await application_of(lobby, room)).agent_id

    async def test_helps_where_the_agent_is_off_the_list(self, lobby: Lobby) -> None:
        """Until then nobody can check it; the manager is told why, and goes on with another."""
        vera, number = await colleague(lobby)
        gone, their = await colleague(lobby, "Ушедший")
        room = await lobby.room(added_by=their)
        client = await lobby.visit(room)
        await client.ask("POST", APPLICATION, json=FIELDS)
        await lobby.house.bring_invoice((await application_of(lobby, room)).id)
        async with lobby.house.database.unit_of_work() as work:
            await change_agent(work, gone, is_active=False)
        lead = await lobby.visit(room, MANAGER)

        check = {"axis": "application", "to": "new_in_house"}
        stuck = await lead.ask("POST", STATUS, json=check)
        page = (await lead.look()).body
        assert (200, None) == await hand_over(lead, vera)
        checked = await lead.ask("POST", STATUS, json=check)

        assert (409, "agent_unavailable") == (stuck.status, stuck.body["code"])
        assert 'class="stamp refused"' in page
        assert 200 == checked.status
        assert 200 == (await (await lobby.visit(room, number)).ask("GET", APPLICATION)).status

    async def test_takes_the_client_along(self, lobby: Lobby) -> None:
        """What the chat asks for next is of whoever had its last application, and they see how that ended."""
        vera, number = await colleague(lobby)
        room, client = await filled(lobby)
        found = await application_of(lobby, room)
        await hand_over(await lobby.visit(room, MANAGER), vera)
        await lobby.house.move(found.id, ApplicationTrigger.CANCEL)

        taken = await lobby.visit(room, number)
        page = await taken.look(former=found.id)
        await client.ask("POST", APPLICATION, json={})

        assert 200 == page.status
        assert vera == (await application_of(lobby, room)).agent_id

    async def test_is_offered_to_leads_alone(self, lobby: Lobby) -> None:
        """With those who may take it over, and what is asked before."""
        vera, _ = await colleague(lobby, "Вера <b>")
        room, client = await filled(lobby)

        pages = [
            (await one.look()).body
            for one in (client, await lobby.visit(room, AGENT), await lobby.visit(room, MANAGER))
        ]

        assert [False, False, True] == ['id="taker"' in page for page in pages]
        assert f'value="{vera}"' in pages[2]
        assert f'value="{lobby.house.agent}"' not in pages[2]
        assert "Вера &lt;b&gt;" in pages[2]
        assert "Анна Круглова" not in pages[0]


class TestNotes:
    async def test_are_for_those_who_work_on_it(self, lobby: Lobby) -> None:
        """Agent and manager read and write them, each with a name and a time."""
        room, _ = await filled(lobby)
        agent, lead = await lobby.visit(room, AGENT), await lobby.visit(room, MANAGER)

        written = await agent.ask("POST", NOTES, json={"text": SECRET})
        await lead.ask("POST", NOTES, json={"text": "Согласовано"})

        assert (201, SECRET, "telegram:4711") == (
            written.status,
            written.body["text"],
            written.body["actor"],
        )
        listed = (await lead.ask("GET", NOTES)).body["items"]
        assert [SECRET, "Согласовано"] == [one["text"] for one in listed]
        page = (await lead.look()).body
        assert page.index(SECRET) < page.index("Согласовано")
        assert "Анна Круглова" in page
        assert {422} == {
            (await agent.ask("POST", NOTES, json={"text": text})).status for text in ("", "  ")
        }

    async def test_of_the_house_name_nobody(self, lobby: Lobby) -> None:
        """Whose e-mail address it is stays inside the house."""
        room, _ = await filled(lobby)
        found = await application_of(lobby, room)
        who = Who(Role.PLATFORM_ADMIN, "user:ana@example.com")
        async with lobby.house.acting(who) as work:
            await add_note(work, found.id, "Проверено", who)
        lead = await lobby.visit(room, MANAGER)

        listed, page = (await lead.ask("GET", NOTES)).body["items"], (await lead.look()).body

        assert [("operator", "Проверено")] == [(one["actor"], one["text"]) for one in listed]
        assert "ana@example.com" not in page
        assert "Проверено" in page

    async def test_reach_a_client_by_no_door(self, lobby: Lobby) -> None:
        """Neither the API nor a page, of the application or a former one, the live line, or the chat itself."""
        room, client = await filled(lobby)
        found = await application_of(lobby, room)
        agent = await lobby.visit(room, AGENT)
        before = (await client.look()).body
        async with client.follow() as socket:
            await agent.ask("POST", NOTES, json={"text": SECRET})
            assert {"type": "CHANGED"} == await socket.receive_json(timeout=60)

        refused = [
            await client.ask("GET", NOTES),
            await client.ask("POST", NOTES, json={"text": "x"}),
            await client.ask("GET", f"/chats/{room.number}/notes"),
        ]
        assert [(403, "role_forbidden")] * 3 == [(one.status, one.body["code"]) for one in refused]
        assert 401 == (await (await lobby.bot()).ask("GET", NOTES)).status
        assert before == (await client.look()).body
        seen = await client.ask("GET", f"{APPLICATION}?include=offer,documents,messages_count")
        talk = [await (await lobby.visit(room, AGENT)).ask("GET", MESSAGES)]
        async with lobby.house.database.reading() as work:
            sends = await work.fetch("SELECT * FROM chat_sends WHERE chat_id = $1", room.id)
        said = [(await client.ask("GET", f"/users/{CLIENT}")).body, seen.body, talk[0].body]
        assert SECRET not in f"{said} {[dict(row) for row in sends]}"
        await lobby.house.move(found.id, ApplicationTrigger.CANCEL)
        former = [(await one.look(former=found.id)).body for one in (client, agent)]
        assert [False, True] == [SECRET in page for page in former]

    async def test_of_another_chat_are_nobodys(self, lobby: Lobby) -> None:
        """A manager writes where they have opened it."""
        room, _ = await filled(lobby)
        elsewhere = await lobby.visit(await lobby.room(), MANAGER)

        for method in ("GET", "POST"):
            said = await elsewhere.ask(method, f"/chats/{room.number}/notes", json={"text": "x"})
            assert (403, "chat_mismatch") == (said.status, said.body["code"])


def happened(page: str) -> list[tuple[str, str]]:
    """What a page says has happened, the newest first: who, where it is told, and what."""
    _, _, rest = page.partition('id="part-history"')
    items = rest.partition("</ol>")[0].split('<span class="when">')[1:]
    told = []
    for one in items:
        head, _, body = one.partition("</span>")
        what = re.sub(r"<[^>]+>", " ", body.partition("</li>")[0])
        told.append(
            (html.unescape(head.partition(" · ")[2]), html.unescape(" ".join(what.split())))
        )
    return told


async def edits(visitor: Visitor, **changes: object) -> None:
    """Write into the form."""
    said = await visitor.ask("PATCH", APPLICATION, json=changes, headers={"If-Match": "*"})
    assert 200 == said.status, said


async def moves(visitor: Visitor, axis: str, to: str, reason: str | None = None) -> None:
    """Take a step."""
    body = {"axis": axis, "to": to, "reason": reason}
    said = await visitor.ask("POST", STATUS, json=body)
    assert 200 == said.status, said


async def lived(lobby: Lobby) -> tuple[Room, Visitor, Visitor]:
    """An application in work, to which everybody has done something; its client and its agent."""
    room, client = await filled(lobby)
    agent = await lobby.visit(room, AGENT)
    for contact in ("+7 495 500-55-51", "+7 495 500-55-52"):
        await edits(client, payer={"contact": contact})
    await edits(client, purpose={"text": "PAYMENT FOR TOOLS"})
    await moves(client, "application", "submitted")
    await moves(agent, "application", "draft", "Не тот ИНН")
    await edits(agent, payer={"contact": "+7 495 500-55-53"})
    await moves(client, "application", "submitted")
    await agent.ask("POST", NOTES, json={"text": SECRET})
    found = await application_of(lobby, room)
    await lobby.house.move(found.id, ApplicationTrigger.CHECK)
    await price(lobby.house, await application_of(lobby, room))
    await moves(agent, "payment", "client_sent", "Клиент звонил")
    return room, client, agent


class TestHistory:
    async def test_of_a_client_is_what_they_did_and_were_told(self, lobby: Lobby) -> None:
        """No name of anybody, no reason that was not theirs, nothing that others filled in."""
        _, client, _ = await lived(lobby)

        told = happened((await client.look()).body)

        assert [
            ("", "Платёж отправлен клиентом"),
            ("", "Условия приняты"),
            ("", "Проверена, готовим условия"),
            ("", "Документ: Инвойс"),
            ("вы", "Отправлена на проверку"),
            ("", "Возвращена на исправление"),
            ("вы", "Отправлена на проверку"),
            ("вы", "Заполнено: Назначение платежа, Плательщик"),
            ("вы", "Заявка начата"),
        ] == told

    async def test_of_those_who_work_on_it_says_who_and_why(self, lobby: Lobby) -> None:
        """By name; a client is a client."""
        room, _, agent = await lived(lobby)
        lead = await lobby.visit(room, MANAGER)

        mine, managers = [happened((await one.look()).body) for one in (agent, lead)]

        assert ("вы", "Платёж отправлен клиентом Клиент звонил") == mine[0]
        assert ("Анна Круглова", "Платёж отправлен клиентом Клиент звонил") == managers[0]
        assert ("Ольга Сергеевна в 1С", "Условия приняты") == managers[1]
        assert ("Анна Круглова", "Возвращена на исправление Не тот ИНН") in managers
        assert ("Анна Круглова", "Заполнено: Плательщик") in managers
        assert ("клиент", "Отправлена на проверку") in managers
        assert len(mine) == len(managers) == 10

    async def test_names_a_new_agent_to_colleagues_alone(self, lobby: Lobby) -> None:
        """To whom it was handed over, the client's page does not say."""
        vera, _ = await colleague(lobby)
        room, client = await filled(lobby)
        lead = await lobby.visit(room, MANAGER)
        await hand_over(lead, vera)

        pages = [(await one.look()).body for one in (client, lead)]

        assert ("вы", "Передана агенту: Вера Штольц") == happened(pages[1])[0]
        assert [("вы", "Заявка начата")] == happened(pages[0])
        assert "Штольц" not in pages[0]

    async def test_says_why_it_is_over(self, lobby: Lobby) -> None:
        """To everybody: it is the last thing that they are told."""
        room, client = await filled(lobby)
        found = await application_of(lobby, room)
        lead = await lobby.visit(room, MANAGER)
        await moves(lead, "application", "cancelled", "Банк отказал")

        pages = [(await one.look(former=found.id)).body for one in (client, lead)]

        assert [("", "Отменено Банк отказал"), ("вы", "Отменено Банк отказал")] == [
            happened(page)[0] for page in pages
        ]

    async def test_is_not_told_of_another_clients_words(self, lobby: Lobby) -> None:
        """Two clients of one chat: what one has filled in is theirs alone."""
        room, client = await filled(lobby)
        await lobby.rank(room.id, CLIENT + 1, Membership.MEMBER)
        other = await lobby.visit(room, CLIENT + 1)
        await edits(other, payer={"contact": "+7 495 500-55-54"})

        seen, theirs = [happened((await one.look()).body) for one in (client, other)]

        assert [("вы", "Заявка начата")] == seen
        assert [("вы", "Заполнено: Плательщик"), ("", "Заявка начата")] == theirs
