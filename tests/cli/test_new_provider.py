"""``tramita new-provider``: what it writes works, and is as the checks want it."""

import re
import shlex
import shutil
import subprocess
import sys
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

import tramita.providers
from tests.cli.conftest import Run
from tramita.cli.new_provider import PORTS, write_provider

ROOT = Path(__file__).parents[2]
HOW_TO = ROOT / "docs/how-to/add-a-provider.md"
TYPES = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml")]


def write(into: Path, key: str, port: str) -> list[Path]:
    """Have a provider written; answers its files of Python."""
    folder, tests = into / f"src/tramita/providers/{key}", into / f"tests/providers/{key}"
    return [one for one in write_provider(key, port, folder, tests) if one.suffix == ".py"]


def suite_of(into: Path, key: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The suite in its test module, with the folder among the providers."""
    path = [*tramita.providers.__path__, str(into / "src/tramita/providers")]
    monkeypatch.setattr(tramita.providers, "__path__", path)
    import_module(f"tramita.providers.{key}.plugin")
    test = into / f"tests/providers/{key}/test_conformance.py"
    spec = spec_from_file_location(f"test_{key}", test)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, f"Test{key.capitalize()}")()


@pytest.mark.parametrize("port", PORTS)
class TestWhatIsWritten:
    async def test_keeps_the_first_promise_of_its_port(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, port: str
    ) -> None:
        """Every method is answered by the simulator, and only acts change anything there."""
        key = f"acme{port}"
        write(tmp_path, key, port)
        suite = suite_of(tmp_path, key, monkeypatch)

        for method in suite.methods():
            await suite.test_is_answered(tmp_path / method, method)

    def test_is_in_order(self, tmp_path: Path, port: str) -> None:
        """As it is for whatever somebody wrote by hand."""
        shutil.copy(ROOT / "pyproject.toml", tmp_path)
        written = [str(path.relative_to(tmp_path)) for path in write(tmp_path, "acme", port)]

        for order in (("check",), ("format", "--check")):
            checked = subprocess.run(
                [sys.executable, "-m", "ruff", *order, *written],
                cwd=tmp_path,
                check=False,
                capture_output=True,
                text=True,
            )
            assert 0 == checked.returncode, checked.stdout
        assert 8 == len(list(tmp_path.rglob("acme/*")))
        assert not any(".ports." in Path(tmp_path, one).read_text("utf-8") for one in written)


class TestItsTypes:
    @pytest.mark.soak
    def test_leave_nothing_to_say(self, tmp_path: Path) -> None:
        """To `mypy --strict`, whatever the port."""
        shutil.copytree(ROOT / "src/tramita", tmp_path / "src/tramita")
        written = [
            str(path.relative_to(tmp_path))
            for port in PORTS
            for path in write(tmp_path, f"acme{port}", port)
        ]

        checked = subprocess.run(
            [*TYPES, *written], check=False, capture_output=True, text=True, cwd=tmp_path
        )

        assert 0 == checked.returncode, checked.stdout


class TestTheHowTo:
    async def test_can_be_followed_to_the_letter(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tramita: Run
    ) -> None:
        """The command that it names writes a provider, and the lines that it shows register it."""
        text = HOW_TO.read_text(encoding="utf-8")
        [command] = re.findall(r"^ *tramita (new-provider .*)$", text, re.MULTILINE)
        words = shlex.split(command)
        key = words[1]

        code, output, _ = await tramita(*words, "--into", str(tmp_path))

        [entry] = re.findall(r"^ *(\w+ = \"tramita\.providers\..*\")$", text, re.MULTILINE)
        assert (0, True) == (code, entry in output)
        suite = suite_of(tmp_path, key, monkeypatch)
        assert key == suite.provider.key


class TestTheCommand:
    @pytest.mark.parametrize(
        ("key", "port", "why"),
        [
            ("Acme", "numbers", "no key for a provider"),
            ("../acme", "numbers", "no key for a provider"),
            ("acme", "letters", "no port letters"),
        ],
    )
    async def test_says_what_it_cannot_do(
        self, tmp_path: Path, tramita: Run, key: str, port: str, why: str
    ) -> None:
        """And writes nothing."""
        code, _, errors = await tramita("new-provider", key, "--port", port, f"--into={tmp_path}")

        assert (1, True) == (code, why in errors)
        assert [] == list(tmp_path.iterdir())

    async def test_leaves_alone_what_is_there(self, tmp_path: Path, tramita: Run) -> None:
        """Somebody has worked on it since."""
        there = tmp_path / "src/tramita/providers/acme"
        there.mkdir(parents=True)

        code, _, errors = await tramita(
            "new-provider", "acme", "--port", "devices", f"--into={tmp_path}"
        )

        assert (1, True) == (code, "is there already" in errors)
        assert [] == list(there.iterdir())
