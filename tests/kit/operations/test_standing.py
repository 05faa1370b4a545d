"""Asking the ledger where a subject's operations stand."""

from dataclasses import replace
from uuid import UUID

from tests.kit.operations.acts import PROVIDER, Area, prepare, rows
from tramita.kit.database.engine import Database
from tramita.kit.identifiers import new_id
from tramita.kit.operations import doubts, ledger, standing
from tramita.kit.operations.lifecycle import OperationState as S
from tramita.kit.operations.standing import Standing, has_operation

KIND = Area().kind
OTHER = replace(KIND, name="test.refund")
FREE = "SELECT id FROM operations FOR UPDATE SKIP LOCKED"


class TestLive:
    async def test_are_those_that_have_not_ended(self, database: Database) -> None:
        """Of the subjects and kinds that are asked about, in order of id."""
        first, ended, last = await prepare(database, KIND, 3)
        await withdraw(database, ended)
        await prepare(database, OTHER)
        subjects = [await subject_of(database, one) for one in (last, ended, first)]

        async with database.unit_of_work() as work:
            found = await standing.live(work, subjects, [KIND])

        assert [
            Standing(first, KIND.name, PROVIDER, subjects[2], S.PREPARED, 0, None),
            Standing(last, KIND.name, PROVIDER, subjects[0], S.PREPARED, 0, None),
        ] == found

    async def test_stay_as_they_are_when_locked(self, database: Database) -> None:
        """Whoever wants to take one waits; the others are free."""
        locked, free = await prepare(database, KIND, 2)
        subject = await subject_of(database, locked)

        async with database.unit_of_work() as work:
            await standing.live(work, [subject], [KIND], lock=True)

            assert [{"id": free}] == await rows(database, FREE)


class TestLast:
    async def test_is_the_newest_of_its_kind_ended_or_not(self, database: Database) -> None:
        """An earlier one is not told of; nor is one of another kind."""
        [operation] = await prepare(database, KIND)
        subject = await subject_of(database, operation)
        await withdraw(database, operation)
        again = await prepare_for(database, subject)

        async with database.unit_of_work() as work:
            before = await standing.last(work, subject, KIND, lock=True)
            assert [] == [one for one in await rows(database, FREE) if one["id"] == again]
        await withdraw(database, again)

        assert before is not None
        assert (again, S.PREPARED) == (before.id, before.state)
        async with database.unit_of_work() as work:
            after = await standing.last(work, subject, KIND)
            assert after == before._replace(state=S.REFUSED)
            assert await standing.last(work, subject, OTHER) is None


class TestOfKey:
    async def test_is_the_operation_that_has_it(self, database: Database) -> None:
        """A caller's key names at most one."""
        [operation] = await prepare(database, KIND)
        subject = await subject_of(database, operation)

        async with database.unit_of_work() as work:
            found = await standing.of_key(work, f"order:{subject}")
            assert await standing.of_key(work, "nobody's") is None

        assert found is not None
        assert (operation, subject) == (found.id, found.subject_id)


class TestHasOperation:
    async def test_counts_those_in_the_states_that_are_named(self, database: Database) -> None:
        """In a statement of somebody else's; by default those that have not ended."""
        live, ended = await prepare(database, KIND, 2)
        await withdraw(database, ended)
        subjects = [await subject_of(database, one) for one in (live, ended)]
        query = f"""
            SELECT {has_operation("s.id", "= $2")} AS is_live,
                   {has_operation("s.id", "= $2", {S.REFUSED})} AS is_refused
            FROM unnest($1::uuid[]) WITH ORDINALITY AS s(id, place) ORDER BY place
        """

        found = await rows(database, query, subjects, KIND.name)

        assert [(True, False), (False, True)] == [tuple(one.values()) for one in found]


async def subject_of(database: Database, operation: UUID) -> UUID:
    [row] = await rows(database, "SELECT subject_id FROM operations WHERE id = $1", operation)
    subject: UUID = row["subject_id"]
    return subject


async def withdraw(database: Database, operation: UUID) -> None:
    async with database.unit_of_work() as work:
        await doubts.withdraw(work, [operation], cause="Not wanted.")


async def prepare_for(database: Database, subject: UUID) -> UUID:
    async with database.unit_of_work() as work:
        key = f"order:{new_id()}"
        return (await ledger.prepare(work, KIND, {subject: key}, provider=PROVIDER))[subject]
