"""An area more is a folder and two names."""

import ast
import json
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import tramita
from tests.architecture.sources import ROOT, python_files, tree
from tramita.process.areas import AREAS
from tramita.web import areas as web

GUIDE = ROOT / "docs/how-to/add-an-area.md"
HOUSE = Path(tramita.__file__).parent
# The two files that name every area, and no other of the core does.
LISTS = {Path("process/areas.py"): "AREA", Path("web/areas.py"): "ROUTES"}
CORE = ("cli", "console", "demo", "kit", "process", "simulation", "web")
# Plugins that fulfil contracts are found through it, whatever area they belong to.
OPEN_TO_THE_CORE = {"tramita.contracts.backends"}
# What begins a provider for a port, with the suite that the port has.
SCAFFOLD = {Path("cli/new_provider.py")}
# What plays one area on the demo's stage.
SCENES = {
    Path(f"demo/{name}.py")
    for name in ("contracts", "courses", "envelopes", "numbers", "transfers")
}
# What fills one area out of a file, and begins its nights.
COMMANDS = {Path("cli/orders.py")}


class TestTheLists:
    def test_name_every_area(self) -> None:
        """A folder with a manifest and no name in the lists would be dead code."""
        folders = {path.parent.name for path in HOUSE.glob("*/area.py")}
        keys = sorted(folders.difference(CORE))

        assert keys == sorted(area.key for area in AREAS)
        assert {id(import_module(f"tramita.{key}.routes").ROUTES) for key in keys} == {
            id(routes) for routes in web.AREAS
        }

    def test_are_all_of_the_core_that_knows_an_area(self) -> None:
        """Who adds an area reads two files of the core, and no third."""
        keys = {area.key for area in AREAS}
        found = {
            path.relative_to("src/tramita")
            for path in python_files("src")
            if path.parts[2] in CORE and keys & set(areas_known_to(path))
        }

        assert set(LISTS) == found - SCENES - SCAFFOLD - COMMANDS


class TestAnAreaMore:
    @pytest.fixture
    def house(self, tmp_path: Path) -> Path:
        """A copy of the source, with the area of the guide and its names in both lists."""
        copy = tmp_path / "house/tramita"
        shutil.copytree(HOUSE, copy, ignore=shutil.ignore_patterns("__pycache__"))
        (copy / "parcels").mkdir()
        (copy / "parcels/__init__.py").write_text('"""Parcels."""\n', encoding="utf-8")
        for name, source in files_of(GUIDE):
            (copy / name).write_text(source, encoding="utf-8")
        for path, kind in LISTS.items():
            name_area(copy / path, "parcels", kind)
        return copy.parent

    def test_runs_answers_and_is_documented(
        self, house: Path, database_url: str, tmp_path: Path
    ) -> None:
        """Its job, route, event, check, life cycle and scope are found; nobody else was told."""
        program = Path(__file__).with_name("with_an_area_more.py")
        ended = subprocess.run(
            [sys.executable, program, database_url, tmp_path],
            env={"PYTHONPATH": str(house), "PATH": ""},
            capture_output=True,
            timeout=300,
            check=False,
        )
        assert 0 == ended.returncode, ended.stderr.decode()
        seen = json.loads((tmp_path / "seen.json").read_text(encoding="utf-8"))

        assert "parcel.packed" == seen["event"]
        assert "parcel.packed" in seen["types"]
        assert (["no parcel is packed twice"], {"parcels packed": 0}) == (
            seen["check"],
            seen["count"],
        )
        assert "parcels:write" in seen["scopes"]
        assert "## Parcel\n" in seen["pages"]["lifecycles.md"]
        described = json.loads(seen["pages"]["openapi.json"])
        assert "/api/v1/parcels" in described["paths"]
        assert "Parcels" in [tag["name"] for tag in described["tags"]]


def areas_known_to(path: Path) -> list[str]:
    """Of whatever a file imports from the house: the folder it is in."""
    imported = [
        f"{node.module}.{name.name}" if node.module.count(".") == 1 else node.module
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.module
        for name in node.names
    ]
    return [
        one.split(".")[1]
        for one in imported
        if one.startswith("tramita.") and one not in OPEN_TO_THE_CORE
    ]


def files_of(guide: Path) -> list[tuple[str, str]]:
    """The files that the guide shows, by the name on their first line."""
    blocks = re.findall(
        r"```python\n# (\S+)\n(.*?)```", guide.read_text(encoding="utf-8"), re.DOTALL
    )
    assert 3 == len(blocks)
    return blocks


def name_area(path: Path, key: str, kind: str) -> None:
    """Add one import and one name to a list of areas."""
    source = path.read_text(encoding="utf-8")
    module = "area" if kind == "AREA" else "routes"
    source = source.replace(
        "\nfrom tramita.portability",
        f"\nfrom tramita.{key} import {module} as {key}\nfrom tramita.portability",
    )
    source, times = re.subn(r"(= \([^()]*?),?\s*\)\n", rf"\1, {key}.{kind})\n", source, count=1)
    assert 1 == times
    path.write_text(source, encoding="utf-8")
