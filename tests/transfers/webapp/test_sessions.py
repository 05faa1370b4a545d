"""Who is let into the Mini App, for how long, and as whom."""

from datetime import timedelta

import pytest

from tests.transfers.house import MASTER, OTHER
from tests.transfers.webapp.lobby import AGENT, APPLICATION, BROWSER, CLIENT, MANAGER, Lobby, sign
from tramita.chats.ports import Membership
from tramita.chats.registry import rotate_token
from tramita.transfers.agents import NewAgent, add_agent, change_agent
from tramita.transfers.model import AgentRole

pytestmark = pytest.mark.asyncio(loop_scope="module")

STRANGER = 777
HOURS = timedelta(hours=1)


class TestOpening:
    @pytest.mark.parametrize(
        ("person", "role"), [(CLIENT, "client"), (AGENT, "agent"), (MANAGER, "manager")]
    )
    async def test_makes_a_session_of_the_chat(self, lobby: Lobby, person: int, role: str) -> None:
        """Everybody is who they are there: agents by the list, everybody else as a client."""
        begun = await lobby.open(await lobby.room(), person)

        assert 201 == begun.status
        told = begun.body
        assert ("Bearer", 900) == (told["token_type"], told["idle_seconds"])
        assert (person, "Иван Петров", role) == (
            told["user"]["telegram_id"],
            told["user"]["display_name"],
            told["user"]["role"],
        )
        assert {"id": "paybridge", "is_master": True}.items() <= told["user"]["tenant"].items()
        assert {"lang": "ru", "theme": "telegram", "notifications": "chat"} == told["user"][
            "settings"
        ]
        assert (person != CLIENT) == bool(told["user"]["agent_id"])
        assert ["create"] == told["user"]["rights"]

    @pytest.mark.parametrize(
        ("shown", "code"),
        [
            ("", "init_data_invalid"),
            ("tma ", "init_data_invalid"),
            ("tma user=1&hash=0", "init_data_invalid"),
            ("Bearer abc", "init_data_invalid"),
            ("tma \xff\xfe", "init_data_invalid"),
        ],
    )
    async def test_wants_what_telegram_signs(self, lobby: Lobby, shown: str, code: str) -> None:
        """Anything else is nobody's."""
        headers = {"Authorization": shown} if shown else {}
        path = "/api/webapp/v1/session"
        said = await lobby.site.ask("POST", path, authenticated=False, headers=headers)

        assert (401, code) == (said.status, said.body["code"])
        assert "WWW-Authenticate" in said.headers

    @pytest.mark.parametrize(
        ("age", "status", "code"),
        [
            (timedelta(hours=23, minutes=59), 201, None),
            (timedelta(hours=24, seconds=5), 401, "init_data_expired"),
            (-timedelta(seconds=30), 201, None),
            (-timedelta(seconds=90), 401, "init_data_invalid"),
        ],
    )
    async def test_is_good_for_a_day(
        self, lobby: Lobby, age: timedelta, status: int, code: str | None
    ) -> None:
        """What was signed too long ago opens nothing, nor what comes from the future."""
        said = await lobby.open(await lobby.room(), CLIENT, age=age)

        assert (status, code) == (said.status, said.body.get("code"))

    async def test_of_another_bot_is_refused(self, lobby: Lobby) -> None:
        """Only our own bot's token signs for us."""
        room = await lobby.room()
        fields = {"user": '{"id": 9001, "first_name": "I"}', "auth_date": "1900000000"}
        said = await lobby.begin(sign(fields | {"start_param": room.token}, "1:another"))

        assert (401, "init_data_invalid") == (said.status, said.body["code"])

    async def test_needs_a_chat_that_is_activated(self, lobby: Lobby) -> None:
        """No token, a stranger's, one that was replaced, and a chat of nobody's are one answer."""
        replaced, nobodys = await lobby.room(), await lobby.room(tenant=None)
        async with lobby.site.runtime.database.unit_of_work() as work:
            await rotate_token(work, replaced.id)
        for room, token in (
            (replaced, replaced.token),
            (replaced, "no-such"),
            (replaced, ""),
            (nobodys, nobodys.token),
        ):
            said = await lobby.open(room, CLIENT, start_param=token)

            assert (404, "chat_not_bound") == (said.status, said.body["code"])

    async def test_from_another_chat_is_refused(self, lobby: Lobby) -> None:
        """The first who opens it from the group decides its other name; a link taken elsewhere fails."""
        room = await lobby.room()
        await lobby.visit(room)

        said = await lobby.open(room, CLIENT, chat_instance="424242")

        assert (403, "chat_mismatch") == (said.status, said.body["code"])

    async def test_that_is_refused_decides_nothing(self, lobby: Lobby) -> None:
        """Whoever was passed the link, and opens it elsewhere first, closes the chat to nobody."""
        room = await lobby.room()
        await lobby.rank(room.id, STRANGER, Membership.LEFT)

        assert 403 == (await lobby.open(room, STRANGER, chat_instance="424242")).status

        assert 201 == (await lobby.open(room, CLIENT)).status

    async def test_by_a_new_link_decides_anew(self, lobby: Lobby) -> None:
        """So there is a way out where the wrong one was first."""
        room = await lobby.room()
        await lobby.visit(room, chat_instance="424242")
        async with lobby.site.runtime.database.unit_of_work() as work:
            token = await rotate_token(work, room.id)

        assert 201 == (await lobby.open(room, CLIENT, start_param=token)).status

    async def test_by_somebody_who_was_removed_is_refused(self, lobby: Lobby) -> None:
        """What they were given earlier is good for nothing."""
        room = await lobby.room()
        await lobby.rank(room.id, CLIENT, Membership.KICKED)

        said = await lobby.open(room, CLIENT)

        assert (403, "not_chat_member") == (said.status, said.body["code"])

    async def test_that_says_nothing_of_the_group_asks_the_messenger(self, lobby: Lobby) -> None:
        """Some programs take the group for a chat with the sender; who is known there is let in."""
        room = await lobby.room()
        confused = {"chat_type": "sender", "chat_instance": "99"}

        assert 201 == (await lobby.open(room, CLIENT, **confused)).status
        asked = await lobby.open(room, STRANGER, **confused)
        assert (503, "messenger_unavailable") == (asked.status, asked.body["code"])

    async def test_by_agents_goes_by_the_list(self, lobby: Lobby) -> None:
        """One who was taken off it, and another of the house; one of another tenant is no agent here."""
        room = await lobby.room()
        async with lobby.site.runtime.database.unit_of_work() as work:
            off = await add_agent(work, NewAgent("paybridge", "Off", 5001))
            await change_agent(work, off.id, is_active=False)
            await add_agent(work, NewAgent("paybridge", "Other", 5002))
            await add_agent(work, NewAgent(OTHER, "Stranger", 5003))
        await lobby.rank(room.id, 5003, Membership.LEFT)
        codes = [(await lobby.open(room, person)).body["code"] for person in (5001, 5002, 5003)]

        assert ["agent_not_whitelisted", "wrong_agent", "not_chat_member"] == codes


