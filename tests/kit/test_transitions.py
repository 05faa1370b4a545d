"""Moving rows along a life cycle."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from tests.kit.lifecycles import ALL, AnyLifecycle, triggers_of
from tests.kit.test_lifecycle import DOOR, Act, Door
from tests.locks import until_waiting
from tramita.kit.database.engine import Database
from tramita.kit.database.rows import FollowsLifecycle, update_rows
from tramita.kit.encryption.keys import TEXT
from tramita.kit.identifiers import new_id
from tramita.kit.lifecycle import TransitionNotAllowed
from tramita.kit.transitions import WHY, Move, Stateful, reason_of

DOORS = Stateful(
    DOOR,
    "things",
    derived={"light": {Door.OPEN: "in", Door.CLOSED: "out", Door.BRICKED_UP: "never"}},
)


@pytest.fixture
async def things(database: Database) -> Database:
    """A database with a table of things that have a state."""
    async with database.unit_of_work() as work:
        await work.fetch(
            "CREATE TABLE things (id uuid PRIMARY KEY, state text NOT NULL, light text, note text)"
        )
    return database


async def make_things(database: Database, states: Sequence[str]) -> list[UUID]:
    """One thing per state; answers their ids, in the same order."""
    ids = [new_id() for _ in states]
    async with database.unit_of_work() as work:
        await work.fetch(
            "INSERT INTO things (id, state) SELECT * FROM unnest($1::uuid[], $2::text[])",
            ids,
            [str(state) for state in states],
        )
    return ids


async def rows_of(database: Database, query: str, *arguments: object) -> list[dict[str, Any]]:
    """The rows of a query as dictionaries."""
    async with database.unit_of_work() as work:
        return [dict(row) for row in await work.fetch(query, *arguments)]


async def state_of(database: Database, identifier: UUID) -> str:
    """The state of one thing."""
    rows = await rows_of(database, "SELECT state FROM things WHERE id = $1", identifier)
    state: str = rows[0]["state"]
    return state


@pytest.mark.parametrize("lifecycle", ALL.values(), ids=ALL)
class TestMovingByEveryLifecycle:
    async def test_changes_exactly_what_takes_the_trigger(
        self, things: Database, lifecycle: AnyLifecycle
    ) -> None:
        """Every arrow moves its row and is remembered; every missing arrow changes nothing."""
        stateful = Stateful(lifecycle, "things")
        expected, found, remembered = {}, {}, {}
        for trigger in triggers_of(lifecycle):
            ids = await make_things(things, lifecycle.states)
            for state, identifier in zip(lifecycle.states, ids, strict=True):
                target = lifecycle.table.get(state, {}).get(trigger)
                # An arrow back to its own state is remembered like any other.
                expected[state, trigger] = (target or state, state if target else None)

                async with things.unit_of_work() as work:
                    await stateful.move(work, [identifier], trigger)

                found[state, trigger] = await state_of(things, identifier)
                remembered[state, trigger] = await rows_of(
                    things, "SELECT from_state FROM history WHERE subject_id = $1", identifier
                )

        assert {pair: target for pair, (target, _) in expected.items()} == found
        assert {
            pair: [] if source is None else [{"from_state": source}]
            for pair, (_, source) in expected.items()
        } == remembered


class TestMove:
    async def test_moves_many_rows_and_says_how(self, things: Database) -> None:
        """One call, each row by its own arrow; those that do not take the trigger stay."""
        closed, opened = await make_things(things, [Door.CLOSED, Door.OPEN])

        async with things.unit_of_work() as work:
            moved = await DOORS.move(work, [opened, closed, new_id()], Act.PUSH)

        assert {closed: Move(closed, "closed", "open")} == moved
        assert ["open", "open"] == [await state_of(things, one) for one in (closed, opened)]

    async def test_of_nothing_is_nothing(self, things: Database) -> None:
        """An empty list is no special case for callers."""
        async with things.unit_of_work() as work:
            assert {} == await DOORS.move(work, [], Act.PUSH)

    async def test_lets_derived_columns_follow(self, things: Database) -> None:
        """State and what follows from it cannot disagree."""
        (closed,) = await make_things(things, [Door.CLOSED])

        async with things.unit_of_work() as work:
            await DOORS.move(work, [closed], Act.PUSH)

        rows = await rows_of(things, "SELECT state, light FROM things")
        assert [{"state": "open", "light": "in"}] == rows

    async def test_writes_what_comes_with_it(self, things: Database) -> None:
        """Of those that move, in the same statement; of the others nothing."""
        ids = await make_things(things, [Door.CLOSED, Door.BRICKED_UP])

        async with things.unit_of_work() as work:
            await DOORS.move(work, ids, Act.PUSH, values={"note": "pushed"})

        notes = await rows_of(things, "SELECT note FROM things ORDER BY state DESC")
        assert [{"note": "pushed"}, {"note": None}] == notes

    async def test_remembers_who_moved_it_and_why(self, things: Database) -> None:
        """The history row tells from, to, trigger, actor and cause."""
        first, second = await make_things(things, [Door.CLOSED, Door.CLOSED])

        async with things.unit_of_work(actor="ana", cause="request 7") as work:
            await DOORS.move(work, [first], Act.PUSH)
            await DOORS.move(work, [second], Act.BRICK_UP, cause="no longer needed")

        rows = await rows_of(
            things,
            "SELECT subject_id, from_state, to_state, trigger, actor, cause FROM history "
            "ORDER BY id",
        )
        assert [
            (first, "closed", "open", "push", "ana", "request 7"),
            (second, "closed", "bricked_up", "brick_up", "ana", "no longer needed"),
        ] == [tuple(row.values()) for row in rows]

    async def test_keeps_what_a_person_says_to_itself(self, things: Database) -> None:
        """A note, and a cause that may be one, can be read by whoever has the keys alone."""
        first, second = await make_things(things, [Door.CLOSED, Door.CLOSED])
        explained = Stateful(DOOR, "things", is_explained=True)

        async with things.unit_of_work(cause="request 7", note="For Ana") as work:
            await DOORS.move(work, [first], Act.PUSH)
            await explained.move(work, [second], Act.PUSH, cause="Ana has asked")

        rows = await rows_of(things, f"SELECT cause, note, {WHY} AS why FROM history ORDER BY id")
        assert ["request 7", "request 7"] == [row["cause"] for row in rows]
        assert all(row["note"].startswith(TEXT) for row in rows)
        read = [reason_of(things.keys, row["why"]) for row in rows]
        assert ["For Ana", "Ana has asked"] == read

    async def test_forgets_everything_with_a_rollback(self, things: Database) -> None:
        """State and history belong to one transaction."""
        (closed,) = await make_things(things, [Door.CLOSED])

        async def push_and_fail() -> None:
            async with things.unit_of_work() as work:
                await DOORS.move(work, [closed], Act.PUSH)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await push_and_fail()

        assert "closed" == await state_of(things, closed)
        assert [] == await rows_of(things, "SELECT * FROM history")

    async def test_lets_one_of_two_movers_win(self, things: Database) -> None:
        """The second waits for the first and then finds the state changed."""
        (closed,) = await make_things(things, [Door.CLOSED])

        async def push() -> bool:
            async with things.unit_of_work() as work:
                return closed in await DOORS.move(work, [closed], Act.PUSH)

        pushed = await asyncio.gather(*(push() for _ in range(8)))

        assert [False] * 7 + [True] == sorted(pushed)
        assert 1 == len(await rows_of(things, "SELECT * FROM history"))

    async def test_goes_on_from_where_a_faster_mover_stopped(self, things: Database) -> None:
        """A mover that waited takes the arrow of the state it finds then."""
        (closed,) = await make_things(things, [Door.CLOSED])
        shut = Stateful(
            type(DOOR)(
                name="door",
                initial=Door.CLOSED,
                table={
                    Door.CLOSED: {Act.PUSH: Door.OPEN, Act.BRICK_UP: Door.BRICKED_UP},
                    Door.OPEN: {Act.BRICK_UP: Door.BRICKED_UP},
                },
            ),
            "things",
        )
        async with things.unit_of_work() as work:
            await shut.move(work, [closed], Act.PUSH)
            waiting = asyncio.create_task(brick_up(things, shut, closed))
            await until_waiting(things)

        assert {closed: Move(closed, "open", "bricked_up")} == await waiting

    async def test_locks_in_one_order(self, things: Database) -> None:
        """Movers that name the same rows in opposite orders never wait for each other's."""
        ids = await make_things(things, [Door.CLOSED] * 40)

        async def push(order: list[UUID]) -> int:
            async with things.unit_of_work() as work:
                return len(await DOORS.move(work, order, Act.PUSH))

        moved = await asyncio.gather(*(push(ids[:: (-1) ** n]) for n in range(8)))

        assert 40 == sum(moved)

    @pytest.mark.parametrize("beside", [0, 1])
    async def test_lets_others_through_one_after_the_other(
        self, things: Database, beside: int
    ) -> None:
        """Two that wait for a third, while a fourth refers to what they move, alone or with more."""
        doors = await make_things(things, [Door.CLOSED] * (1 + beside))

        async def push() -> bool:
            async with things.unit_of_work() as work:
                return doors[0] in await DOORS.move(work, doors, Act.PUSH)

        async with things.unit_of_work() as referring:
            await referring.fetch("SELECT FROM things WHERE id = $1 FOR KEY SHARE", doors[0])
            async with things.unit_of_work() as work:
                await work.fetch("UPDATE things SET note = 'painted'")
                waiting = [asyncio.create_task(push()) for _ in range(2)]
                await until_waiting(things, len(waiting))
            pushed = await asyncio.gather(*waiting)

        assert [False, True] == sorted(pushed)


