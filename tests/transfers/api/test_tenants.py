"""``/api/v1/tenants`` and ``/api/v1/agents``: who may work on what."""

import pytest

from tests.transfers.api.platform import Platform
from tests.transfers.house import MASTER, OTHER

pytestmark = pytest.mark.asyncio(loop_scope="module")


class TestTenants:
    async def test_are_ones_own_or_all(self, platform: Platform) -> None:
        """Another one's is not there; whoever sees all may add one."""
        own = await platform.other.good("GET", "/tenants")
        everyone = await platform.everybody.good("GET", "/tenants")

        assert [OTHER] == [one["key"] for one in own["items"]]
        assert {MASTER, OTHER, "house"} <= {one["key"] for one in everyone["items"]}
        assert (404, "tenant_not_found") == await platform.other.code("GET", f"/tenants/{MASTER}")
        body = {"key": "eastbank", "title": "Eastbank"}
        assert (403, "not_all_tenants") == await platform.other.code("POST", "/tenants", body)
        made = await platform.everybody.good("POST", "/tenants", body)
        assert (False, "all_agents", "new_in_house") == (
            made["is_master"],
            made["application_visibility"],
            made["client_edit_until"],
        )

    async def test_have_one_master_which_the_house_chooses(self, platform: Platform) -> None:
        """A second one is refused, and so is a tenant that would like to be it."""
        body = {"is_master": True}
        address = f"/tenants/{OTHER}"
        assert (409, "master_taken") == await platform.everybody.code("PATCH", address, body)
        assert (403, "not_all_tenants") == await platform.other.code("PATCH", address, body)

    async def test_decide_about_their_clients(self, platform: Platform) -> None:
        """What is not given stays."""
        address = f"/tenants/{OTHER}"
        changed = await platform.other.good("PATCH", address, {"client_edit_until": "accepted"})
        assert ("accepted", "all_agents") == (
            changed["client_edit_until"],
            changed["application_visibility"],
        )

    async def test_say_how_much_one_application_may_ask_for(self, platform: Platform) -> None:
        """By currency; who asks for more is told so at the amount, also when trying it without effect."""
        other, address = platform.other, f"/tenants/{OTHER}"
        made = await other.draft()
        limits = {"CNY": "12000.00", "USD": "500.00"}
        changed = await other.good("PATCH", address, {"amount_limits": limits})
        at, checked = f"/applications/{made['id']}", {"to": "new_in_house"}
        try:
            refused = await other.ask("POST", f"{at}/status", json=checked)
            tried = await other.ask(
                "PATCH",
                f"{at}?validate_only=true",
                json={"fields": {"money": {"amount": "12000.01"}}},
                headers={"If-Match": '"1"'},
            )
            await other.good(
                "PATCH",
                at,
                {"fields": {"money": {"amount": "12000.00"}}},
                headers={"If-Match": '"1"'},
            )
            counts = await other.good("POST", f"{at}/status", checked)
        finally:
            await other.good("PATCH", address, {"amount_limits": {}})

        assert (limits, "new_in_house") == (changed["amount_limits"], counts["state"])
        for answer in (refused, tried):
            assert 422 == answer.status
            [error] = answer.body["errors"]
            assert "money.amount" == error["path"]
            assert "at most 12000.00 CNY" in error["message"]
        assert (422, "invalid_request") == await other.code(
            "PATCH", address, {"amount_limits": {"CNY": "much"}}
        )


class TestAgents:
    async def test_are_put_on_the_list_and_taken_off(self, platform: Platform) -> None:
        """By their own tenant; there each has a Telegram id of their own."""
        body = {"name": "Мария Сомова", "telegram_id": 700950}
        made = await platform.other.good("POST", "/agents", body)
        address = f"/agents/{made['id']}"

        changed = await platform.other.good("PATCH", address, {"is_active": False})

        assert (OTHER, "agent", True) == (made["tenant"], made["role"], made["is_active"])
        assert ("Мария Сомова", 700950, False) == (
            changed["name"],
            changed["telegram_id"],
            changed["is_active"],
        )
        assert (409, "telegram_id_taken") == await platform.other.code("POST", "/agents", body)
        assert (404, "agent_not_found") == await platform.master.code("GET", address)
        assert (404, "tenant_not_found") == await platform.master.code(
            "POST", "/agents", {"name": "X", "tenant": OTHER}
        )

    async def test_are_listed_to_their_tenant(self, platform: Platform) -> None:
        """Page by page, newest first."""
        page = await platform.master.good("GET", "/agents?limit=1")
        rest = await platform.master.good("GET", f"/agents?cursor={page['next_cursor']}")

        assert {MASTER} == {one["tenant"] for one in (*page["items"], *rest["items"])}
        assert 2 == len(page["items"]) + len(rest["items"])
