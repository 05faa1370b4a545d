"""The simulators that are served."""

from pathlib import Path

from tramita.kit.settings import Mode, Settings
from tramita.web.simulators import make_simulators


class TestSimulators:
    def test_are_those_of_every_provider_and_backend(self, tmp_path: Path) -> None:
        """Each manifest names a place that is there."""
        made = make_simulators(Settings(mode=Mode.DEMO, data_dir=tmp_path))

        providers = {
            "dummypay",
            "dummysign",
            "gsim",
            "lexpersona",
            "lyra",
            "onec",
            "qitech",
            "sigan",
            "smt",
            "telegram",
        }
        assert providers | {"mailbox"} == {one.key for one in made}
