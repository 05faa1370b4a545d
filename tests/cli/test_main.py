"""``tramita``: what a start imports, and how errors are told."""

import asyncio
import json
import os
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.cli.conftest import Run
from tramita.cli.main import COMMANDS

# Each argument is a command line; the last line of output names what was imported for them.
RUN = """
import json, sys
from tramita.cli.main import main
for line in sys.argv[1:]:
    sys.argv = ["tramita", *line.split()]
    try:
        main()
    except SystemExit as ended:
        assert not ended.code
print(json.dumps(list(sys.modules)))
"""
DATABASE = {"sqlalchemy", "alembic", "pgqueuer"}
WEB = {"litestar", "uvicorn", "tramita.web"}
PLUGINS = ("tramita.providers", "tramita.backends")
ALL_AREAS = {"tramita.portability", "tramita.numbering", "tramita.demo"}


async def start(*lines: str, **settings: object) -> tuple[str, set[str]]:
    """Run commands in a new process; answers what they say and what they have imported."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", RUN, *lines),
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {f"TRAMITA_{name.upper()}": str(one) for name, one in settings.items()},
    )
    async with asyncio.timeout(60):
        output, _ = await process.communicate()
    assert 0 == process.returncode
    said, _, imported = output.decode().strip().rpartition("\n")
    return said, set(json.loads(imported))


class TestStart:
    async def test_imports_no_command_to_list_them(self) -> None:
        """`--help` names every command, and needs neither the database nor the web for it."""
        said, imported = await start("--help")

        assert [] == [name for name in COMMANDS.entries if f"│ {name} " not in said]
        assert set() == imported & (DATABASE | WEB | ALL_AREAS)

    async def test_imports_no_web_for_what_needs_only_a_database(self) -> None:
        """Accounts, tokens and migrations; that the database is there shows that we would see it."""
        _, imported = await start("tokens --help", "users --help", "migrate --help")

        assert DATABASE == imported & (DATABASE | WEB | ALL_AREAS)

    async def test_imports_neither_the_web_nor_a_simulator_to_run_jobs(
        self, database_url: str, tmp_path: Path
    ) -> None:
        """A worker and `check` have every plugin, and nothing with it that is served."""
        plugins = {one.module for group in PLUGINS for one in entry_points(group=group)}

        _, imported = await start(
            *("worker --drain", "check"), database_url=database_url, mode="demo", data_dir=tmp_path
        )

        assert DATABASE | plugins == imported & (DATABASE | WEB | plugins)
        assert [] == [name for name in imported if "simulator" in name.split(".")]


class TestCommands:
    def test_are_where_their_entries_say(self) -> None:
        """A moved function would be noticed by whoever runs the command."""
        listed = {name: one.help for name, one in COMMANDS.entries.items()}

        assert listed == {name: COMMANDS.load(name).help for name in COMMANDS.entries}


class TestErrors:
    @pytest.mark.parametrize(
        ("settings", "sentence"),
        [
            (
                {"database_url": "postgresql://nobody@127.0.0.1:1/none"},
                "Connection refused (ConnectionRefusedError)",
            ),
            ({"mode": "none"}, "setting mode: Input should be 'demo' or 'production'"),
        ],
    )
    async def test_are_a_sentence(
        self, tramita: Run, settings: dict[str, str], sentence: str
    ) -> None:
        """What an operator can mend ends with exit code 1 and without a traceback."""
        assert (1, "", f"tramita: {sentence}\n") == await tramita("tokens", "list", **settings)

    async def test_of_the_database_are_told_as_its_own(
        self, tramita: Run, database_url: str
    ) -> None:
        """Here: there is none of this name."""
        gone = make_url(database_url).set(database="gone").render_as_string(hide_password=False)

        code, _, errors = await tramita("tokens", "list", database_url=gone)

        assert (1, 'tramita: The database refuses: database "gone" does not exist\n') == (
            code,
            errors,
        )
