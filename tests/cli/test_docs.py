"""The reference that is written from the code."""

import pytest
from pydantic_settings import BaseSettings

from tramita.cli.docs import default_of
from tramita.kit.environment import variable_of
from tramita.process.settings import all_settings

SETTINGS = [(kind, name) for _, kind in all_settings() for name in kind.model_fields]


class TestSettings:
    @pytest.mark.parametrize(
        ("kind", "name"), SETTINGS, ids=[variable_of(kind, name) for kind, name in SETTINGS]
    )
    def test_show_defaults_as_they_can_be_set(
        self, kind: type[BaseSettings], name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What stands on the page, put into the variable, changes nothing."""
        variable = variable_of(kind, name)
        monkeypatch.delenv(variable, raising=False)
        usual = kind().model_dump(mode="json")

        monkeypatch.setenv(variable, default_of(kind.model_fields[name].default))

        assert usual == kind().model_dump(mode="json")
