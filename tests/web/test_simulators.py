"""The simulators that are served, loaded by name."""

from pathlib import Path

import pytest

from tramita.kit.settings import Mode, Settings
from tramita.simulation.settings import SimulatorSettings
from tramita.web.simulators import SimulatorNotFound, load_simulator, make_simulators

SMT = "tramita.backends.smt.simulator"


class TestSimulators:
    def test_are_those_of_every_provider_and_backend(self, tmp_path: Path) -> None:
        """Each manifest names a place that is there."""
        made = make_simulators(Settings(mode=Mode.DEMO, data_dir=tmp_path))

        assert {"gsim", "lexpersona", "lyra", "qitech", "sigan", "smt"} == {one.key for one in made}

    @pytest.mark.parametrize(
        ("place", "why"),
        [
            ("tramita.nowhere:make_simulator", "No module named 'tramita.nowhere'"),
            (f"{SMT}:make_nothing", f"module '{SMT}' has no attribute 'make_nothing'"),
            ("make simulator", "invalid format: 'make simulator'"),
            ("builtins:repr", "that makes a str, no Simulator"),
            (f"{SMT}:__name__", "that makes a str, no Simulator"),
        ],
    )
    def test_at_a_wrong_place_are_missed_in_a_sentence(
        self, tmp_path: Path, place: str, why: str
    ) -> None:
        """Whoever wrote the manifest reads what is wrong with it."""
        with pytest.raises(SimulatorNotFound) as missed:
            load_simulator("Acme", place, SimulatorSettings(keys_directory=tmp_path))

        assert f'The simulator of Acme is not at "{place}": {why}.' == str(missed.value)