class TestASession:
    async def test_is_the_browsers_that_began_it(self, lobby: Lobby) -> None:
        """Another that shows it is nobody."""
        visitor = await lobby.visit(await lobby.room())

        assert 200 == (await visitor.ask("GET", "/me")).status
        visitor.headers["User-Agent"] = "curl"
        said = await visitor.ask("GET", "/me")
        assert (401, "session_expired") == (said.status, said.body["code"])

    @pytest.mark.parametrize(
        ("column", "span"),
        [("seen_at", "15 minutes"), ("created_at", "8 hours"), ("signed_at", "24 hours")],
    )
    async def test_ends_by_itself(self, lobby: Lobby, column: str, span: str) -> None:
        """A quarter of an hour idle, after eight hours, and a day after it was signed."""
        visitor = await lobby.visit(await lobby.room())
        move = f"UPDATE webapp_sessions SET {column} = now() - interval '{span}'"

        await lobby.site.runtime.database.fetch(f"{move} + interval '1 minute'")
        assert 200 == (await visitor.ask("GET", "/me")).status
        await lobby.site.runtime.database.fetch(f"{move} - interval '1 second'")
        assert 401 == (await visitor.ask("GET", "/me")).status

    async def test_goes_on_while_it_is_used(self, lobby: Lobby) -> None:
        """Each request begins the quarter anew."""
        visitor = await lobby.visit(await lobby.room())
        fetch = lobby.site.runtime.database.fetch
        await fetch("UPDATE webapp_sessions SET seen_at = now() - interval '14 minutes'")

        await visitor.ask("GET", "/me")

        seen = await fetch(
            "SELECT max(seen_at) > now() - interval '1 minute' AS now FROM webapp_sessions"
        )
        assert seen[0]["now"]

    async def test_ends_with_membership(self, lobby: Lobby) -> None:
        """Who leaves is out at the next request, and who comes back opens it anew."""
        room = await lobby.room()
        visitor = await lobby.visit(room)
        await lobby.rank(room.id, CLIENT, Membership.LEFT)

        said = await visitor.ask("GET", "/me")
        assert (403, "not_chat_member") == (said.status, said.body["code"])
        await lobby.rank(room.id, CLIENT, Membership.MEMBER)
        assert 401 == (await visitor.ask("GET", "/me")).status
        assert 200 == (await (await lobby.visit(room)).ask("GET", "/me")).status

    async def test_of_an_agent_ends_with_the_list(self, lobby: Lobby) -> None:
        """Taken off it, they are stopped at the next request."""
        async with lobby.site.runtime.database.unit_of_work() as work:
            agent = await add_agent(work, NewAgent("paybridge", "Short", 5010))
        visitor = await lobby.visit(await lobby.room(added_by=5010), 5010)
        assert "agent" == (await visitor.ask("GET", "/me")).body["role"]

        async with lobby.site.runtime.database.unit_of_work() as work:
            await change_agent(work, agent.id, is_active=False)

        assert "agent_not_whitelisted" == (await visitor.ask("GET", "/me")).body["code"]

    async def test_bears_nothing_anybody_could_read(self, lobby: Lobby) -> None:
        """What is kept here opens nothing, and names nobody."""
        visitor = await lobby.visit(await lobby.room())
        [row] = await lobby.site.runtime.database.fetch(
            "SELECT * FROM webapp_sessions ORDER BY created_at DESC LIMIT 1"
        )

        kept = str(dict(row))
        assert visitor.headers["Authorization"].partition(" ")[2] not in kept
        assert "Петров" not in kept
        assert BROWSER not in kept


