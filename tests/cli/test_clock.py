"""``tramita clock``: move time in the demo and in tests."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.cli.conftest import Run
from tramita.kit.database.engine import Database
from tramita.kit.settings import Mode, Settings
from tramita.simulation.server import running_simulators
from tramita.web.simulators import make_simulators


async def days_ahead(database: Database) -> int:
    async with database.unit_of_work() as work:
        rows = await work.fetch("SELECT tramita_now() - now() AS ahead")
    ahead: timedelta = rows[0]["ahead"]
    return ahead.days


async def get_clock(url: str) -> dict[str, Any]:
    """A simulator's time."""
    async with aiohttp.ClientSession() as session, session.get(f"{url}/__sim/clock") as answer:
        clock: dict[str, Any] = await answer.json()
        return clock


class TestAdvance:
    async def test_moves_tramita_and_its_simulators(
        self, database: Database, tramita: Run, tmp_path: Path
    ) -> None:
        """Both worlds are five days later, and the answer says so."""
        settings = Settings(mode=Mode.DEMO, data_dir=tmp_path)
        served = [one.key for one in make_simulators(settings) if one.key != "smt"]
        async with running_simulators(make_simulators(settings)) as simulators:
            code, output, errors = await tramita(
                "clock",
                "advance",
                "5d",
                mode="demo",
                simulators_port=simulators.rsplit(":", 1)[1],
            )
            vendor = await get_clock(f"{simulators}/qitech")

        assert (0, "") == (code, errors)
        assert (5, 5 * 86400) == (await days_ahead(database), vendor["offset_seconds"])
        told = [line.split(": ")[0] for line in output.splitlines()]
        assert ["Tramita", "GSIM", "QI Tech", "Sigan"] == [
            one for one in told if one in ("Tramita", "GSIM", "QI Tech", "Sigan")
        ]
        assert len(served) + 1 == len(told)

    async def test_says_which_simulator_does_not_answer(
        self, database: Database, tramita: Run
    ) -> None:
        """Tramita's own time moves all the same."""
        code, output, _ = await tramita("clock", "advance", "1d", mode="demo", simulators_port=1)

        assert (0, 1) == (code, await days_ahead(database))
        assert "QI Tech: not moved, its simulator does not answer" in output

    @pytest.mark.parametrize(
        ("span", "mode", "code", "said"),
        [
            ("5d", "production", 1, "in the demo only"),
            ("0s", "demo", 1, "moves forward only"),
            ("soon", "demo", 2, "written like 90s"),
        ],
    )
    async def test_refuses_in_a_sentence(
        self, database: Database, tramita: Run, span: str, mode: str, code: int, said: str
    ) -> None:
        """In production, backwards, or what is no span of time."""
        ended, _, errors = await tramita("clock", "advance", span, mode=mode, simulators_port=1)

        assert (code, 0) == (ended, await days_ahead(database))
        assert said in " ".join(errors.replace("│", " ").split())
