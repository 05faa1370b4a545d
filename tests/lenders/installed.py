"""Brisa as a package that somebody has installed: in this process, and in those it starts."""

import os
from pathlib import Path
from typing import Final

import pytest

KEY: Final = "brisa"
_ROOT: Final = Path(__file__).parents[2]
_ENTRY_POINTS: Final = "[tramita.providers]\nbrisa = tests.lenders.brisa.plugin:provider\n"


def install_brisa(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have Brisa found among the providers for as long as ``monkeypatch`` lasts."""
    installed = folder / "brisa-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Name: brisa\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text(_ENTRY_POINTS)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(folder), str(_ROOT))))
