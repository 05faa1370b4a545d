"""Backend plugins that somebody else wrote, installed with pip."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def plugins_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory into which the test's own plugin packages are installed."""
    sources = tmp_path_factory.mktemp("sources")
    target = tmp_path_factory.mktemp("plugins")
    shutil.copytree(HERE / "packages", sources, dirs_exist_ok=True)
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            *("--no-index", "--no-build-isolation", "--no-deps", "--target", str(target)),
            *(str(package) for package in sorted(sources.iterdir())),
        ],
        check=True,
        capture_output=True,
    )
    return target


async def _report(database_url: str, plugins_directory: Path) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(HERE / "installed_plugins.py"), database_url),
        env=os.environ | {"PYTHONPATH": str(plugins_directory)},
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    assert 0 == process.returncode
    report: dict[str, Any] = json.loads(output.splitlines()[-1])
    return report


class TestInstalledPlugins:
    async def test_work_from_the_entry_point_alone(
        self, database_url: str, plugins_directory: Path
    ) -> None:
        """Handlers, record, job and representation are at work with no other step."""
        report = await _report(database_url, plugins_directory)

        created, activated, cancelled = report["lives"]["acme"]
        assert {"acme", "smt", "telmex"} <= set(report["loaded"])
        assert (False, {"name": "acme", "account": None}) == (
            created["activated"],
            created["backend"],
        )
        assert (True, {"name": "acme", "account": "A-C-acme"}) == (
            activated["activated"],
            activated["backend"],
        )
        assert (False, False) == (cancelled["active"], cancelled["activated"])

    async def test_may_be_careless_about_what_they_read(
        self, database_url: str, plugins_directory: Path
    ) -> None:
        """Whatever is posted to one is kept and answered, and no job stands still for it."""
        report = await _report(database_url, plugins_directory)

        heard = report["heard"]
        assert [204] * 6 == heard["statuses"]
        assert [403] * 3 == heard["strangers"]
        assert "a\ufffdb\ufffd" == heard["said"]
        assert (5, 0) == (heard["not_understood"], heard["held"])

    async def test_fail_alone(self, database_url: str, plugins_directory: Path) -> None:
        """A broken one is named with its reason, and has no contracts; the others work."""
        report = await _report(database_url, plugins_directory)

        assert "RuntimeError: the license has run out" == report["failed"]["broken"]
        assert "the license has run out" in report["refused"]["broken"]
        assert [True, True, False] == [stage["activated"] for stage in report["lives"]["smt"]]

    async def test_are_refused_when_they_cannot_end_what_they_begin(
        self, database_url: str, plugins_directory: Path
    ) -> None:
        """A contract would be called cancelled while what its plugin began goes on."""
        report = await _report(database_url, plugins_directory)

        assert {"broken", "halfway"} == report["failed"].keys()
        assert (
            "handles on_contract_create and not on_contract_cancel" in report["failed"]["halfway"]
        )
        assert "is not available here" in report["refused"]["halfway"]
