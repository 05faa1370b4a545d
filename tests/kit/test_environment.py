"""Which variables are settings, and which only look like one."""

import pytest

from tramita.kit.environment import unknown_variables
from tramita.kit.settings import Settings
from tramita.process.settings import all_settings


class TestUnknownVariables:
    @pytest.mark.parametrize(
        ("name", "nearest"),
        [
            ("TRAMITA_PROT", "TRAMITA_PORT"),
            ("TRAMITA_DATABSE_URL", "TRAMITA_DATABASE_URL"),
            ("tramita_prot", "TRAMITA_PORT"),
            ("TRAMITA_WEATHER_OF_TOMORROW", None),
        ],
    )
    def test_are_told_with_the_nearest_setting(self, name: str, nearest: str | None) -> None:
        """What no setting is like is told without one."""
        assert {name: nearest} == unknown_variables([Settings], {name: "1", "PATH": "/bin"})

    def test_are_none_of_the_settings_there_are(self) -> None:
        """Of the platform, the areas and every installed plugin, in any case; nor the suite's own."""
        kinds = [kind for _, kind in all_settings()]
        known = ["TRAMITA_PORT", "tramita_port", "TRAMITA_QITECH_URL", "TRAMITA_SMT_SECRET"]

        assert {} == unknown_variables(kinds, dict.fromkeys([*known, "TRAMITA_TEST_REQUIRE"], ""))
