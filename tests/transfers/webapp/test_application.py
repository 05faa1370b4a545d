"""The application of a chat: begun, filled in and moved over HTTP, by each according to their role."""

from datetime import timedelta
from typing import Any

import pytest

from tests.transfers.house import FIELDS, MASTER
from tests.transfers.webapp.lobby import (
    AGENT,
    APPLICATION,
    ASSETS,
    CLIENT,
    MANAGER,
    Lobby,
    Room,
    Visitor,
    form,
)
from tramita.transfers.tenants import change_tenant

pytestmark = pytest.mark.asyncio(loop_scope="module")

STATUS = f"{APPLICATION}/status"
RU = {"Accept-Language": "ru-RU"}


async def begun(lobby: Lobby, fields: Any = FIELDS) -> tuple[Room, Visitor, dict[str, Any]]:
    """A chat with an application that its client has begun."""
    room = await lobby.room()
    client = await lobby.visit(room)
    made = await client.ask("POST", APPLICATION, json=fields)
    assert 201 == made.status, made
    return room, client, made.body


def details(said: Any) -> dict[str, str]:
    """Codes by path."""
    return {one["path"]: one["code"] for one in said.body["details"]}


class TestBeginningAnew:
    async def test_is_with_what_stood_in_a_former_one(self, lobby: Lobby) -> None:
        """Changed as is said with it; what was agreed to then is asked anew."""
        _, client, former = await begun(lobby)
        await client.ask("POST", STATUS, json={"axis": "application", "to": "cancelled"})
        path = f"{APPLICATION}?like={former['id']}"

        made = await client.ask("POST", path, json={"money": {"amount": "99.00"}, "basis": None})

        assert (201, "draft") == (made.status, made.body["status"])
        fields = made.body["fields"]
        assert FIELDS["beneficiary"] == fields["beneficiary"]
        assert FIELDS["money"] | {"amount": "99.00"} == fields["money"]
        assert ({}, {}) == (fields["basis"], fields["consent"])

    async def test_is_like_no_application_of_another_chat_or_that_is_under_way(
        self, lobby: Lobby
    ) -> None:
        """They are not there."""
        _, client, own = await begun(lobby)
        _, other, foreign = await begun(lobby)
        await other.ask("POST", STATUS, json={"axis": "application", "to": "cancelled"})

        for one in (own, foreign):
            said = await client.ask("POST", f"{APPLICATION}?like={one['id']}", json={})
            assert (404, "application_not_found") == (said.status, said.body["code"])


class TestBeginning:
    async def test_makes_the_chats_application(self, lobby: Lobby) -> None:
        """For the agent who has added our bot; both see it, each as their role lets them."""
        room, client, made = await begun(lobby)
        agent = await lobby.visit(room, AGENT)
        seen, theirs = [await one.ask("GET", APPLICATION) for one in (client, agent)]

        assert ("draft", "filling", "none", True, None) == tuple(
            made[name]
            for name in ("status", "stage", "payment_status", "editable", "read_only_reason")
        )
        assert '"1"' == seen.headers["ETag"]
        assert made["id"] == seen.body["id"] == theirs.body["id"]
        assert FIELDS["payer"] == seen.body["fields"]["payer"]
        assert [] == made["warnings"]
        assert (None, "none") == (seen.body["onec"], theirs.body["onec"]["sync"])
        assert {"edit", "submit", "cancel"} <= set(seen.body["allowed_actions"])
        assert "check" not in seen.body["allowed_actions"]
        assert ["cancelled", "submitted"] == seen.body["transitions"]["application"]
        assert ["cancelled", "new_in_house"] == theirs.body["transitions"]["application"]
        bot = await lobby.bot()
        assert 200 == (await bot.ask("GET", f"/chats/{room.number}/application")).status

    async def test_says_where_it_is_more_than_the_tenant_takes(self, lobby: Lobby) -> None:
        """At the amount, in the reader's language; it is not handed in like that."""
        async with lobby.site.runtime.database.unit_of_work() as work:
            await change_tenant(work, MASTER, amount_limits={"CNY": "12000.00"})
        try:
            _, client, made = await begun(lobby)
            said = await client.ask("GET", APPLICATION, headers=RU)
            body = {"axis": "application", "to": "submitted"}
            refused = await client.ask("POST", STATUS, json=body, headers=RU)
        finally:
            async with lobby.site.runtime.database.unit_of_work() as work:
                await change_tenant(work, MASTER, amount_limits={})

        [warning] = made["warnings"]
        assert ("money.amount", "amount_limit") == (warning["path"], warning["code"])
        assert (200, 422) == (said.status, refused.status)
        [detail] = refused.body["details"]
        assert "не больше 12000.00 CNY" in detail["hint"]

    async def test_says_what_is_wrong_in_the_readers_language(self, lobby: Lobby) -> None:
        """A draft holds what was typed; what is wrong with it is told beside it."""
        room = await lobby.room()
        client = await lobby.visit(room)
        body = {"payer": {"inn": "7707083890"}}
        english, russian = [
            await client.ask(
                "POST", f"{APPLICATION}?validate_only=true", json=body, headers=headers
            )
            for headers in ({}, RU)
        ]

        assert (200, 200) == (english.status, russian.status)
        [told], [said] = english.body["warnings"], russian.body["warnings"]
        assert ("payer.inn", "inn") == (told["path"], told["code"]) == (said["path"], said["code"])
        assert "INN" in told["hint"]
        assert "ИНН" in said["hint"]
        nothing = await client.ask("GET", APPLICATION, headers=RU)
        assert (404, "application_not_found") == (nothing.status, nothing.body["code"])
        assert "В этом чате" in nothing.body["message"]

    async def test_happens_once(self, lobby: Lobby) -> None:
        """A second one is refused; the same request again is answered as before."""
        room = await lobby.room()
        client = await lobby.visit(room)
        key = {"Idempotency-Key": "one"}
        first, again = [
            await client.ask("POST", APPLICATION, json={}, headers=key) for _ in range(2)
        ]
        other = await client.ask("POST", APPLICATION, json={})

        assert (201, 201) == (first.status, again.status)
        assert first.body["id"] == again.body["id"]
        assert (409, "application_exists") == (other.status, other.body["code"])

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ({"payer": {"inn": 5}}, {"payer.inn": "wrong_type"}),
            ({"payer": 5, "nothing": {}}, {"payer": "wrong_type", "nothing": "unknown_field"}),
            ({"payer": {"inn": "1" * 500}}, {"payer.inn": "too_long"}),
        ],
    )
    async def test_takes_no_other_fields(
        self, lobby: Lobby, body: Any, expected: dict[str, str]
    ) -> None:
        """Each that is none is named."""
        client = await lobby.visit(await lobby.room())
        said = await client.ask("POST", APPLICATION, json=body, headers=RU)

        assert (422, "validation_failed") == (said.status, said.body["code"])
        assert expected == details(said)
        assert all(one["hint"] for one in said.body["details"])


