"""Nobody sees or changes what is another partner's or another carrier's, by whichever door.

Every route that service tokens use and every job stands in a table (``doors``), with what
keeps a stranger out. One that nobody has classified fails.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

import pytest
import pytest_asyncio

from tests.conftest import fresh_database
from tests.web.callers import V1, Caller, caller, furnish, routes_with_scopes
from tests.web.conftest import Answer, Site, running_site
from tests.web.doors import JOBS, ROUTES, Door
from tests.world import envelope
from tramita.kit.bounds import ALL_CARRIERS, ALL_TENANTS, HOUSE
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.identifiers import new_id
from tramita.kit.webhooks.emission import emit
from tramita.kit.webhooks.types import TEST
from tramita.numbering.previews.journey.release_hold import give_back_holds
from tramita.process.worker import all_jobs, all_schedules

pytestmark = pytest.mark.asyncio(loop_scope="module")

STRANGERS: Final = {
    "another partner": ("beta", None),
    "another partner's carrier": ("beta", "beta-one"),
    "another carrier of the same partner": ("alfa", "alfa-two"),
    "the house": (HOUSE, "house-one"),
}
LISTS: Final = {
    "/contracts": ("contract_id", "", "?customer={customer_id}", "?backend=vivo", "?q=L"),
    "/customers": ("customer_id", ""),
    "/customers/erasures": ("erasure_id", ""),
    "/numbering/numbers": ("masked", "", "?status=RESERVED"),
    "/admin/courses": ("course_id", ""),
    "/admin/organizations": ("organization_id", ""),
    "/admin/contract-definitions": ("definition_id", ""),
    "/admin/products": ("course_product_id", ""),
    "/admin/offerings": ("offering_id", ""),
    "/admin/orders": ("order_id", "", "?state=to_save_payment_method"),
    "/admin/orders/export": ("order_id", ""),
    "/envelopes": ("token", "", "?state=draft"),
    "/operations": ("operation_id", "", "?state=needs_attention", "?subject={contract_id}"),
    "/webhooks/endpoints": ("endpoint_id", ""),
    "/mails": ("mail_id", "", "?state=waiting"),
    "/applications": ("application_id", "", "?state=draft", "?kind=ordinary"),
    "/applications/attention": ("application_id", ""),
    "/chats": ("chat_id", "", "?state=present"),
    "/webhooks/events": ("event_id", "", "?subject_id={endpoint_id}", "?type=webhooks.test"),
}
TABLES: Final = (
    *("contracts", "contract_events", "customers", "envelopes", "envelope_contracts"),
    *("operations", "history", "webhook_endpoints", "webhook_events", "webhook_deliveries"),
    *("mails", "mail_deliveries"),
    *("chats", "chat_messages", "chat_sends", "chat_deliveries", "chat_imports"),
    *("applications", "application_notes", "application_documents", "document_jobs", "agents"),
    *("courses", "organizations", "organization_members", "contract_definitions", "enrollments"),
    *("course_products", "offerings", "orders"),
    *("phone_number", "preview", "pre_reservation", "envelope_documents"),
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def alfa(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Caller]:
    """The partner whose things nobody else is to see."""
    folder = tmp_path_factory.mktemp("doors")
    async with fresh_database(server) as url, running_site(url, folder) as site:
        yield await furnish(site)


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=sorted(STRANGERS))
async def stranger(request: pytest.FixtureRequest, alfa: Caller) -> Caller:
    """Somebody else, who knows the id of every thing of alfa's."""
    tenant, carrier = STRANGERS[request.param]
    return await caller(alfa.site, request.param, tenant, carrier, ids=alfa.ids)


async def everything(site: Site) -> list[dict[str, Any]]:
    """All that is on record."""
    return [
        dict(row)
        for table in TABLES
        for row in await site.runtime.database.fetch(f"SELECT * FROM {table} ORDER BY id")
    ]


