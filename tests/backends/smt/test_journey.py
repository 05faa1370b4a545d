"""Contracts provisioned at SMT over HTTP, with what can go wrong on the way."""

from datetime import timedelta

import pytest

from tests.backends.smt.conftest import SMTWorld
from tests.belongings import belongings
from tests.world import until
from tramita.backends.smt.acts import CREATE
from tramita.backends.smt.journey import PROVIDER
from tramita.backends.smt.settings import DEMO_SECRET
from tramita.contracts.lifecycle import ContractState
from tramita.contracts.service import NewContract, create_contract
from tramita.kit.operations import ledger

PROVISIONED = ["subscriber_created", "activation_accepted", "service_active"]


class TestProvisioning:
    @pytest.mark.parametrize("callbacks", ["once", "twice", "lost", "forged"])
    async def test_activates_when_smt_says_so(self, smt_world: SMTWorld, callbacks: str) -> None:
        """By callback, or by asking when the callback is lost or not SMT's; once in any case."""
        await smt_world.set(callbacks=callbacks)

        contract_id = await smt_world.create()
        contract = await smt_world.until(contract_id, "active")

        assert (ContractState.ACTIVATED, True) == (contract.state, contract.activated)
        assert PROVISIONED == await smt_world.effects(contract_id)
        assert 1 == len(await smt_world.causes(contract_id, "on_contract_activate"))
        told = {"once": 1, "twice": 1, "lost": 0, "forged": 0}[callbacks]
        # Asked, SMT may have said so before its callback was read.
        await smt_world.until_told(contract_id, told)
        assert told == len(await smt_world.causes(contract_id, "received"))
        shown = dict(contract)["backend"]
        assert ("smt", "C-1", "active") == (shown["name"], shown["contract"], shown["status"])
        assert shown["subscriber_id"].startswith("SUB-")

    async def test_leaves_a_failed_activation_created_with_smts_reason(
        self, smt_world: SMTWorld
    ) -> None:
        """The contract waits for a decision, and its timeline says why."""
        await smt_world.set(activations="fail")

        contract_id = await smt_world.create()
        contract = await smt_world.until(contract_id, "failed")

        assert (ContractState.CREATED, False) == (contract.state, contract.activated)
        assert ["There is no free line in this area."] == await smt_world.causes(
            contract_id, "activation_failed"
        )

    @pytest.mark.parametrize("operation", ["create_subscriber", "activate_service"])
    @pytest.mark.parametrize(
        "kind",
        [
            "lost_after",
            "429",
            pytest.param("reset_before_effect", marks=pytest.mark.soak),
            pytest.param("http_503", marks=pytest.mark.soak),
            pytest.param("malformed_json", marks=pytest.mark.soak),
        ],
    )
    async def test_gets_there_through_a_fault_and_acts_once(
        self, smt_world: SMTWorld, operation: str, kind: str
    ) -> None:
        """A lost, broken or refused answer costs time; nothing happens twice at SMT."""
        await smt_world.fail(operation, kind, arguments={"retry_after": 0})

        contract_id = await smt_world.create()
        contract = await smt_world.until(contract_id, "active")

        assert contract.activated
        assert PROVISIONED == await smt_world.effects(contract_id)

    async def test_asks_before_it_repeats_what_a_dead_worker_began(
        self, smt_world: SMTWorld
    ) -> None:
        """SMT has the subscriber, the worker died before it knew: found, not made again."""
        async with smt_world.database.unit_of_work() as work:
            contract = await create_contract(work, NewContract("C-1", "nobody"))
        reference = str(contract.id)
        bearer = {"authorization": f"Bearer {DEMO_SECRET}"}
        body = {"reference": reference, "name": "C-1"}
        async with smt_world.smt.post("subscribers", json=body, headers=bearer) as answer:
            assert 201 == answer.status

        async with smt_world.database.unit_of_work() as work:
            prepared = await ledger.prepare(
                work, CREATE, {contract.id: f"test:{reference}"}, provider=PROVIDER
            )
            await ledger.take(work, [*prepared.values()], leases={PROVIDER: timedelta(seconds=-1)})
        active = await smt_world.until(contract.id, "active")

        assert active.activated
        assert PROVISIONED == await smt_world.effects(contract.id)

    async def test_is_settled_with_time_and_reason(self, smt_world: SMTWorld) -> None:
        """Callback or timer: the ledger says when an accepted activation ended, and why."""
        contract_id = await smt_world.create()
        await smt_world.until(contract_id, "active")

        async with smt_world.database.unit_of_work() as work:
            [row] = await work.fetch(
                "SELECT state, settled_at IS NOT NULL AS has_time, reason FROM operations "
                "WHERE subject_id = $1 AND kind = 'smt.activate_service'",
                contract_id,
            )
        assert ("SUCCEEDED", True) == (row["state"], row["has_time"])
        assert row["reason"] in {"SMT says active.", "The provider says so, asked about it."}

    async def test_stops_when_smt_refuses(self, smt_world: SMTWorld) -> None:
        """A business no is final, and shown."""
        await smt_world.fail("create_subscriber", "http_422")

        contract_id = await smt_world.create()
        contract = await smt_world.until(contract_id, "failed")

        assert ContractState.CREATED is contract.state
        assert "HTTP_422: Simulated: http_422." == contract.backend_record["reason"]
        assert [] == await smt_world.effects(contract_id)


