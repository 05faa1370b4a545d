"""The demonstration over HTTP: what it does, for whom, and where it does not exist."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import aiohttp
import pytest
import pytest_asyncio

from tests.numbering.crowd import Corner
from tests.web.conftest import Answer, Site
from tramita.kit.settings import Mode

pytestmark = pytest.mark.asyncio(loop_scope="module")

DEMO = "/numbering/demo"
OWN = {"x-tramita-page": "numbering-demo", "sec-fetch-site": "same-origin"}
STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Shown:
    """A fragment as it came."""

    status: int
    source: str

    @property
    def face(self) -> str:
        """Which of its faces the page shows."""
        return self._found(r'data-face="(\w+)"')

    @property
    def preview_id(self) -> str:
        """The preview it is about."""
        return self._found(r'data-address="/numbering/demo/([\w-]+)"')

    def _found(self, pattern: str) -> str:
        found = re.search(pattern, self.source)
        assert found is not None, self.source
        return found[1]


@dataclass(frozen=True)
class Visitor:
    """Somebody who looks at the demonstration and has no token."""

    session: aiohttp.ClientSession
    ddd: str

    async def choose(self, previous: str | None = None) -> Shown:
        """Press an area code."""
        return await self._post("previews", {"ddd": self.ddd, "previous_id": previous})

    async def reserve(self, preview: str, index: int = 0) -> Shown:
        """Press "Reservar"."""
        return await self._post(f"{preview}/numbers/{index}/reserve")

    async def release(self, preview: str) -> Shown:
        """Press "Devolver"."""
        return await self._post(f"{preview}/release")

    async def look(self, preview: str) -> Shown:
        """Open the page of a preview."""
        async with self.session.get(f"{DEMO}/{preview}") as answer:
            return Shown(answer.status, await answer.text())

    async def _post(self, path: str, body: object = None) -> Shown:
        async with self.session.post(f"{DEMO}/{path}", json=body, headers=OWN) as answer:
            return Shown(answer.status, await answer.text())


@pytest_asyncio.fixture(loop_scope="module")
async def visitor(corner: Corner) -> AsyncIterator[Visitor]:
    """A visitor of the world's demonstration, who presses one area code."""
    async with aiohttp.ClientSession(corner.numbers.world.url) as session:
        yield Visitor(session, corner.ddd)


class TestAVisitor:
    async def test_reserves_a_number_and_gives_it_back(
        self, corner: Corner, visitor: Visitor
    ) -> None:
        """Masked while it is offered, in full while it is theirs, and hidden again after."""
        held = await visitor.choose()
        masked = re.findall(rf"\({corner.ddd}\) 9••••-\d{{4}}", held.source)

        reserved = await visitor.reserve(held.preview_id, 1)
        full = re.findall(rf"\({corner.ddd}\) 9\d{{4}}-\d{{4}}", reserved.source)
        again = await visitor.reserve(held.preview_id, 1)
        released = await visitor.release(held.preview_id)
        twice = await visitor.release(held.preview_id)

        assert (201, "held", 3) == (held.status, held.face, len(masked))
        assert [] == re.findall(r"9\d{4}-\d{4}", held.source)
        assert (200, "reserved", masked[1][-4:]) == (
            reserved.status,
            reserved.face,
            full[0][-4:],
        )
        assert (500, "reserved") == (again.status, again.face)
        assert (200, "released") == (released.status, released.face)
        assert (200, "released") == (twice.status, twice.face)
        assert full[0] not in released.source
        [row] = await corner.numbers_here()
        assert ("demo", "RETURNED") == (row["carrier"], row["status"])

    async def test_takes_other_numbers_instead(self, visitor: Visitor) -> None:
        """The first three can no longer be chosen, and say so."""
        first = await visitor.choose()

        second = await visitor.choose(previous=first.preview_id)
        late = await visitor.reserve(first.preview_id)

        assert (201, "held") == (second.status, second.face)
        assert (410, "over") == (late.status, late.face)
        assert "PREVIEW_EXPIRED" in late.source
        assert "foram trocados" in late.source

    async def test_waits_for_an_answer_that_was_lost(
        self, corner: Corner, visitor: Visitor
    ) -> None:
        """Nobody claims that it was reserved, or that it was not, until it is known."""
        held = await visitor.choose()
        await corner.order("set", query_available=False)
        await corner.fail("lost_after", "reserve")

        unknown = await visitor.reserve(held.preview_id)
        other = await visitor.reserve(held.preview_id, 1)
        await corner.order("calm")
        await corner.numbers.world.until_at_rest()

        assert (504, "reserving") == (unknown.status, unknown.face)
        assert "aguardando resposta" in unknown.source
        assert (409, "reserving") == (other.status, other.face)
        assert "reserved" == (await visitor.look(held.preview_id)).face

    async def test_is_told_what_the_provider_refused(
        self, corner: Corner, visitor: Visitor
    ) -> None:
        """The other two numbers can still be chosen."""
        held = await visitor.choose()
        await corner.fail("number_taken", "reserve")

        refused = await visitor.reserve(held.preview_id)

        assert (502, "held") == (refused.status, refused.face)
        assert "A operadora recusou o pedido" in refused.source
        assert 200 == (await visitor.reserve(held.preview_id, 1)).status

    async def test_sees_nothing_of_other_carriers(self, corner: Corner, visitor: Visitor) -> None:
        """A preview made over the API is not there, whatever its address."""
        preview = await corner.preview()

        seen = await visitor.look(preview["id"])
        reserved = await visitor.reserve(preview["id"])
        released = await visitor.release(preview["id"])

        assert [404, 404, 404] == [seen.status, reserved.status, released.status]
        assert "choose" == reserved.face
        assert [] == await corner.numbers_here()