class TestChanging:
    async def test_merges_fields_of_a_version(self, lobby: Lobby) -> None:
        """What is not named stays, null empties; of two who saw the same version one is told so."""
        room, client, _ = await begun(lobby)
        agent = await lobby.visit(room, AGENT)
        changes = {"payer": {"kpp": None, "contact": "+7 495 000-00-00"}}
        changed = await client.ask("PATCH", APPLICATION, json=changes, headers={"If-Match": '"1"'})
        late = await agent.ask(
            "PATCH", APPLICATION, json={"money": {"amount": "1"}}, headers={"If-Match": 'W/"1"'}
        )
        without = await agent.ask("PATCH", APPLICATION, json={})

        assert (200, 2, '"2"') == (changed.status, changed.body["version"], changed.headers["ETag"])
        payer = changed.body["fields"]["payer"]
        assert "kpp" not in payer
        assert (FIELDS["payer"]["inn"], "+7 495 000-00-00") == (payer["inn"], payer["contact"])
        assert (409, "version_conflict") == (late.status, late.body["code"])
        assert (400, "if_match_missing") == (without.status, without.body["code"])
        whichever = await agent.ask(
            "PATCH", APPLICATION, json={"money": {"amount": "5"}}, headers={"If-Match": "*"}
        )
        assert 3 == whichever.body["version"]

    async def test_may_be_tried_without_effect(self, lobby: Lobby) -> None:
        """Everything is checked, and nothing kept."""
        _, client, _ = await begun(lobby)
        tried = await client.ask(
            "PATCH",
            f"{APPLICATION}?validate_only=true",
            json={"payer": {"inn": "123"}},
            headers={"If-Match": '"1"'},
        )

        assert ["payer.inn"] == [one["path"] for one in tried.body["warnings"]]
        assert FIELDS["payer"] == (await client.ask("GET", APPLICATION)).body["fields"]["payer"]


