"""Simulators that are handed from test to test."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from random import Random
from types import FunctionType, MethodType
from typing import Any

import aiohttp
import pytest

from tests.kept_simulators import KeptSimulators
from tests.numbering.over_http import Numbers
from tests.world import running_world
from tramita.kit.database.engine import Database
from tramita.kit.settings import Mode, Settings
from tramita.providers.qitech.simulator import make_simulator
from tramita.simulation.faults import FaultOrder
from tramita.simulation.latency import Fixed
from tramita.simulation.server import running_simulators
from tramita.simulation.settings import SimulatorSettings
from tramita.simulation.simulator import Simulator, UnknownAct
from tramita.web import simulators as web_simulators

ELSEWHERE = "http://127.0.0.1:9/elsewhere"


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[KeptSimulators]:
    """Keeps nothing yet."""
    kept = KeptSimulators()
    kept.install(monkeypatch)
    yield kept
    kept.close()


class TestKeptSimulators:
    async def test_are_like_new_when_they_are_handed_on(
        self, kept: KeptSimulators, database: Database, database_url: str, tmp_path: Path
    ) -> None:
        """Whatever was done there, by whomever, and whatever was under way at the end."""
        new = await made_and_given_back(tmp_path / "new")
        shapes = {one.key: shape(one, {}) for one in new}

        async with running_world(database, database_url, tmp_path / "used") as world:
            token = await world.make_envelope()
            await world.send_link(token)
            await world.until_done(token)
            await (await Numbers.begin(world)).reserved()
            await asyncio.gather(*(maltreat(one, world.simulators_url) for one in new))
        used = {one.key: shape(one, {}) for one in new}
        again = await made_and_given_back(tmp_path / "again")

        assert set(map(id, new)) == set(map(id, again))
        assert shapes == {one.key: shape(one, {}) for one in again}
        assert not [key for key in shapes if shapes[key]["world"] == used[key]["world"]]

    async def test_are_nobody_elses(self, kept: KeptSimulators, tmp_path: Path) -> None:
        """Two at the same time differ, whichever folder they find their keys in."""
        settings = [SimulatorSettings(tmp_path / name) for name in ("a", "b", "c")]
        first, second = (kept.make(make_simulator, own) for own in settings[:2])
        async with running_simulators([first]), running_simulators([second]):
            assert first is not second
        third = kept.make(make_simulator, settings[2])
        fourth = kept.make(make_simulator, settings[2])

        assert third in (first, second)
        assert fourth not in (first, second)
        assert {"client.pem", "client.pub.pem", "provider.pem", "provider.pub.pem"} == {
            one.name for one in (tmp_path / "c" / "qitech").iterdir()
        }


async def made_and_given_back(folder: Path) -> list[Simulator]:
    """All vendors, as somebody gets them."""
    made = web_simulators.make_simulators(Settings(data_dir=folder, mode=Mode.DEMO))
    async with running_simulators(made):
        return made


async def maltreat(simulator: Simulator, url: str) -> None:
    """Change all that can be changed, and leave a call and a webhook under way."""
    world = simulator.world
    days = simulator.scenarios.values()
    for order in (
        *(one.act for one in simulator.buttons),
        *(act for day in days for act in day.acts),
    ):
        with suppress(UnknownAct):
            simulator.act(order)
    world.faults.add(FaultOrder(kind="answer_held", count=None))
    world.latency = Fixed(1.0)
    world.scenario = "any"
    world.post_office.subscribe(ELSEWHERE)
    world.clock.advance(timedelta(days=3))
    world.clock.freeze()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(0.2)) as session:
        handler: Any = simulator.handlers[0]
        [method], [path] = handler.http_methods, handler.paths
        path = f"{simulator.key}{path}".replace("{key:str}", "any").replace("{user:str}", "any")
        # Nobody waits for its answer; one that cannot be called gives none.
        with suppress(TimeoutError, aiohttp.ClientOSError):
            async with session.request(method, f"{url}/{path}", data=b"{}"):
                pass


def shape(thing: Any, seen: dict[int, int]) -> Any:
    """All of ours that a thing is made of, in a form that can be compared."""
    match thing:
        case None | str() | bytes() | int() | float() | timedelta():
            return thing
        case type() | FunctionType():
            return thing.__qualname__
        case MethodType():
            return [thing.__func__.__qualname__, shape(thing.__self__, seen)]
        case Random():
            return hash(thing.getstate())
    if id(thing) in seen:
        return f"thing {seen[id(thing)]}"
    seen[id(thing)] = len(seen)
    match thing:
        case Mapping():
            return {str(shape(key, seen)): shape(value, seen) for key, value in thing.items()}
        case Sequence() | AbstractSet():
            return [shape(one, seen) for one in thing]
    if not type(thing).__module__.startswith("tramita."):
        return type(thing).__qualname__
    slots = [name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())]
    names = [*slots, *getattr(thing, "__dict__", ())]
    return {name: shape(getattr(thing, name), seen) for name in names}
