"""Whatever clients, agents, 1C and Telegram do, in whatever order: every promise is kept."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.journeys.bank import OFFICE, Bank, running_bank
from tests.journeys.bank_life import let_live
from tramita.kit.database.engine import Database
from tramita.transfers.lifecycle import ApplicationState as S

# Lives, how many things happen in each, and where applications must have come for that to say
# anything; more of all are for the soak.
SOON = {S.SUBMITTED, S.NEW_IN_HOUSE, S.OFFER_ACCEPTED}
SHORT = [(20261130, 120, SOON)]
LONG = [
    pytest.param(seed, 800, SOON | {S.IN_WORK, S.COMPLETED, S.CANCELLED}, marks=pytest.mark.soak)
    for seed in (1, 2, 3)
]


@pytest.fixture
async def bank(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Bank]:
    """A bank of its own, where 1C answers soon or not at all; no doubt is given up."""
    monkeypatch.setenv("TRAMITA_ONEC_DEADLINE", "1")
    monkeypatch.setenv("TRAMITA_ONEC_CONCURRENCY", "20")
    monkeypatch.setenv("TRAMITA_TELEGRAM_DEADLINE", "2")
    async with running_bank(database, database_url, tmp_path) as bank:
        bank.world.runtime.configure(OFFICE.model_copy(update={"outage_wait": 3600.0}))
        yield bank


class TestARandomLife:
    @pytest.mark.parametrize(("seed", "steps", "reached"), [*SHORT, *LONG])
    async def test_keeps_every_promise(
        self, bank: Bank, seed: int, steps: int, reached: set[S]
    ) -> None:
        """One document in 1C, nothing changed that is accepted, nothing lost that was said."""
        life = await let_live(bank, seed, steps=steps)
        print(*sorted(life.happened.items()), sep="\n")  # noqa: T201 - shown when it fails

        broken = await life.broken()

        assert not broken, "\n".join(broken)
        assert reached <= await life.reached()
        # How many there are follows from how many have ended: a group has one at a time.
        assert S.COMPLETED not in reached or await life.has_begun_again()