async def ask(site: Site, method: str, path: str, **request: object) -> Answer:
    """A request of somebody without a token."""
    return await site.ask(method, path, authenticated=False, **request)


class TestThePage:
    async def test_offers_every_area_code_by_region(self, site: Site) -> None:
        """All 67, each once, under a strict policy."""
        page = await ask(site, "GET", DEMO)

        codes = re.findall(r'data-ddd="(\d\d)"', page.body)
        assert (200, 67, 67) == (page.status, len(codes), len(set(codes)))
        assert ["Sudeste", "Sul", "Nordeste", "Centro-Oeste", "Norte"] == re.findall(
            r'<h2 id="region-\d">([\w-]+)', page.body
        )
        assert STRICT == page.headers["Content-Security-Policy"]
        assert "Esta página precisa de JavaScript" in page.body

    async def test_says_that_the_provider_does_not_answer(self, site: Site) -> None:
        """With all area codes still there, and the chosen one to be tried again."""
        answer = await ask(site, "POST", f"{DEMO}/previews", json={"ddd": "67"}, headers=OWN)

        assert 503 == answer.status
        assert "A operadora está indisponível no momento" in answer.body
        assert "Tentar o DDD 67 de novo" in answer.body
        assert 68 == len(re.findall(r'data-ddd="\d\d"', answer.body))

    @pytest.mark.parametrize(("ddd", "status"), [("20", 400), ("23", 422), ("x" * 11, 422)])
    async def test_takes_no_area_code_that_is_none(self, site: Site, ddd: str, status: int) -> None:
        """What no button of the page would ask for."""
        answer = await ask(site, "POST", f"{DEMO}/previews", json={"ddd": ddd}, headers=OWN)

        assert status == answer.status

    @pytest.mark.parametrize("path", [f"{DEMO}/{UUID(int=7)}", f"{DEMO}/x", "/numbering/x"])
    async def test_that_is_not_there_is_a_page_too(self, site: Site, path: str) -> None:
        """About numbers, not about contracts."""
        page = await ask(site, "GET", path)

        assert 404 == page.status
        assert "Não encontramos estes números" in page.body
        assert "contratos" not in page.body


POSTS = (
    f"{DEMO}/previews",
    f"{DEMO}/{uuid4()}/numbers/0/reserve",
    f"{DEMO}/{uuid4()}/release",
)


@pytest.mark.parametrize("path", POSTS, ids=["choose", "reserve", "release"])
class TestAButton:
    @pytest.mark.parametrize(
        "headers",
        [{}, {"sec-fetch-site": "same-origin"}, OWN | {"sec-fetch-site": "cross-site"}],
        ids=["plain", "no page", "another site"],
    )
    async def test_is_pressed_on_the_page_only(
        self, site: Site, path: str, headers: dict[str, str]
    ) -> None:
        """No other site has a visitor's browser reserve anything."""
        answer = await ask(site, "POST", path, json={"ddd": "11"}, headers=headers)

        assert 403 == answer.status
        async with site.runtime.database.unit_of_work() as work:
            asked = await work.fetch("SELECT FROM pre_reservation WHERE ddd = '11'")
        assert [] == asked

    async def test_is_not_there_in_production(
        self, site: Site, path: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nor is the page: nobody reserves a real number without a token."""
        monkeypatch.setattr(site.runtime.settings, "mode", Mode.PRODUCTION)

        pressed = await ask(site, "POST", path, json={"ddd": "11"}, headers=OWN)
        page = await ask(site, "GET", DEMO)

        assert (404, 404) == (pressed.status, page.status)