async def brick_up(database: Database, doors: Stateful[Door, Act], door: UUID) -> dict[UUID, Move]:
    async with database.unit_of_work() as work:
        return await doors.move(work, [door], Act.BRICK_UP)


class TestAnotherWay:
    @pytest.mark.parametrize("column", ["state", "light"])
    async def test_to_write_a_state_is_refused(self, things: Database, column: str) -> None:
        """Nor what follows it: only the life cycle's arrows lead from one to the next."""
        [door] = await make_things(things, [Door.OPEN])

        async with things.unit_of_work() as work:
            with pytest.raises(FollowsLifecycle):
                await update_rows(work, "things", {door: {column: "closed"}})

            with pytest.raises(FollowsLifecycle):
                await DOORS.move(work, [door], Act.PUSH, values={column: "closed"})

        assert Door.OPEN == await state_of(things, door)


class TestMoveOne:
    async def test_answers_the_move(self, things: Database) -> None:
        """From where to where."""
        (closed,) = await make_things(things, [Door.CLOSED])

        async with things.unit_of_work() as work:
            moved = await DOORS.move_one(work, closed, Act.PUSH)

        assert Move(closed, "closed", "open") == moved

    @pytest.mark.parametrize(
        ("states", "sentence"),
        [
            ([Door.OPEN], 'A door that is open cannot take "push".'),
            ([], 'A door that is missing cannot take "push".'),
        ],
        ids=["wrong state", "no row"],
    )
    async def test_refuses_with_the_state_it_found(
        self, things: Database, states: list[Door], sentence: str
    ) -> None:
        """Nothing changes, and the sentence says why."""
        identifier = (await make_things(things, states) or [new_id()])[0]

        with pytest.raises(TransitionNotAllowed) as refused:
            async with things.unit_of_work() as work:
                await DOORS.move_one(work, identifier, Act.PUSH)

        assert sentence == str(refused.value)
        assert [] == await rows_of(things, "SELECT * FROM history")
