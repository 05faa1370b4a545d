"""Simulators, made once and used by one server after the other.

To register the routes of a vendor takes longer than most tests ask of it. So a process keeps
those whose server has ended, with the application that served them; who wants one of their
kind gets it reset. Two servers never share one.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Final

import pytest
from litestar import Litestar

from tramita.simulation import server
from tramita.simulation.app import build_simulators_app
from tramita.simulation.loading import load_simulator
from tramita.simulation.settings import SimulatorSettings
from tramita.simulation.simulator import Simulator
from tramita.testing import scene
from tramita.web import simulators as web_simulators

Make = Callable[[SimulatorSettings], Simulator]


class KeptSimulators:
    """What nobody uses at the moment, by what made it and with which settings."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._free: defaultdict[Hashable, dict[int, Simulator]] = defaultdict(dict)
        # Those that were made here, so that no other has their identity.
        self._kept: list[Simulator] = []
        self._kinds: dict[int, Hashable] = {}
        self._apps: dict[tuple[int, ...], Litestar] = {}

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Have whoever loads simulators by name, or serves any, come here."""
        patch.setattr(web_simulators, "load_simulator", self.load)
        patch.setattr(scene, "load_simulator", self.load)
        patch.setattr(server, "build_simulators_app", self.build_app)

    def close(self) -> None:
        """Remove the keys."""
        self._stack.close()

    @cached_property
    def _keys(self) -> Path:
        return Path(self._stack.enter_context(TemporaryDirectory(prefix="tramita-keys-")))

    def load(self, title: str, place: str, settings: SimulatorSettings) -> Simulator:
        """What ``load_simulator`` answers."""
        return self._hand_out(place, partial(load_simulator, title, place), settings)

    def make(self, make: Make, settings: SimulatorSettings) -> Simulator:
        """What ``make`` answers."""
        return self._hand_out(make, make, settings)

    def build_app(self, simulators: Sequence[Simulator]) -> Litestar:
        """The application for one server; when that ends, the simulators are free."""
        identities = tuple(map(id, simulators))
        if not self._kinds.keys() >= set(identities):
            return build_simulators_app(simulators)
        for one in simulators:
            # One whose server is started again was free for a moment.
            self._free[self._kinds[id(one)]].pop(id(one), None)
        if identities not in self._apps:
            app = build_simulators_app(simulators)
            app.on_shutdown.append(partial(self._give_back, simulators))
            self._apps[identities] = app
        return self._apps[identities]

    def _hand_out(self, name: Hashable, make: Make, settings: SimulatorSettings) -> Simulator:
        credentials = frozenset(settings.credentials.items())
        kind = (name, settings.seed, credentials, bool(settings.webhooks_to))
        free = self._free[kind]
        simulator = free.popitem()[1] if free else self._make(kind, make, settings)
        keys, own = self._keys / simulator.key, settings.keys_directory / simulator.key
        if own.exists():
            # Somebody has keys already, and wants a vendor that knows them.
            free[id(simulator)] = simulator
            return make(settings)
        if keys.exists():
            copytree(keys, own)
        simulator.start_anew(settings.seed)
        post = simulator.world.post_office
        if post.default_url is not None:
            post.subscribe_by_default(settings.webhook_url(simulator.key))
        return simulator

    def _make(self, kind: Hashable, make: Make, settings: SimulatorSettings) -> Simulator:
        made = make(replace(settings, keys_directory=self._keys))
        self._kinds[id(made)] = kind
        self._kept.append(made)
        return made

    def _give_back(self, simulators: Sequence[Simulator]) -> None:
        for one in simulators:
            self._free[self._kinds[id(one)]][id(one)] = one


SIMULATORS: Final = KeptSimulators()
