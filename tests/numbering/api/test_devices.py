"""Devices over HTTP: lists, and whether a device takes an eSIM, with GSIM up, ill and away."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from tests.conftest import fresh_database
from tests.providers.gsim.operator import GSIMControl
from tests.web.conftest import Answer, Site
from tramita.demo.together import running_together
from tramita.kit.breaker import Breaker
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.settings import Mode, Settings
from tramita.kit.tokens import create_token
from tramita.numbering.devices.settings import DeviceSettings
from tramita.numbering.devices.sync import sync_devices

pytestmark = pytest.mark.asyncio(loop_scope="module")

BRANDS = "/api/v1/devices/brands"
CHECK = "/api/v1/devices/esim-compatibility"
EID = "89049032123451234512345678901235"
# Seconds for which GSIM is waited for, where it answers; on a busy machine a second is little.
PATIENT = 20
XS, X, RETRO = "353879234252633", "352099001761481", "356938035643809"


@dataclass
class Shop:
    """Tramita's web, and GSIM behind it."""

    site: Site
    gsim: GSIMControl

    async def get(self, path: str, **headers: str) -> Answer:
        """Read."""
        return await self.site.ask("GET", path, headers=headers)

    async def check(self, **device: str) -> Answer:
        """Ask about a device."""
        return await self.site.ask("POST", CHECK, json=device)

    async def all_items(self, path: str, limit: int) -> list[dict[str, Any]]:
        """Every item of a list, page after page."""
        items: list[dict[str, Any]] = []
        cursor = ""
        while True:
            sign = "&" if "?" in path else "?"
            page = await self.get(f"{path}{sign}limit={limit}{cursor}")
            assert 200 == page.status, page.body
            assert len(page.body["items"]) <= limit
            items += page.body["items"]
            if page.body["next_cursor"] is None:
                return items
            cursor = f"&cursor={page.body['next_cursor']}"


@asynccontextmanager
async def running_shop(server: EmbeddedPostgres, directory: Path) -> AsyncIterator[Shop]:
    """Tramita on a database without any list, and GSIM."""
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(fresh_database(server))
        settings = Settings(data_dir=directory, mode=Mode.DEMO, port=0, simulators_port=0)
        quick = DeviceSettings(sync_pause=0, esim_wait=PATIENT)
        together = await stack.enter_async_context(
            running_together(settings, url, quick, vendors={"gsim"}, is_working=False)
        )
        runtime = together.runtime
        control = await stack.enter_async_context(aiohttp.ClientSession(together.simulators_url))
        gsim = GSIMControl(control, url=f"{together.simulators_url}/gsim")
        session = await stack.enter_async_context(aiohttp.ClientSession())
        async with runtime.database.unit_of_work() as work:
            token = await create_token(work, "reader", ["numbering:read"])
        yield Shop(Site(together.url, runtime, session, {"Authorization": f"Bearer {token}"}), gsim)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def open_shop(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Shop]:
    """One for all tests of this module, with a list."""
    async with running_shop(server, tmp_path_factory.mktemp("shop")) as shop:
        await sync_devices(shop.site.runtime)
        yield shop


@pytest_asyncio.fixture(loop_scope="module")
async def shop(open_shop: Shop) -> Shop:
    """The shop on a day on which nothing fails yet."""
    await open_shop.gsim.mend()
    open_shop.site.runtime.exchanges["gsim"].breaker = Breaker()
    return open_shop


