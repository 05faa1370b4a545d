"""Another tenant sees a line of what counts, if anything, and nothing else, whatever it asks for."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec
import pytest

from tests.transfers.api.platform import Partner, Platform
from tests.transfers.house import FIELDS, MASTER, OTHER
from tests.transfers.pricing import price
from tramita.chats.ports import Chat, ChatType
from tramita.chats.registry import add_chats, bind, find_chat
from tramita.kit.identifiers import new_id
from tramita.kit.tokens import create_token
from tramita.transfers.lifecycle import ApplicationState
from tramita.transfers.lifecycle import ApplicationTrigger as T
from tramita.transfers.model import Application
from tramita.transfers.rules.kinds import Kind, Origin
from tramita.transfers.rules.visibility import LISTED_TO_OTHERS, Visibility, is_listed_to_others
from tramita.transfers.service import get_application
from tramita.transfers.views import MarketLine
from tramita.web.app import routes

pytestmark = pytest.mark.asyncio(loop_scope="module")

NUMBER = -777_001
AREAS = ("tramita.transfers.", "tramita.chats.")
# What may stand in nothing that another tenant is told.
SECRETS = (
    FIELDS["payer"]["name"],
    FIELDS["payer"]["inn"],
    FIELDS["beneficiary"]["name"],
    FIELDS["beneficiary_bank"]["account"],
    str(NUMBER),
    "ПА00-",
    "e1cib",
)


def ways_in() -> Iterator[tuple[str, str]]:
    """Every route that is about one thing of a tenant's and takes a service token."""
    for route in routes():
        for handler in getattr(route, "route_handlers", []):
            scope = handler.opt.get("scope")
            if "{" in route.path and scope and handler.fn.__module__.startswith(AREAS):
                for method in handler.http_methods - {"OPTIONS", "HEAD"}:
                    yield str(method), route.path


async def stranger(platform: Platform) -> Partner:
    """Another tenant, with every scope of these areas that a tenant may have."""
    scopes = {
        handler.opt["scope"]
        for route in routes()
        for handler in getattr(route, "route_handlers", [])
        if handler.fn.__module__.startswith(AREAS) and "scope" in handler.opt
    }
    async with platform.site.runtime.database.unit_of_work() as work:
        token = await create_token(work, f"{new_id()}", [*scopes, "contracts:read"], tenant=OTHER)
    return Partner(platform.site, {"Authorization": f"Bearer {token}"})


async def make_everything(platform: Platform) -> list[Application]:
    """The master's applications: from a chat and not, drafts, accepted, taken back, cancelled."""
    house = platform.house
    async with platform.site.runtime.database.unit_of_work() as work:
        shown = {NUMBER: Chat(NUMBER, ChatType.SUPERGROUP, "Станки")}
        await add_chats(work, "telegram", shown)
        chat = await find_chat(work, NUMBER)
        assert chat is not None
        if chat.tenant is None:
            await bind(work, chat.id, MASTER, 4711)
    made = [await house.draft(), await house.draft(), await house.in_house()]
    await house.move(made[1].id, T.CANCEL, reason="a draft")
    made.append(await house.in_house())
    await price(house, made[-1])
    made.append(await house.in_house())
    await house.move(made[-1].id, T.REOPEN_DRAFT)
    made.append(await house.in_house())
    await house.move(made[-1].id, T.CANCEL, reason="nobody wants it")
    made.append(await house.draft(house.as_lead, origin=Origin.API, chat_id=None))
    await house.move(made[-1].id, T.CHECK)
    async with platform.site.runtime.database.unit_of_work() as work:
        await work.fetch(
            "UPDATE applications SET onec_number = 'ПА00-000017', onec_link = 'e1cib/data/x' "
            "WHERE id = ANY($1::uuid[])",
            [one.id for one in made],
        )
        return [await get_application(work, one.id) for one in made]


class TestAnotherTenant:
    @pytest.mark.parametrize("visibility", Visibility)
    async def test_is_listed_what_the_rule_says(
        self, platform: Platform, visibility: Visibility
    ) -> None:
        """By state and setting, with the facts of a line and no others."""
        made = await make_everything(platform)
        setting = {"application_visibility": visibility.value}
        await platform.everybody.good("PATCH", "/tenants/paybridge", setting)
        other = await stranger(platform)

        page = await other.good("GET", "/market/applications?limit=200")

        listed = {UUID(one["id"]) for one in page["items"]}
        expected = {
            one.id
            for one in made
            if is_listed_to_others(
                ApplicationState(one.state),
                Kind(one.kind),
                visibility,
                has_counted=one.in_house_at is not None,
            )
        }
        assert expected == listed & {one.id for one in made}
        assert {name for line in page["items"] for name in line} <= set(LISTED_TO_OTHERS)
        assert set(LISTED_TO_OTHERS) == {one.name for one in msgspec.structs.fields(MarketLine)}
        assert [] == [secret for secret in SECRETS if secret in str(page)]

    @pytest.mark.parametrize("visibility", Visibility)
    async def test_is_told_of_nothing_that_is_there(
        self, platform: Platform, visibility: Visibility
    ) -> None:
        """Each way in answers as it does of what never was, and lists have none of it."""
        made = await make_everything(platform)
        setting = {"application_visibility": visibility.value}
        await platform.everybody.good("PATCH", "/tenants/paybridge", setting)
        other, accepted = await stranger(platform), made[3]
        async with platform.site.runtime.database.unit_of_work() as work:
            chat = await find_chat(work, NUMBER)
        assert chat is not None
        wrong: list[Any] = []
        for method, path in ways_in():
            if path.startswith("/api/v1/market"):
                continue  # What is listed there may be looked at.
            about = chat.id if "chat" in path else accepted.id
            said = await ask(other, method, path, about)
            of_nothing = await ask(other, method, path, new_id())
            if said != of_nothing or said[0] < 400:
                wrong.append((method, path, said, of_nothing))
        for path in ("/applications", "/chats", "/contracts"):
            told = str(await other.good("GET", f"{path}?limit=200"))
            wrong += [(path, one) for one in (*SECRETS, str(accepted.id)) if one in told]

        assert not wrong, "\n".join(map(str, wrong))


async def ask(other: Partner, method: str, path: str, about: UUID) -> tuple[int, str | None]:
    """What is said of a thing: status and code."""
    parts = [str(about) if part.startswith("{") else part for part in path.split("/")]
    address = "/".join(parts).removeprefix("/api/v1")
    body: dict[str, Any] = {} if method in ("GET", "DELETE") else {"json": {}}
    said = await other.ask(method, address, **body)
    return said.status, said.body.get("code") if isinstance(said.body, dict) else None
