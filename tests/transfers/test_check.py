"""``tramita check transfers``: whatever breaks a promise is found."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
import pytest_asyncio

from tests.emptying import empty
from tests.transfers.desk import Desk, open_desk
from tests.transfers.pricing import price
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.findings import Verdict
from tramita.transfers.check import check_transfers, count_transfers
from tramita.transfers.lifecycle import ApplicationTrigger as T

pytestmark = pytest.mark.asyncio(loop_scope="module")

_OFFER = """
    INSERT INTO offers (id, application_id, agent_id, revision, state, payer_amount, payer_currency,
                        payout_amount, payout_currency, account_details, conditions, created_at)
    SELECT gen_random_uuid(), id, {agent}, 1, '{state}', 1, 'RUB', 1, 'CNY', account_details,
           conditions, now()
    FROM (SELECT a.id, a.agent_id, o.account_details, o.conditions FROM applications AS a
          CROSS JOIN (SELECT * FROM offers LIMIT 1) AS o WHERE a.id = $1) AS one
"""
_REVISION = """
    INSERT INTO application_revisions (application_id, revision, fields, changed, actor, source, at)
    SELECT application_id, 2, fields, changed, actor, '{role}', tramita_now() + interval '1 second'
    FROM application_revisions WHERE application_id = $1 AND revision = 1
"""
_DOCUMENT = """
    INSERT INTO application_documents (id, application_id, kind, name, file, sha256, size, media_type,
                                       origin, is_for_client, actor, created_at)
    SELECT gen_random_uuid(), id, 'invoice', 'x', {file}, 'x', 1, 'application/pdf', '{origin}', true,
           'onec:x', now()
    FROM applications WHERE id = $1
"""
_RECEIVED = """
    UPDATE applications SET payment_state = 'funds_received',
           payment_moved_at = tramita_now() + interval '1 second'
    WHERE id = $1
"""
_STRANGER = "(SELECT id FROM agents WHERE telegram_id = 4713)"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Desk]:
    """A desk whose applications are broken by hand."""
    async with open_desk(server, tmp_path_factory.mktemp("desk")) as desk:
        yield desk


async def verdicts(desk: Desk) -> dict[str, Verdict]:
    return {one.invariant: one.verdict for one in await check_transfers(desk.world.runtime)}


@pytest_asyncio.fixture(loop_scope="module")
async def made(desk: Desk) -> AsyncIterator[dict[str, UUID]]:
    """A new application, one that is accepted, and one that was cancelled after that."""
    made = {name: await desk.at_onec() for name in ("new", "accepted", "cancelled")}
    for name in ("accepted", "cancelled"):
        await price(desk.house, made[name])
    await desk.house.move(made["cancelled"].id, T.CANCEL, desk.house.as_lead, reason="moved")
    await desk.world.until_at_rest()
    ids = {name: one.id for name, one in made.items()}
    assert {Verdict.KEPT} == set((await verdicts(desk)).values())
    yield ids
    await empty(desk.world.database, "applications", "contracts", "operations")


class TestTheCheck:
    @pytest.mark.parametrize(
        ("of", "query", "broken"),
        [
            ("new", "UPDATE applications SET onec_ref = 'another' WHERE id = $1", {"X1"}),
            ("new", "UPDATE applications SET onec_revision = 2 WHERE id = $1", {"X1"}),
            ("new", "UPDATE applications SET onec_ref = NULL WHERE id = $1", {"X2"}),
            ("new", _OFFER.format(agent="agent_id", state="auto_accepted"), {"X10"}),
            ("new", _OFFER.format(agent=_STRANGER, state="auto_accepted"), {"X3", "X10"}),
            ("accepted", "DELETE FROM offers WHERE application_id = $1", {"X10"}),
            ("accepted", _REVISION.format(role="agent"), {"X4"}),
            ("accepted", _REVISION.format(role="onec"), {"X4"}),
            ("new", _REVISION.format(role="other_agent"), {"X4"}),
            ("new", "UPDATE applications SET revision = 2 WHERE id = $1", {"X2", "X4"}),
            ("accepted", _DOCUMENT.format(file="NULL", origin="person"), {"X6"}),
            ("new", _OFFER.format(agent="agent_id", state="expired"), {"X8"}),
            ("accepted", "UPDATE contracts SET state = 'cancelled' WHERE id = $1", {"X9"}),
            ("cancelled", "UPDATE contracts SET state = 'activated' WHERE id = $1", {"X9"}),
            ("new", "UPDATE applications SET payment_state = 'paid_out' WHERE id = $1", {"X11"}),
            ("cancelled", _RECEIVED, {"X12"}),
        ],
    )
    async def test_finds_what_is_broken(
        self, desk: Desk, made: dict[str, UUID], of: str, query: str, broken: set[str]
    ) -> None:
        """Each promise by itself."""
        await desk.world.fetch(query, made[of])

        found = await verdicts(desk)

        assert broken == {name for name, verdict in found.items() if verdict is Verdict.BROKEN}

    async def test_believes_no_silence(self, desk: Desk, made: dict[str, UUID]) -> None:
        """Where 1C does not answer, nothing is said to be kept."""
        assert made
        await desk.onec.fail("http_500", operation="find_application")
        try:
            found = await verdicts(desk)
        finally:
            await desk.onec.mend()

        assert Verdict.NOT_VERIFIED is found["X1"]

    async def test_counts_what_stands_where(self, desk: Desk, made: dict[str, UUID]) -> None:
        """By state."""
        assert len(made) == sum((await count_transfers(desk.world.runtime)).values())