class TestBrands:
    async def test_come_by_name_in_pages(self, shop: Shop) -> None:
        """Each once, whatever the pages' size; a maker may be called Vivo."""
        whole = await shop.all_items(BRANDS, 200)

        in_pages = await shop.all_items(BRANDS, 5)

        assert whole == in_pages
        assert ["Apple", "Aroeira", "Cerrado Mobile"] == [one["name"] for one in whole[:3]]
        assert {"id": "b-vivo", "name": "Vivo"} in whole

    async def test_say_of_when_they_are(self, shop: Shop) -> None:
        """With every page."""
        answer = await shop.get(f"{BRANDS}?limit=1")

        assert datetime.fromisoformat(answer.body["as_of"]).tzinfo is not None

    async def test_are_told_once(self, shop: Shop) -> None:
        """A client that has them is told that nothing changed, until the list is read again."""
        first = await shop.get(BRANDS)
        tag = first.headers["ETag"]

        known = await shop.get(BRANDS, **{"If-None-Match": f'"other", W/{tag}'})
        any_tag = await shop.get(BRANDS, **{"If-None-Match": "*"})
        await sync_devices(shop.site.runtime)
        later = await shop.get(BRANDS, **{"If-None-Match": tag})

        assert (304, tag, "") == (known.status, known.headers["ETag"], known.body)
        assert (304, 200) == (any_tag.status, later.status)
        assert tag != later.headers["ETag"]

    async def test_are_there_when_gsim_is_not(self, shop: Shop) -> None:
        """The last list, as it was."""
        before = await shop.get(BRANDS)
        await shop.gsim.fail("http_503", operation="list_brands", count=None)
        await sync_devices(shop.site.runtime)

        after = await shop.get(BRANDS)

        assert (200, before.body) == (after.status, after.body)

    @pytest.mark.parametrize("cursor", ["x", "WzFd"])
    async def test_have_no_page_for_a_strange_cursor(self, shop: Shop, cursor: str) -> None:
        """Nor for one of another kind of list."""
        answer = await shop.get(f"{BRANDS}?cursor={cursor}")

        assert (400, "query.cursor") == (answer.status, answer.body["errors"][0]["path"])

    async def test_need_the_scope(self, shop: Shop) -> None:
        """Of whoever reads numbers."""
        headers = await shop.site.token("contracts:read")

        answer = await shop.site.ask("GET", BRANDS, headers=headers)

        assert 403 == answer.status


class TestModels:
    async def test_come_by_name_in_pages(self, shop: Shop) -> None:
        """Also where several bear one name: their regions' codes tell them apart."""
        path = f"{BRANDS}/b-apple/models"
        whole = await shop.all_items(path, 200)

        in_pages = await shop.all_items(path, 7)

        assert whole == in_pages
        assert {"IPXS-BR": "YES", "IPXS-CN": "NO"} == {
            one["code"]: one["esim"] for one in whole if one["name"] == "iPhone XS"
        }

    @pytest.mark.parametrize(
        ("brand", "q", "found"),
        [
            ("b-cerrado-mobile", "ipe%201", {"Ipê 1"}),
            ("b-cerrado-mobile", "IP%C3%8A%201", {"Ipê 1"}),
            ("b-apple", "ipxs-", {"iPhone XS"}),
            ("b-apple", "100%25", set()),
            ("b-apple", "_", set()),
        ],
    )
    async def test_are_found_by_a_part_of_name_or_code(
        self, shop: Shop, brand: str, q: str, found: set[str]
    ) -> None:
        """Without minding capitals and accents; no character is special."""
        answer = await shop.get(f"{BRANDS}/{brand}/models?q={q}")

        assert found == {one["name"] for one in answer.body["items"]}

    async def test_may_be_none(self, shop: Shop) -> None:
        """A brand without models is a brand."""
        answer = await shop.get(f"{BRANDS}/b-quartzo/models")

        assert (200, [], None) == (
            answer.status,
            answer.body["items"],
            answer.body["next_cursor"],
        )

    async def test_of_no_brand_are_not_found(self, shop: Shop) -> None:
        """Said in a code of this area."""
        answer = await shop.get(f"{BRANDS}/b-none/models")

        assert (404, "BRAND_NOT_FOUND") == (answer.status, answer.body["code"])

    async def test_are_told_once(self, shop: Shop) -> None:
        """As brands are."""
        path = f"{BRANDS}/b-vivo/models"
        first = await shop.get(path)

        again = await shop.get(path, **{"If-None-Match": first.headers["ETag"]})

        assert 304 == again.status


