"""The demo as a newcomer meets it."""

import io
import socket
from pathlib import Path

import aiohttp
import pytest
from rich.console import Console

from tramita.demo import course_fates, numbers, transfer_fates
from tramita.demo.fates import FATES, LIVES
from tramita.demo.show import make_console, show
from tramita.demo.stage import running_stage
from tramita.demo.together import PortTaken
from tramita.kit.settings import Mode, Settings

TERMINAL = 80


class TestShow:
    """Every scene, the promises, and the addresses at the end."""

    @pytest.mark.long
    async def test_ends_well_and_says_where_to_look(
        self, database_url: str, tmp_path: Path
    ) -> None:
        """All fates end as they should, all promises are kept, and the printed pages are there."""
        out = io.StringIO()
        console = Console(file=out, width=TERMINAL)
        settings = Settings(
            data_dir=tmp_path, mode=Mode.DEMO, database_url="", port=0, simulators_port=0
        )

        async with running_stage(settings, database_url, console.print) as stage:
            is_well = await show(stage, console, is_staying=True)
            said = out.getvalue()
            statuses = [await status_of(word) for word in said.split() if word.startswith("http")]

        assert is_well, said
        fates = (FATES, LIVES, numbers.FATES, course_fates.FATES, transfer_fates.FATES)
        assert sum(map(len, fates)) <= said.count("✓")
        assert "tramita check portability: kept P1" in said
        assert "tramita check numbering: kept I1" in said
        assert "tramita check orders: kept O1" in said
        assert "tramita check payments: kept Y1" in said
        assert "tramita check signatures: kept G1" in said
        assert "tramita check transfers: kept X1" in said
        assert "tramita check chats: kept H1" in said
        tables = [line for line in said.splitlines() if "http" not in line]
        assert TERMINAL >= max(map(len, tables))
        assert "…" not in said
        assert [200] * 12 == statuses


class TestMakeConsole:
    def test_does_not_wrap_what_goes_into_a_pipe(self) -> None:
        """One line of a table is one line of the file."""
        out = io.StringIO()

        make_console(out).print("word " * 100)

        assert 1 == len(out.getvalue().splitlines())


class TestRunningStage:
    @pytest.mark.parametrize("name", ["port", "simulators_port"])
    async def test_takes_no_other_port_than_was_asked_for(
        self, database_url: str, tmp_path: Path, name: str
    ) -> None:
        """Whoever named a port has written it down elsewhere, too."""
        with socket.create_server(("127.0.0.1", 0)) as taken:
            ports = {"port": 0, "simulators_port": 0, name: taken.getsockname()[1]}
            settings = Settings(data_dir=tmp_path, mode=Mode.DEMO, database_url="", **ports)

            with pytest.raises(PortTaken, match=f"TRAMITA_{name.upper()} asks for port"):
                async with running_stage(settings, database_url, print):
                    pass


async def status_of(address: str) -> int:
    """What a browser would get there."""
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        return answer.status
