"""P6: no transaction is open while the provider is being called."""

from pathlib import Path
from uuid import uuid4

import pytest

from tests.world import World, envelope, running_world, until
from tramita.kit.attempt import Attempt
from tramita.kit.database.engine import Database
from tramita.kit.line import TransactionOpen
from tramita.portability.ports import ProposalGateway


class TestACall:
    async def test_holds_no_transaction_open(self, world: World) -> None:
        """While QI Tech keeps all answers back, no session sits in a transaction throughout."""
        held = await world.qitech.fail("answer_held", count=None, arguments={"seconds": 20.0})
        token = await world.make_envelope(envelope(portabilities=10))
        await world.send_link(token)

        async def is_at_provider() -> bool:
            return len(await world.qitech.ledger()) == 10

        await until(is_at_provider)
        throughout = await idle_transactions(world)

        async def is_nobody_left() -> bool:
            throughout.intersection_update(await idle_transactions(world))
            return not throughout

        await until(is_nobody_left)
        under_way = len(await world.operations("sent"))
        await world.qitech.let_go(held)
        await world.until_done(token)

        assert 10 == under_way

    async def test_inside_a_transaction_is_a_mistake(self, world: World) -> None:
        """The exchange itself refuses, before a byte is sent."""
        gateway = world.runtime.gateway(ProposalGateway, "qitech")

        async with world.database.unit_of_work():
            with pytest.raises(TransactionOpen):
                await gateway.find_proposals("A-0001", Attempt(uuid4(), "a key"))

        assert 0 == await world.qitech.requests()


class TestTheOlderSigning:
    async def test_carries_an_envelope_too(
        self,
        database: Database,
        database_url: str,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Generation v1 signs bodies, empty ones and queries so that QI Tech trusts them."""
        monkeypatch.setenv("TRAMITA_QITECH_SIGNING", "v1")

        async with running_world(database, database_url, tmp_path) as world:
            token = await world.make_envelope()
            await world.send_link(token)
            await world.until_done(token)
            contracts = await world.partner_view(token)
            broken = await world.broken()

        assert ["AGUARDANDO_FORMALIZACAO"] * 5 == [one["status"] for one in contracts]
        assert [] == broken


async def idle_transactions(world: World) -> set[int]:
    """Sessions that have a transaction open and do nothing."""
    rows = await world.fetch(
        "SELECT pid FROM pg_stat_activity "
        "WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
    )
    return {row["pid"] for row in rows}