class TestCheckingESIM:
    @pytest.mark.parametrize(
        ("device", "verdict", "evidence"),
        [
            ({"imei": XS}, "COMPATIBLE", "TAC"),
            ({"imei": X}, "NOT_COMPATIBLE", "TAC"),
            ({"imei": RETRO}, "UNKNOWN", None),
            ({"imei": "490154203237518"}, "UNKNOWN", None),
            ({"tac": "35387923"}, "COMPATIBLE", "TAC"),
            ({"model_id": "m-ipxs-br"}, "COMPATIBLE", "MODEL"),
            ({"model_id": "m-ipxs-cn"}, "NOT_COMPATIBLE", "MODEL"),
            ({"model_id": "m-none"}, "UNKNOWN", None),
            ({"eid": EID}, "COMPATIBLE", "EID"),
            ({"eid": EID, "imei": X}, "NOT_COMPATIBLE", "OPERATOR"),
            ({"eid": EID, "imei": RETRO}, "COMPATIBLE", "EID"),
        ],
    )
    async def test_answers_with_what_it_rests_on(
        self, shop: Shop, device: dict[str, str], verdict: str, evidence: str | None
    ) -> None:
        """By the chip's number, by the model; what nobody knows is unknown."""
        answer = await shop.check(**device)

        assert (200, verdict, evidence, "GSIM") == (
            answer.status,
            answer.body["verdict"],
            answer.body["evidence"],
            answer.body["source"],
        )
        assert answer.body["reasons"]

    @pytest.mark.parametrize("fault", ["http_503", "answer_held", "malformed_json", "429"])
    async def test_answers_from_the_last_list_when_gsim_does_not(
        self, shop: Shop, fault: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Soon, and with the time that list is of."""
        monkeypatch.setattr(shop.site.runtime.configured(DeviceSettings), "esim_wait", 1)
        as_of = (await shop.get(BRANDS)).body["as_of"]
        await shop.gsim.fail(fault, operation="check_esim", count=None)

        listed, unlisted = await shop.check(imei=X), await shop.check(tac="49015420")

        assert {
            "verdict": "NOT_COMPATIBLE",
            "reasons": ["LISTED_WITHOUT_ESIM", "OPERATOR_UNREACHABLE"],
            "evidence": "TAC",
            "as_of": as_of,
            "source": "CATALOG",
        } == listed.body
        assert ("UNKNOWN", as_of) == (unlisted.body["verdict"], unlisted.body["as_of"])

    async def test_takes_the_operators_word_over_the_list(self, shop: Shop) -> None:
        """It may have changed its mind since."""
        async with shop.site.runtime.database.unit_of_work() as work:
            await work.fetch("UPDATE device_model SET esim = 'NO' WHERE id = 'm-ip15-br'")

        answer = await shop.check(model_id="m-ip15-br")

        assert ("COMPATIBLE", "OPERATOR", "OPERATOR_DISAGREES") == (
            answer.body["verdict"],
            answer.body["evidence"],
            answer.body["reasons"][-1],
        )

    async def test_sends_gsim_no_more_than_it_needs(self, shop: Shop) -> None:
        """The model's part of an IMEI; whose device it is is nobody's business there."""
        await shop.check(imei=XS)

        assert XS not in str(await shop.gsim.asked("check_esim"))

    async def test_tells_everything_that_is_wrong(self, shop: Shop) -> None:
        """At once, as 400, and never repeats the numbers."""
        answer = await shop.check(imei="353879234252634", eid=f"{EID[:31]}6", tac="1")

        assert (400, {"imei": "invalid_imei", "eid": "invalid_eid", "tac": "invalid_tac"}) == (
            answer.status,
            {one["path"]: one["code"] for one in answer.body["errors"]},
        )
        assert "35387923" not in str(answer.body)

    @pytest.mark.parametrize(
        "body", [{}, {"imei": None}, {"imei": 353879234252633}, {"iccid": "1"}, {"model_id": ""}]
    )
    async def test_refuses_what_names_no_device(self, shop: Shop, body: dict[str, Any]) -> None:
        """As 400 too."""
        answer = await shop.site.ask("POST", CHECK, json=body)

        assert (400, True) == (answer.status, bool(answer.body["errors"]))


class TestWithoutAnyList:
    async def test_answers_what_can_be_answered(
        self, server: EmbeddedPostgres, tmp_path: Path
    ) -> None:
        """Lists come later; an EID speaks for itself, and the operator for the rest."""
        async with running_shop(server, tmp_path) as shop:
            brands = await shop.get(BRANDS)
            models = await shop.get(f"{BRANDS}/b-apple/models")
            asked = await shop.check(imei=XS)
            await shop.gsim.fail("http_503", operation="check_esim", count=None)
            by_eid, by_tac = await shop.check(eid=EID), await shop.check(imei=X)

        for answer in (brands, models):
            assert (503, "PROVIDER_UNAVAILABLE") == (answer.status, answer.body["code"])
            assert int(answer.headers["Retry-After"]) > 0
        assert ("COMPATIBLE", "OPERATOR", "GSIM") == _gist(asked)
        assert ("COMPATIBLE", "EID", "DEVICE") == _gist(by_eid)
        assert ("UNKNOWN", None, None) == _gist(by_tac)
        assert by_tac.body["as_of"] is None


def _gist(answer: Answer) -> tuple[str, str | None, str | None]:
    return answer.body["verdict"], answer.body["evidence"], answer.body["source"]
