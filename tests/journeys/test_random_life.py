"""Whatever learners, owners, banks and providers do, in whatever order: every promise is kept."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.journeys.random_life import let_live
from tests.journeys.school import PAYING, SIGNING, School, running_school
from tramita.kit.database.engine import Database

# Lives, and how many things happen in each; more of both are for the soak.
SHORT = [(20261129, 45)]
LONG = [pytest.param(seed, 250, marks=pytest.mark.soak) for seed in (1, 2, 3)]


@pytest.fixture
async def school(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[School]:
    """A school of its own, whose providers answer soon or not at all; no doubt is given up."""
    for vendor in ("LYRA", "LEXPERSONA"):
        monkeypatch.setenv(f"TRAMITA_{vendor}_DEADLINE", "2")
    async with running_school(database, database_url, tmp_path) as school:
        patient = {"outage_wait": 3600.0}
        school.world.runtime.configure(PAYING.model_copy(update=patient))
        school.world.runtime.configure(
            SIGNING.model_copy(update=patient | {"link_seconds": 1.0, "lost_after": 3600.0})
        )
        yield school


class TestARandomLife:
    @pytest.mark.parametrize(("seed", "steps"), [*SHORT, *LONG])
    async def test_keeps_every_promise(self, school: School, seed: int, steps: int) -> None:
        """Nothing is paid twice, nothing that was signed or paid is missed, all comes to rest."""
        life = await let_live(school, seed, steps=steps)
        print(*sorted(life.happened.items()), sep="\n")  # noqa: T201 - shown when it fails

        broken = await life.broken()

        assert not broken, "\n".join(broken)
        assert len(life.orders) > steps // 20
