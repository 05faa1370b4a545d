"""``tramita``: what a start imports, and how errors are told."""

import asyncio
import json
import os
import socket
import sys
from importlib.metadata import entry_points, version
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
    async with asyncio.timeout(300):
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

    async def test_tells_its_version_and_where_settings_are(self) -> None:
        """What somebody who asks for help has to name, and where they can read on."""
        said, _ = await start("--version", "--help")

        assert f"tramita {version('tramita')}\n" in said
        assert "docs/reference/settings.md" in said

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
                {"database_url": "postgresql://nobody:secret@127.0.0.1:1/none"},
                "PostgreSQL at 127.0.0.1:1/none (TRAMITA_DATABASE_URL) cannot be used: "
                "Connection refused.",
            ),
            ({"mode": "none"}, "TRAMITA_MODE: Input should be 'demo' or 'production'"),
        ],
    )
    async def test_are_a_sentence(
        self, tramita: Run, settings: dict[str, str], sentence: str
    ) -> None:
        """What an operator can mend ends with exit code 1 and without a traceback."""
        assert (1, "", f"tramita: {sentence}\n") == await tramita("tokens", "list", **settings)

    async def test_of_the_database_name_it(self, tramita: Run, database_url: str) -> None:
        """Here: there is none of this name."""
        gone = make_url(database_url).set(database="gone").render_as_string(hide_password=False)

        code, _, errors = await tramita("tokens", "list", database_url=gone)

        assert 1 == code
        assert errors.endswith(
            '/gone (TRAMITA_DATABASE_URL) cannot be used: database "gone" does not exist.\n'
        )

    @pytest.mark.parametrize(
        ("command", "sentence"),
        [
            ("web", "Cannot listen on 127.0.0.1:{port} (TRAMITA_HOST, TRAMITA_PORT)"),
            (
                "simulators",
                "The simulators cannot listen on port {port} (TRAMITA_SIMULATORS_PORT)",
            ),
        ],
    )
    async def test_of_an_address_in_use_name_it(
        self, database_url: str, command: str, sentence: str
    ) -> None:
        """And the settings that choose it."""
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            settings = {
                "TRAMITA_DATABASE_URL": database_url,
                "TRAMITA_MODE": "demo",
                "TRAMITA_PORT": str(port),
                "TRAMITA_SIMULATORS_PORT": str(port),
            }
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", "from tramita.cli.main import main; main()", command),
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
                env=os.environ | settings,
            )
            async with asyncio.timeout(300):
                _, errors = await process.communicate()

        last = errors.decode().splitlines()[-1]
        assert (1, f"tramita: {sentence.format(port=port)}: Address already in use.") == (
            process.returncode,
            last,
        )

    async def test_of_a_data_directory_name_it(self, tramita: Run, tmp_path: Path) -> None:
        """A file stands where the folder should be."""
        (tmp_path / "data").touch()

        code, _, errors = await tramita("migrate", database_url="", data_dir=tmp_path / "data")

        assert (
            1,
            f"tramita: The data directory {tmp_path / 'data'} (TRAMITA_DATA_DIR) cannot be used: "
            "Not a directory.\n",
        ) == (code, errors)

    async def test_tell_a_misspelt_setting(self, tramita: Run) -> None:
        """The command runs all the same: what reads it may not be installed here."""
        code, _, errors = await tramita("tokens", "list", pol_size=3)

        assert (
            0,
            "tramita: TRAMITA_POL_SIZE is no setting. Did you mean TRAMITA_POOL_SIZE?\n",
        ) == (
            code,
            errors,
        )


class TestDatabase:
    @pytest.mark.parametrize("command", [("check",), ("tokens", "list"), ("users", "list")])
    async def test_is_made_by_no_command_that_only_looks(
        self, tramita: Run, tmp_path: Path, command: tuple[str, ...]
    ) -> None:
        """A wrong folder would be answered with an empty installation, and left behind."""
        code, output, errors = await tramita(*command, database_url="", data_dir=tmp_path / "data")

        assert (1, "") == (code, output)
        assert f"there is no embedded one in {tmp_path / 'data' / 'postgres'}" in errors
        assert [] == list(tmp_path.iterdir())


class TestLocale:
    async def test_may_be_any(self, database_url: str, tmp_path: Path) -> None:
        """A terminal without Portuguese letters, and a folder that has some."""
        bare = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
        folder = tmp_path / "dados de produção"
        settings = {"TRAMITA_DATABASE_URL": database_url, "TRAMITA_DATA_DIR": str(folder)}

        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", RUN, "check", "demo --help"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=os.environ | bare | settings | {"TRAMITA_MODE": "demo"},
        )
        async with asyncio.timeout(300):
            output, errors = await process.communicate()

        assert (b"kept (0)" in output, b"Error" in errors) == (True, False)