class TestRemoving:
    async def test_turns_the_service_off_after_the_cancellation(self, smt_world: SMTWorld) -> None:
        """``activated`` ends when SMT has removed the subscriber, and not before."""
        contract_id = await smt_world.create()
        await smt_world.until(contract_id, "active")

        await smt_world.cancel(contract_id)
        cancelled = await smt_world.read(contract_id)
        removed = await smt_world.until(contract_id, "removed")

        assert not cancelled.active
        assert (False, False) == (removed.active, removed.activated)
        assert [*PROVISIONED, "subscriber_removed"] == await smt_world.effects(contract_id)

    async def test_leaves_no_subscriber_of_a_contract_cancelled_meanwhile(
        self, smt_world: SMTWorld
    ) -> None:
        """Cancelled while SMT was creating it: removed as soon as we know that it exists."""
        await smt_world.fail("create_subscriber", "answer_held", arguments={"seconds": 0.5})
        contract_id = await smt_world.create()
        await smt_world.cancel(contract_id)

        contract = await smt_world.until_settled(contract_id)

        effects = await smt_world.effects(contract_id)
        assert not contract.activated
        assert effects in ([], ["subscriber_created", "subscriber_removed"])

    async def test_leaves_no_subscriber_whose_creation_got_lost(self, smt_world: SMTWorld) -> None:
        """Cancelled before anybody knew that it exists: it is asked for, and removed."""
        await smt_world.fail("create_subscriber", "reset_after_effect")
        contract_id = await smt_world.create()

        async def is_there() -> bool:
            return await smt_world.effects(contract_id) == ["subscriber_created"]

        await until(is_there)
        await smt_world.cancel(contract_id)
        await smt_world.until(contract_id, "removed")

        assert ["subscriber_created", "subscriber_removed"] == await smt_world.effects(contract_id)

    async def test_leaves_a_refused_removal_to_a_person(self, smt_world: SMTWorld) -> None:
        """The service runs on though its contract is cancelled: that stands on the list."""
        contract_id = await smt_world.create()
        await smt_world.until(contract_id, "active")
        await smt_world.fail("remove_subscriber", "http_422")

        await smt_world.cancel(contract_id)

        async def is_listed() -> bool:
            async with smt_world.database.unit_of_work() as work:
                rows = await work.fetch(
                    "SELECT state FROM operations WHERE subject_id = $1 "
                    "AND kind = 'smt.remove_subscriber'",
                    contract_id,
                )
            return [row["state"] for row in rows] == ["NEEDS_ATTENTION"]

        await until(is_listed)
        assert (await smt_world.read(contract_id)).activated


class TestWhatIsDoneForOnePartner:
    async def test_touches_nothing_of_anothers(self, smt_world: SMTWorld) -> None:
        """One is provisioned through a lost answer and removed; what that makes is its partner's."""
        theirs = await smt_world.create("beta")
        await smt_world.until(theirs, "active")
        await smt_world.until_told(theirs, 1)
        await smt_world.until_settled(theirs)
        before = [await belongings(smt_world.database, one) for one in ("beta", "house")]

        await smt_world.fail("create_subscriber", "lost_after")
        mine = await smt_world.create("alfa")
        await smt_world.until(mine, "active")
        await smt_world.cancel(mine)
        await smt_world.until(mine, "removed")
        await smt_world.until_settled(mine)

        assert before == [await belongings(smt_world.database, one) for one in ("beta", "house")]
        assert {} == before[1]
        made = await belongings(smt_world.database, "alfa")
        assert ["smt.activate_service", "smt.create_subscriber", "smt.remove_subscriber"] == sorted(
            operation["kind"] for operation in made["operations"]
        )
        assert PROVISIONED == await smt_world.effects(theirs)
