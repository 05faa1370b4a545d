"""Plugins are found by entry point."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tramita.kit.outcome import Pending
from tramita.kit.plugins import load_plugins

ENTRY_POINTS = """
[tramita.test]
works = tramita_test_plugin:number
breaks = tramita_test_plugin:nothing
explodes = tramita_test_bomb:number
is_something_else = tramita_test_plugin:word
"""


@pytest.fixture(autouse=True)
def _installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A distribution with good and bad plugins, as pip would leave it."""
    metadata = tmp_path / "tramita_test-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: tramita-test\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text(ENTRY_POINTS)
    (tmp_path / "tramita_test_plugin.py").write_text("number = 7\nword = 'seven'\n")
    (tmp_path / "tramita_test_bomb.py").write_text("raise RuntimeError('bang')\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield
    for name in ("tramita_test_plugin", "tramita_test_bomb"):
        sys.modules.pop(name, None)


class TestLoadPlugins:
    def test_loads_what_works(self) -> None:
        """A bad neighbor does no harm."""
        assert {"works": 7} == load_plugins("tramita.test", int).loaded

    def test_names_what_fails_and_why(self) -> None:
        """An operator sees which plugin and what is wrong with it."""
        failed = load_plugins("tramita.test", int).failed

        assert {
            "breaks": "AttributeError: module 'tramita_test_plugin' has no attribute 'nothing'",
            "explodes": "RuntimeError: bang",
            "is_something_else": "tramita_test_plugin:word is not a int",
        } == failed

    def test_finds_nothing_in_an_unknown_group(self) -> None:
        """No plugin is no error."""
        plugins = load_plugins("tramita.nobody", Pending)

        assert ({}, {}) == (plugins.loaded, plugins.failed)
