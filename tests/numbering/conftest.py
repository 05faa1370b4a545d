"""Worlds for numbering; what numbering promises holds when a test is over."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.numbering.contracts.vivo import Vivo, sims_in_stock
from tests.numbering.crowd import Corner, end_well, running_numbers
from tests.numbering.over_http import Numbers
from tests.secrecy import leaks_in_tables
from tests.web.conftest import site
from tests.world import running_world
from tramita.kit.database.engine import Database
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.providers.sigan.simulator.area_codes import DDDS

__all__ = ["site"]


@pytest.fixture
async def numbers(database: Database, database_url: str, tmp_path: Path) -> AsyncIterator[Numbers]:
    """Simulators and Tramita."""
    async with running_world(database, database_url, tmp_path) as world:
        numbers = await Numbers.begin(world)
        yield numbers
        await numbers.settle()
        assert [] == await numbers.broken()
        assert [] == await leaks_in_tables(database)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_numbers(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Numbers]:
    """One world for all tests of a module, which are marked with its loop."""
    folder = tmp_path_factory.mktemp("shared")
    async with running_numbers(server, folder) as numbers:
        yield numbers


@pytest.fixture(scope="module")
def area_codes() -> Iterator[str]:
    """Area codes that no test of the module has used."""
    return iter(sorted(DDDS))


@pytest_asyncio.fixture(loop_scope="module")
async def corner(shared_numbers: Numbers, area_codes: Iterator[str]) -> AsyncIterator[Corner]:
    """An area code of one's own in the world of the module."""
    yield Corner(shared_numbers, next(area_codes))
    await shared_numbers.sigan.person("operator", "calm")
    await end_well(shared_numbers)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_lines(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Numbers, Iterator[str]]]:
    """A world for all tests of a module, where GSIM is asked soon; and SIMs nobody has used."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRAMITA_GSIM_DEADLINE", "1")
        patch.setenv("TRAMITA_GSIM_ASK_AGAIN", "0.3")
        async with running_numbers(server, tmp_path_factory.mktemp("lines")) as numbers:
            yield numbers, iter(await sims_in_stock(numbers))


@pytest_asyncio.fixture(loop_scope="module")
async def vivo(
    shared_lines: tuple[Numbers, Iterator[str]], area_codes: Iterator[str]
) -> AsyncIterator[Vivo]:
    """Mobile contracts in an area code of their own, with SIMs of their own."""
    numbers, sims = shared_lines
    yield Vivo(Corner(numbers, next(area_codes)), sims)
    await numbers.world.gsim.mend()
    await numbers.world.gsim.act(activations="succeed", number_not_reserved="")
    await end_well(numbers)