class TestMoving:
    async def test_goes_from_the_client_to_the_agent_and_into_the_house(self, lobby: Lobby) -> None:
        """The client submits, the agent checks; from then on the client only looks."""
        room, client, _ = await begun(lobby)
        await client.ask("POST", ASSETS, data=form(kind="invoice"))
        agent = await lobby.visit(room, AGENT)
        submitted = await client.ask(
            "POST", STATUS, json={"axis": "application", "to": "submitted"}
        )
        checked = await agent.ask(
            "POST", STATUS, json={"axis": "application", "to": "new_in_house"}
        )
        closed = await client.ask(
            "PATCH", APPLICATION, json={"payer": {"name": "X"}}, headers={"If-Match": "*"}
        )
        seen = (await client.ask("GET", APPLICATION)).body

        assert (200, "submitted", None) == (
            submitted.status,
            submitted.body["state"],
            submitted.body["onec_link"],
        )
        assert (200, "new_in_house", "pending") == (
            checked.status,
            checked.body["state"],
            checked.body["onec_link"],
        )
        assert "collecting_offers" == checked.body["application"]["stage"]
        assert (403, "role_forbidden") == (closed.status, closed.body["code"])
        assert (False, "role", None) == (seen["editable"], seen["read_only_reason"], seen["onec"])

    async def test_names_every_field_that_is_missing_or_wrong(self, lobby: Lobby) -> None:
        """Where the form is not what 1C needs, with what to do about each field."""
        room, *_ = await begun(lobby, {"payer": {"inn": "123"}})
        agent = await lobby.visit(room, AGENT)
        to = {"axis": "application", "to": "new_in_house"}
        said = await agent.ask("POST", STATUS, json=to, headers=RU)

        assert (422, "validation_failed") == (said.status, said.body["code"])
        found = details(said)
        assert {
            "payer.inn": "inn",
            "payer.name": "required",
            "money.amount": "required",
        }.items() <= found.items()
        assert {"Заполните это поле."} >= {
            one["hint"] for one in said.body["details"] if one["code"] == "required"
        }

    async def test_says_that_the_invoice_is_missing(self, lobby: Lobby) -> None:
        """Until somebody has brought it, in the language of who asks; the page says so before."""
        room, client, _ = await begun(lobby)
        agent = await lobby.visit(room, AGENT)
        to = {"axis": "application", "to": "new_in_house"}

        async def page() -> Any:
            shown = await lobby.site.ask(
                "GET", "/webapp/view", authenticated=False, headers=agent.headers | RU
            )
            return shown.body

        refused, before = await agent.ask("POST", STATUS, json=to, headers=RU), await page()
        await client.ask("POST", ASSETS, data=form(kind="invoice"))
        checked, after = await agent.ask("POST", STATUS, json=to, headers=RU), await page()

        [detail] = refused.body["details"]
        hint = "Приложите инвойс: он отправляется в 1С вместе с заявкой."
        assert ("files.invoice", hint) == (detail["path"], detail["hint"])
        assert ["Нужен как минимум инвойс." in one for one in (before, after)] == [True, False]
        assert (422, 200) == (refused.status, checked.status)

    @pytest.mark.parametrize(
        ("person", "axis", "to", "status", "code"),
        [
            (CLIENT, "application", "new_in_house", 403, "role_forbidden"),
            (CLIENT, "application", "in_work", 409, "invalid_transition"),
            (AGENT, "application", "nonsense", 422, "validation_failed"),
            (AGENT, "payment", "confirmed", 409, "invalid_transition"),
            (CLIENT, "payment", "client_sent", 403, "role_forbidden"),
            (MANAGER, "application", "cancelled", 200, None),
            (CLIENT, "nothing", "draft", 422, "validation_failed"),
        ],
    )
    async def test_is_as_the_table_says(
        self, lobby: Lobby, person: int, axis: str, to: str, status: int, code: str | None
    ) -> None:
        """What cannot be is refused by name, with where it may go instead."""
        room, _, _ = await begun(lobby)
        visitor = await lobby.visit(room, person)
        said = await visitor.ask("POST", STATUS, json={"axis": axis, "to": to})

        assert (status, code) == (said.status, said.body.get("code"))
        if code == "invalid_transition":
            assert to == said.body["to"]
            assert said.body["from"] in {"draft", "none"}
            assert isinstance(said.body["allowed"], list)

    async def test_needs_an_opening_of_the_last_hour(self, lobby: Lobby) -> None:
        """Who opened it long ago fills in and looks, and opens it anew to act."""
        room, _, _ = await begun(lobby)
        client = await lobby.visit(room, age=timedelta(hours=2))
        to = {"axis": "application", "to": "submitted"}
        said = await client.ask("POST", STATUS, json=to)
        changed = await client.ask(
            "PATCH", APPLICATION, json={"payer": {"name": "X"}}, headers={"If-Match": "*"}
        )

        assert (401, "init_data_expired", 200) == (said.status, said.body["code"], changed.status)

    async def test_ends_it_and_lets_the_next_begin(self, lobby: Lobby) -> None:
        """What is finished is told beside the one that is under way."""
        _, client, made = await begun(lobby)
        ended = await client.ask(
            "POST", STATUS, json={"axis": "application", "to": "cancelled", "comment": "Нет"}
        )
        gone = await client.ask("GET", APPLICATION)
        again = await client.ask("POST", APPLICATION, json={})

        assert ("cancelled", "finished") == (
            ended.body["state"],
            ended.body["application"]["stage"],
        )
        assert (404, "application_not_found") == (gone.status, gone.body["code"])
        assert [made["id"]] == [one["id"] for one in again.body["finished"]]
