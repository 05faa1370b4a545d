"""Whatever clients, agents and 1C do, in whatever order: every promise is kept."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.transfers.desk import Desk, open_desk
from tests.transfers.life import let_live
from tramita.kit.embedded.postgres import EmbeddedPostgres

# Lives, and how many things happen in each; more of both are for the soak.
SHORT = [(20261130, 150)]
LONG = [pytest.param(seed, 1000, marks=pytest.mark.soak) for seed in (1, 2, 3)]


@pytest.fixture
async def desk(
    server: EmbeddedPostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Desk]:
    """A desk of its own, whose 1C answers soon or not at all; no doubt is given up."""
    monkeypatch.setenv("TRAMITA_ONEC_DEADLINE", "1")
    async with open_desk(server, tmp_path) as desk:
        yield desk


class TestARandomLife:
    @pytest.mark.parametrize(("seed", "steps"), [*SHORT, *LONG])
    async def test_keeps_every_promise(self, desk: Desk, seed: int, steps: int) -> None:
        """One document in 1C, nothing changed that is accepted, all comes to rest."""
        life = await let_live(desk, seed, steps=steps)
        print(*sorted(life.happened.items()), sep="\n")  # noqa: T201 - shown when it fails

        broken = await life.broken()

        assert not broken, "\n".join(broken)
        assert len(life.applications) > steps // 20
