import socket

import aiohttp
import pytest

from tests.simulation.bakery import make_bakery
from tests.simulation.conftest import Street
from tramita.simulation.faults import FaultOrder
from tramita.simulation.server import NotLoopback, listen, running_simulators
from tramita.simulation.settings import SimulationForbiddenInProduction, refuse_in_production


class TestRunningSimulators:
    async def test_answers_as_soon_as_it_yields(self, street: Street) -> None:
        """The yielded address is a loopback one and answers at once."""
        async with street.session.get(street.url) as page:
            text = await page.text()

        assert street.url.startswith("http://127.0.0.1:")
        assert (200, True) == (page.status, "Bakery" in text)

    @pytest.mark.parametrize("path", ["panels.css", "panels.js"])
    async def test_serves_what_the_page_needs(self, street: Street, path: str) -> None:
        """The page's style and script come from the simulators themselves."""
        async with street.session.get(f"{street.url}/{path}") as answer:
            assert 200 == answer.status

    async def test_ends_with_its_block_even_while_a_client_hangs(self) -> None:
        """Leaving the block closes the port, whoever may still be waiting."""
        bakery = make_bakery()
        bakery.world.faults.add(FaultOrder(kind="timeout_before"))

        async with aiohttp.ClientSession() as session:
            async with running_simulators([bakery]) as url:
                with pytest.raises(TimeoutError):
                    await session.post(
                        f"{url}/bakery/loaves",
                        json={"client": "eva"},
                        timeout=aiohttp.ClientTimeout(total=0.2),
                    )

            with pytest.raises(aiohttp.ClientConnectorError):
                await session.get(url)

    async def test_says_when_the_port_is_taken(self) -> None:
        """A taken port is an error before anything is served."""
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]

            with pytest.raises(OSError, match="in use"):
                async with running_simulators([make_bakery()], port=port):
                    pass


class TestAnAddressOfNobody:
    @pytest.mark.parametrize("path", ["/nowhere", "/bakery/nowhere", "/nobody/__sim/state"])
    async def test_is_a_page_for_browsers_and_a_problem_for_programs(
        self, street: Street, path: str
    ) -> None:
        """The same everywhere; the page leads to the vendors, and loads nothing from elsewhere."""
        async with street.session.get(
            street.url + path, headers={"Accept": "text/html,*/*;q=0.8"}
        ) as page:
            assert (404, "text/html") == (page.status, page.content_type)
            assert 'href="/"' in await page.text()
            assert "default-src 'self'" in page.headers["Content-Security-Policy"]
        async with street.session.get(street.url + path) as problem:
            assert (404, "application/problem+json") == (problem.status, problem.content_type)


class TestListen:
    @pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::"])
    def test_refuses_other_addresses_than_loopback(self, host: str) -> None:
        """Simulators are never reachable from another machine."""
        with pytest.raises(NotLoopback):
            listen(host, 0)


class TestRefuseInProduction:
    @pytest.mark.parametrize("mode", ["production", "Production "])
    def test_refuses_production(self, mode: str) -> None:
        """Simulators do not run in production."""
        with pytest.raises(SimulationForbiddenInProduction):
            refuse_in_production(mode)

    def test_allows_everything_else(self) -> None:
        """In demo mode nothing is raised."""
        refuse_in_production("demo")