class TestAnotherTenant:
    @pytest.mark.parametrize(("person", "role"), [(CLIENT, "client"), (AGENT, "agent")])
    async def test_shuts_nobody_out_by_naming_them(
        self, lobby: Lobby, person: int, role: str
    ) -> None:
        """Its list says nothing of a chat that is somebody else's, and lends nobody a role there."""
        room = await lobby.room()
        async with lobby.site.runtime.database.unit_of_work() as work:
            claimed = await add_agent(work, NewAgent(OTHER, "Ours", person, AgentRole.MANAGER))
        try:
            visitor = await lobby.visit(room, person)
            told = await visitor.ask("GET", "/me")
        finally:
            async with lobby.site.runtime.database.unit_of_work() as work:
                await change_agent(work, claimed.id, telegram_id=None)

        assert (role, MASTER) == (told.body["role"], told.body["tenant"]["id"])


class TestSomebody:
    async def test_is_known_to_whoever_leads_and_to_the_bot(self, lobby: Lobby) -> None:
        """Of whoever is in the chat; a stranger is unknown, to everybody alike."""
        room = await lobby.room()
        for asker in (await lobby.visit(room, MANAGER), await lobby.bot()):
            client, agent, stranger = [
                await asker.ask("GET", f"/users/{person}?chat={room.number}")
                for person in (CLIENT, AGENT, STRANGER)
            ]

            assert (200, "client") == (client.status, client.body["role"])
            assert (200, "agent") == (agent.status, agent.body["role"])
            assert (404, "user_unknown") == (stranger.status, stranger.body["code"])

    @pytest.mark.parametrize("asker", [CLIENT, AGENT])
    async def test_is_unknown_to_all_others(self, lobby: Lobby, asker: int) -> None:
        """They learn of themselves alone; somebody who is there is told as one who is not."""
        visitor = await lobby.visit(await lobby.room(), asker)
        own = await visitor.ask("GET", f"/users/{asker}")
        there = await visitor.ask("GET", f"/users/{MANAGER}")
        nowhere = await visitor.ask("GET", f"/users/{STRANGER}")

        assert own.body == (await visitor.ask("GET", "/me")).body
        for body in (there.body, nowhere.body):
            body.pop("request_id")
        assert (404, nowhere.body) == (there.status, there.body)


class TestAnotherChat:
    async def test_is_nobodys_to_name(self, lobby: Lobby) -> None:
        """Whether it is there or not, and whoever's it is."""
        room, another = await lobby.room(), await lobby.room()
        visitor = await lobby.visit(room)

        assert 404 == (await visitor.ask("GET", APPLICATION)).status
        own = await visitor.ask("GET", f"/chats/{room.number}/application")
        assert (404, "application_not_found") == (own.status, own.body["code"])
        for number in (another.number, -1, 5):
            said = await visitor.ask("GET", f"/chats/{number}/application")
            assert (403, "chat_mismatch") == (said.status, said.body["code"])
        for named in ("nonsense", "1e5", "-"):
            assert 400 == (await visitor.ask("GET", f"/chats/{named}/application")).status

    async def test_of_another_tenant_is_not_there_for_a_token(self, lobby: Lobby) -> None:
        """As one that nobody has."""
        room = await lobby.room()
        bot = await lobby.bot(OTHER)
        for number in (room.number, -5):
            said = await bot.ask("GET", f"/chats/{number}/application")
            assert (404, "chat_not_bound") == (said.status, said.body["code"])
