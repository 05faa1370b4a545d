"""The demo as a newcomer meets it."""

import io
from pathlib import Path

import aiohttp
from rich.console import Console

from tramita.demo import numbers
from tramita.demo.fates import FATES, LIVES
from tramita.demo.show import show
from tramita.demo.stage import running_stage
from tramita.kit.settings import Mode, Settings

TERMINAL = 100


class TestShow:
    """Every scene, the promises, and the addresses at the end."""

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
        assert len(FATES) + len(LIVES) + len(numbers.FATES) <= said.count("✓")
        assert "tramita check portability: kept P1" in said
        assert "tramita check numbering: kept I1" in said
        assert TERMINAL >= max(map(len, said.splitlines()))
        assert [200] * 9 == statuses


async def status_of(address: str) -> int:
    """What a browser would get there."""
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        return answer.status
