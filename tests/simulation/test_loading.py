"""A simulator that a manifest names."""

from pathlib import Path

import pytest

from tramita.simulation.loading import SimulatorNotFound, load_simulator
from tramita.simulation.settings import SimulatorSettings

SMT = "tramita.backends.smt.simulator"


class TestASimulator:
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
    def test_at_a_wrong_place_is_missed_in_a_sentence(
        self, tmp_path: Path, place: str, why: str
    ) -> None:
        """Whoever wrote the manifest reads what is wrong with it."""
        with pytest.raises(SimulatorNotFound) as missed:
            load_simulator("Acme", place, SimulatorSettings(keys_directory=tmp_path))

        assert f'The simulator of Acme is not at "{place}": {why}.' == str(missed.value)