class TestEveryDoor:
    async def test_of_the_api_is_known(self) -> None:
        """A new route fails here until somebody has said what keeps strangers out."""
        assert set(ROUTES) == set(routes_with_scopes())

    async def test_of_the_workers_is_known(self) -> None:
        """A new job likewise."""
        assert set(JOBS) == {job.name for job in all_jobs()} | {one.name for one in all_schedules()}

    async def test_to_one_thing_is_a_wall_to_strangers(self, stranger: Caller) -> None:
        """The very answer they get about what never was; and nothing has changed."""
        nothing = {name: str(new_id()) for name in stranger.ids if name.endswith("_id")}
        nothing |= {"token": str(new_id()), "key": "nobody", "event_id": f"evt_{new_id().hex}"}
        blind = replace(stranger, ids={**stranger.ids, **nothing, "msisdn": "5511987650002"})
        before = await everything(stranger.site)

        walls = {Door.ONE, *([Door.TENANT] if stranger.tenant != "alfa" else [])}
        one_thing = [pair for pair, door in ROUTES.items() if door in walls and "{" in pair[1]]
        for method, route in one_thing:
            said, about_nothing = [await one.ask_route(method, route) for one in (stranger, blind)]
            # A token that is bound to no carrier is told that it sees no number at all.
            wall = 403 if "/numbering/" in route and stranger.carrier is None else 404
            assert wall == said.status, (method, route, said.body)
            assert _without_ids(about_nothing, blind) == _without_ids(said, stranger), route

        assert before == await everything(stranger.site)

    async def test_to_one_thing_opens_to_its_owner(self, alfa: Caller) -> None:
        """So it is not for some other reason that strangers see none."""
        for method, route in (pair for pair, door in ROUTES.items() if door is Door.ONE):
            if method == "GET":
                said = await alfa.ask_route(method, route)
                assert _is_seen(said), (route, said.body)

    @pytest.mark.parametrize("path", sorted(LISTS))
    async def test_to_a_list_shows_each_their_own(
        self, alfa: Caller, stranger: Caller, path: str
    ) -> None:
        """Whatever the filter."""
        name, *filters = LISTS[path]
        for query in filters:
            asked = f"{V1}{path}{query.format(**alfa.ids)}"
            theirs, others = [await one.ask("GET", asked) for one in (alfa, stranger)]
            assert alfa.ids[name] in str(theirs.body), asked
            assert alfa.ids[name] not in str(others.body), asked

    @pytest.mark.parametrize(
        ("path", "body", "name"),
        [
            ("/envelopes/search", {"cpf": envelope()["customer"]["cpf"]}, "token"),
            ("/customers/search", {"document": "52998224725"}, "customer_id"),
        ],
    )
    async def test_to_a_search_finds_each_their_own(
        self, alfa: Caller, stranger: Caller, path: str, body: dict[str, str], name: str
    ) -> None:
        """Whose client somebody is, only they know whose client it is."""
        mine, others = [
            await one.ask("POST", f"{V1}{path}?limit=200", json=body) for one in (alfa, stranger)
        ]
        assert alfa.ids[name] in str(mine.body)
        assert alfa.ids[name] not in str(others.body)

    async def test_to_a_new_thing_takes_nothing_of_others(self, stranger: Caller) -> None:
        """A contract with somebody else's customer: there is no such customer."""
        body = {"name": "L", "backend": "vivo", "customer": stranger.ids["customer_id"]}
        said = await stranger.ask("POST", f"{V1}/contracts", json=body)

        assert (422, "unknown_customer") == (said.status, said.body["errors"][0]["code"])

    async def test_to_a_new_thing_tells_nothing_of_others(
        self, alfa: Caller, stranger: Caller
    ) -> None:
        """The number of another partner's contract is as free as any; a partner uses one once."""
        made = await alfa.make("/envelopes", **envelope())
        body = envelope()
        for ours, theirs in zip(body["contracts"], made["contracts"], strict=True):
            ours["contract_number"] = theirs["number"]

        said = [await stranger.ask("POST", f"{V1}/envelopes", json=body) for _ in range(2)]

        expected = [409, 409] if stranger.tenant == alfa.tenant else [201, 409]
        assert expected == [one.status for one in said]
        assert "contract_number_taken" == said[1].body["code"]

    async def test_of_all_is_open_to_who_has_the_scope_for_it(self, alfa: Caller) -> None:
        """A token of the house, with `tenants:all`: for support, and for nobody else."""
        scopes = (ALL_TENANTS, ALL_CARRIERS)
        house = await caller(alfa.site, "support", HOUSE, None, *scopes, ids=alfa.ids)

        for method, route in (pair for pair, door in ROUTES.items() if door is Door.ONE):
            if method == "GET":
                assert _is_seen(await house.ask_route(method, route)), route


def _is_seen(said: Answer) -> bool:
    """Whether the thing is there for who asks: where it has not got something yet, that is said."""
    return 200 == said.status or "not_submitted_for_signature" == said.body["code"]


def _without_ids(said: Answer, who: Caller) -> tuple[int, str]:
    told = str({name: value for name, value in said.body.items() if name != "request_id"})
    for name in sorted(who.ids, key=lambda name: -len(who.ids[name])):
        if name not in ("index", "kind", "action", "masked"):
            told = told.replace(who.ids[name], name)
    return said.status, told


class TestAnEvent:
    async def test_is_told_to_whom_its_subject_belongs(self, alfa: Caller) -> None:
        """Another partner's endpoint hears nothing of it; one of the house's with the scope does."""
        beta = await caller(alfa.site, "beta hears", "beta", None, ids={})
        house = await caller(alfa.site, "house hears", HOUSE, None, ids={})
        support = await caller(alfa.site, "support hears", HOUSE, None, ALL_TENANTS, ids={})
        ears = {
            (await one.make("/webhooks/endpoints", url="https://ear.example/"))["id"]: name
            for name, one in {"beta": beta, "house": house, "support": support}.items()
        }
        contract = alfa.ids["contract_id"]
        async with alfa.site.runtime.database.unit_of_work() as work:
            await emit(work, TEST, UUID(contract), {})

        rows = await alfa.site.runtime.database.fetch(
            "SELECT d.endpoint_id, e.tenant, e.carrier FROM webhook_deliveries AS d "
            "JOIN webhook_events AS e ON e.id = d.event_id WHERE e.subject_id = $1",
            UUID(contract),
        )
        assert {("alfa", "alfa-one")} == {(row["tenant"], row["carrier"]) for row in rows}
        heard = {ears.get(str(row["endpoint_id"]), "alfa") for row in rows}
        assert {"alfa", "support"} == heard


class TestAnOperation:
    async def test_belongs_to_whom_its_subject_belongs(self, alfa: Caller) -> None:
        """A picture of an envelope, a hold of numbers: who may see the one may see the other."""
        said = await alfa.ask_route("PUT", "/api/v1/envelopes/{token:uuid}/documents/{kind:str}")
        assert 200 == said.status, said.body
        async with alfa.site.runtime.database.unit_of_work() as work:
            await give_back_holds(work, [UUID(alfa.ids["preview_id"])])

        rows = await alfa.site.runtime.database.fetch(
            "SELECT kind, tenant, carrier FROM operations ORDER BY kind"
        )
        kinds = ("numbering.activate_line", "numbering.release_hold", "portability.upload_picture")
        assert [(kind, "alfa", "alfa-one") for kind in kinds] == [tuple(row) for row in rows]
