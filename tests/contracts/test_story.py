"""A contract's story: what each side may read of it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tests.console.standing import add_operation
from tramita.contracts.service import NewContract, cancel_contract, create_contract
from tramita.contracts.story import get_timeline, tell_contract
from tramita.kit.bounds import EVERYTHING, Bounds
from tramita.kit.database.engine import Database
from tramita.kit.inbox import receive
from tramita.kit.notes import write_note
from tramita.kit.operations.ledger import OPERATION
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.tenants import create_tenant
from tramita.kit.webhooks.emission import NewEvent, emit_many
from tramita.kit.webhooks.endpoints import Rules, create_endpoint
from tramita.kit.webhooks.reach import Reach
from tramita.kit.webhooks.types import TEST

ANA = "user:ana@example.com"
HEARS = Rules(frozenset({TEST.name}), Reach())


async def listen(database: Database) -> str:
    """An endpoint of whoever works with this."""
    async with database.unit_of_work(actor="test") as work:
        endpoint = await create_endpoint(
            work, {"url": "https://hook.example/", "description": ""}, rules=HEARS
        )
    return str(endpoint.id)


async def receivers_of(database: Database, contract: UUID) -> list[str]:
    """Who was told of it, as whoever works with this reads it."""
    async with database.unit_of_work() as work:
        told = await get_timeline(work, contract)
    return sorted(str(one.details["endpoint"]) for one in told.entries if one.kind == "webhook")


async def contract_of(database: Database, name: str = "A-1") -> UUID:
    """A contract of whoever works with this."""
    async with database.unit_of_work(actor="test") as work:
        return (await create_contract(work, NewContract(name, "telmex"))).id


async def add_moves(database: Database, contract: UUID, ages: Sequence[int]) -> None:
    """Moves of a contract so many minutes ago, each named by that."""
    async with database.unit_of_work() as work:
        await work.fetch(
            "INSERT INTO history (subject, subject_id, from_state, to_state, trigger, actor, at) "
            "SELECT 'contracts', $1, 'a', 'b', age::text, 'worker', "
            "tramita_now() - age * interval '1 minute' FROM unnest($2::int[]) AS age",
            contract,
            list(ages),
        )


async def add_message(database: Database, contract: UUID, body: bytes) -> UUID:
    """A message that was about a contract, as it is kept once it was applied."""
    async with database.unit_of_work() as work:
        await receive(work, "smt", body, job="smt.take_callback")
        [row] = await work.fetch(
            "UPDATE inbox SET processed_at = tramita_now(), subject_id = $1 "
            "WHERE processed_at IS NULL RETURNING id",
            contract,
        )
    message: UUID = row["id"]
    return message


class TestATimeline:
    async def test_names_to_a_partner_no_receiver_but_their_own(self, database: Database) -> None:
        """Neither the house's, nor another partner who has a part in it; the house reads of all."""
        async with database.unit_of_work() as work:
            for key in ("alfa", "beta"):
                await create_tenant(work, key, "A partner")
        alfas, betas, ours = (
            database.within(one) for one in (Bounds("alfa"), Bounds("beta"), EVERYTHING)
        )
        hears = [await listen(one) for one in (alfas, betas, ours)]
        async with alfas.unit_of_work(actor="test") as work:
            contract = (await create_contract(work, NewContract("A-1", "telmex"))).id
        async with database.unit_of_work() as work:
            about = [NewEvent(TEST, contract, {}), NewEvent(TEST, contract, {}, "beta")]
            await emit_many(work, about)

        assert hears[:1] == await receivers_of(alfas, contract)
        assert sorted(hears) == await receivers_of(ours, contract)

    async def test_is_told_from_its_end(self, database: Database) -> None:
        """Stretch by stretch, none twice and none left out, also of what shares a moment."""
        contract = await contract_of(database)
        await add_moves(database, contract, [9, 8, 8, 8, 7, 6, 6, 5, 4])
        told: list[list[str]] = []
        before: datetime | None = None

        while before is not None or not told:
            async with database.reading() as work:
                story = await tell_contract(work, contract, before, most=3)
            told.append([one.what for one in story.timeline.entries])
            before = story.timeline.older

        assert ["on_contract_create"] == told[0][-1:]
        assert ["5", "4"] == told[0][:-1]
        assert ["9", "8", "8", "8", "7", "6", "6"] == [one for part in told[:0:-1] for one in part]
        assert [["7", "6", "6"], ["8", "8", "8"], ["9"]] == told[1:]

    async def test_tells_what_providers_posted(self, database: Database) -> None:
        """To the house masked; to others that it came, and not what it said."""
        contract = await contract_of(database)
        message = await add_message(database, contract, b'{"cpf": "11144477735", "status": "on"}')

        async with database.reading() as work:
            story = await tell_contract(work, contract)
            told = await get_timeline(work, contract)

        [ours] = [one for one in story.timeline.entries if one.kind == "message"]
        assert ("smt", str(message)) == (ours.actor, ours.details["message"])
        assert '"status":"on"' in ours.details["answer"]
        assert "11144477735" not in ours.details["answer"]
        [theirs] = [one for one in told.entries if one.kind == "message"]
        assert {"message", "subject"} == theirs.details.keys()

    async def test_names_nobody_of_the_house_to_a_partner(self, database: Database) -> None:
        """Nor what they wrote, but for why a contract was cancelled; the house reads all of it."""
        async with database.unit_of_work() as work:
            await create_tenant(work, "alfa", "A partner")
        alfas, ours = (database.within(one) for one in (Bounds("alfa"), EVERYTHING))
        contract = await contract_of(alfas)
        operation = await add_operation(database, subject=contract)
        async with ours.unit_of_work(actor=ANA, note="I asked the bank") as work:
            await OPERATION.move(work, [operation], OperationTrigger.MARK_REFUSED)
        async with ours.unit_of_work(actor=ANA) as work:
            await write_note(work, "contract", contract, "She will call")
            await cancel_contract(work, contract, "Her wish")

        told = []
        for one in (alfas, ours):
            async with one.reading() as work:
                told.append(str((await get_timeline(work, contract)).entries))

        assert "'operator'" in told[0]
        assert "Her wish" in told[0]
        for secret in ("ana@example.com", "I asked the bank", "She will call"):
            assert secret not in told[0]
            assert secret in told[1]
