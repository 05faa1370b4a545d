"""A number reserved in two statements: it is what the ordinary way would have done."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from functools import partial
from typing import Any, Final
from uuid import UUID

import pytest

from tests.numbering.crowd import Corner
from tramita.kit.operations import at_once as kit_at_once
from tramita.kit.operations.desk import Desk
from tramita.numbering.numbers.at_once import CLAIM, CONFIRM

pytestmark = pytest.mark.asyncio(loop_scope="module")

# What a reservation writes, of one preview.
_WRITTEN: Final = {
    "number": "SELECT t.* FROM phone_number AS t WHERE t.pre_reservation_id = $1",
    "preview": "SELECT p.* FROM preview AS p WHERE p.id = $1",
    "operation": "SELECT o.* FROM operations AS o JOIN phone_number AS t ON t.id = o.subject_id "
    "WHERE t.pre_reservation_id = $1",
    "exchange": "SELECT e.* FROM exchanges AS e JOIN operations AS o ON o.id = e.operation_id "
    "JOIN phone_number AS t ON t.id = o.subject_id WHERE t.pre_reservation_id = $1",
    "history": "SELECT h.* FROM history AS h WHERE h.subject_id IN "
    "(SELECT id FROM phone_number WHERE pre_reservation_id = $1 UNION ALL "
    "SELECT o.id FROM operations AS o JOIN phone_number AS t ON t.id = o.subject_id "
    "WHERE t.pre_reservation_id = $1) ORDER BY h.subject, h.to_state",
    "key": "SELECT k.* FROM idempotency_keys AS k JOIN phone_number AS t "
    "ON k.act = 'reserve:' || t.id || ':' || t.epoch WHERE t.pre_reservation_id = $1",
}
# Of every reservation its own.
_OWN: Final = frozenset(
    "id msisdn external_id reservation_id pre_reservation_id reserving_number_id reserved_msisdn "
    "subject_id operation_id key act reference path request answer body milliseconds scope".split()
)


async def written(corner: Corner, preview: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """What is on record of a reservation; of what each has its own, whether it is there."""
    found = {}
    for name, query in _WRITTEN.items():
        rows = await corner.numbers.world.fetch(query, UUID(preview["id"]))
        found[name] = [
            {
                column: value is not None
                if column in _OWN or column.endswith(("_at", "_until")) or column == "at"
                else value
                for column, value in row.items()
            }
            for row in rows
        ]
    return found


async def statements_of(corner: Corner, act: Callable[[], Awaitable[object]]) -> list[str]:
    """What the database is asked meanwhile by this process's pool."""
    heard: list[str] = []
    pool = corner.numbers.world.runtime.database.pool
    async with AsyncExitStack() as all_of_them:
        for _ in range(pool.size):
            pooled = await all_of_them.enter_async_context(pool.connection())
            pooled.driver.add_query_logger(lambda record: heard.append(record.query))
    await act()
    return heard


def go_the_ordinary_way(patch: pytest.MonkeyPatch) -> None:
    """Have nothing done at once."""

    async def begin_nothing(*_: object, **__: object) -> None:
        """Nothing is as the statement wants it."""

    patch.setattr(Desk, "begin_at_once", begin_nothing)
    patch.setattr(kit_at_once, "recording", lambda *_: None)


class TestReservingAtOnce:
    @pytest.mark.parametrize("who", ["everybody", "carrier"])
    async def test_writes_what_the_ordinary_way_does(
        self, corner: Corner, monkeypatch: pytest.MonkeyPatch, who: str
    ) -> None:
        """Every column of every row, owners, history and the caller's key included."""
        async with corner.carrier(f"twin-{who}") as carriers:
            api = carriers if who == "carrier" else None
            fast, slow = [(await corner.ask_preview(api=api)).body for _ in range(2)]
            assert 200 == (await corner.reserve(fast, 1, api=api, key=f"fast-{who}")).status
            go_the_ordinary_way(monkeypatch)
            assert 200 == (await corner.reserve(slow, 1, api=api, key=f"slow-{who}")).status

        at_once, ordinary = await written(corner, fast), await written(corner, slow)
        assert ordinary == at_once
        assert dict.fromkeys(_WRITTEN, 1) | {"history": 3} == {
            name: len(rows) for name, rows in at_once.items()
        }

    async def test_takes_two_statements(self, corner: Corner) -> None:
        """One before the call and one after it, each of which says all there is to say."""
        preview = await corner.preview()

        heard = await statements_of(corner, partial(corner.reserve, preview))

        assert [CLAIM.text, CONFIRM.text] == [one for one in heard if "UPDATE preview" in one]
