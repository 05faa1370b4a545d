"""What names a person where no id of ours does: messages, kept answers, errors of the queue.

Every row that can be meant is read once, in batches. A message is theirs when it names a thing
of theirs; one that nobody understood, also when it names the person. One that is not processed
yet is left until it is: what it says may still matter, to a contract that has ended too.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec

from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.kit.people.erasures import Erasure
from tramita.kit.people.groups import ALL, find_groups
from tramita.kit.people.inventory import ERASED, People
from tramita.kit.people.lifecycle import ErasureState
from tramita.kit.people.needles import Needles, unfold

ACTOR: Final = "erasing"
# Messages read in one transaction.
AT_ONCE: Final = 500
# A message with an older id may be committed later, but not so much later.
_OVERTAKING: Final = timedelta(minutes=5)
_GONE: Final = msgspec.json.encode(
    {"type": "about:blank", "title": "Gone", "status": 410, "code": "person_erased"}
)
# As what they are encrypted.
_BODY: Final = "inbox.body"
_ANSWER: Final = "idempotency_keys.body"
_INBOX: Final = """
    SELECT id, body, processed_at IS NOT NULL AS is_done, not_understood IS NOT NULL AS is_anybodys,
           received_at < tramita_now() - $3::interval AS is_old
    FROM inbox WHERE id > $1 AND body IS NOT NULL ORDER BY id LIMIT $2
"""
_ANSWERS: Final = """
    SELECT scope, key, body FROM idempotency_keys
    WHERE (scope, key) > ($1, $2) AND body IS NOT NULL ORDER BY scope, key LIMIT $3
"""
_ERRORS: Final = """
    SELECT id, traceback::text AS body FROM pgqueuer_log
    WHERE id > $1 AND traceback IS NOT NULL ORDER BY id LIMIT $2
"""


async def erase_messages(database: Database, people: People, erasure: Erasure) -> None:
    """Empty what is the person's, from where the erasure has come on."""
    await _erase_inbox(database, people, erasure)
    if erasure.state is ErasureState.ERASING:
        # Nothing that names them is answered afterwards.
        await _erase_answers(database, people, erasure.roots)
    await _erase_errors(database, people, erasure.roots)


async def find_messages(
    database: Database, people: People, roots: Sequence[UUID]
) -> AsyncIterator[tuple[UUID, bytes]]:
    """The messages of outside systems that name the person or a thing of theirs, with their ids."""
    position, count = min(roots), AT_ONCE
    while count == AT_ONCE:
        async with database.unit_of_work(actor=ACTOR) as work:
            needles = await _needles(work, people, roots)
            rows = await work.fetch(_INBOX, position, AT_ONCE, _OVERTAKING)
        count = len(rows)
        for row in rows:
            position = row["id"]
            body = database.keys.decrypt_bytes(row["body"], _BODY)
            if needles.are_in(unfold(body), is_anybodys=row["is_anybodys"]):
                yield row["id"], body


async def _erase_inbox(database: Database, people: People, erasure: Erasure) -> None:
    position, seen, is_held = erasure.inbox_seen, erasure.inbox_seen, False
    is_more = True
    while is_more:
        async with database.unit_of_work(actor=ACTOR) as work:
            needles = await _needles(work, people, erasure.roots)
            rows = await work.fetch(_INBOX, position, AT_ONCE, _OVERTAKING)
            theirs = [
                row
                for row in rows
                if needles.are_in(
                    unfold(work.keys.decrypt_bytes(row["body"], _BODY)),
                    is_anybodys=row["is_anybodys"],
                )
            ]
            await _empty(work, [row["id"] for row in theirs if row["is_done"]])
            waiting = {row["id"] for row in theirs if not row["is_done"]}
            for row in rows:
                is_held = is_held or row["id"] in waiting or not row["is_old"]
                seen = seen if is_held else row["id"]
            await work.fetch(
                "UPDATE erasures SET inbox_seen = $2 WHERE id = $1 AND inbox_seen < $2",
                erasure.id,
                seen,
            )
        is_more = len(rows) == AT_ONCE
        position = rows[-1]["id"] if rows else position


async def _empty(work: UnitOfWork, ids: Sequence[UUID]) -> None:
    """A message is known again when its body is gone; what was asked about it goes too."""
    await work.fetch(
        "UPDATE inbox SET body = NULL, not_understood = "
        "CASE WHEN not_understood IS NOT NULL THEN $2::text END WHERE id = ANY($1::uuid[])",
        list(ids),
        ERASED,
    )
    await work.fetch(
        "UPDATE exchanges SET path = '', request = '', answer = '', error = NULL "
        "WHERE operation_id = ANY($1::uuid[])",
        list(ids),
    )


async def _erase_answers(database: Database, people: People, roots: Sequence[UUID]) -> None:
    """Whoever repeats the request learns that the person is gone, and makes nobody anew."""
    scope, key, count = "", "", AT_ONCE
    while count == AT_ONCE:
        async with database.unit_of_work(actor=ACTOR) as work:
            needles = await _needles(work, people, roots)
            rows = await work.fetch(_ANSWERS, scope, key, AT_ONCE)
            bodies = [work.keys.decrypt_bytes(row["body"], _ANSWER) for row in rows]
            theirs = [
                row
                for row, body in zip(rows, bodies, strict=True)
                if needles.are_in(unfold(body), is_anybodys=False)
            ]
            await work.fetch(
                "UPDATE idempotency_keys AS k SET status = 410, body = $3, "
                "content_type = 'application/problem+json' "
                "FROM unnest($1::text[], $2::text[]) AS t(scope, key) "
                "WHERE k.scope = t.scope AND k.key = t.key",
                [row["scope"] for row in theirs],
                [row["key"] for row in theirs],
                _GONE,
            )
        count = len(rows)
        if rows:
            scope, key = rows[-1]["scope"], rows[-1]["key"]


async def _erase_errors(database: Database, people: People, roots: Sequence[UUID]) -> None:
    position, count = 0, AT_ONCE
    while count == AT_ONCE:
        async with database.unit_of_work(actor=ACTOR) as work:
            needles = await _needles(work, people, roots)
            rows = await work.fetch(_ERRORS, position, AT_ONCE)
            theirs = [
                row["id"]
                for row in rows
                if needles.are_in(unfold(row["body"].encode()), is_anybodys=True)
            ]
            await work.fetch(
                "UPDATE pgqueuer_log SET traceback = NULL WHERE id = ANY($1::bigint[])", theirs
            )
        count = len(rows)
        position = rows[-1]["id"] if rows else position


async def _needles(work: UnitOfWork, people: People, roots: Sequence[UUID]) -> Needles:
    groups = await find_groups(work, people, roots)
    keys = [text for one in groups.of(ALL) for text in (str(one), one.hex)]
    for statement in people.keys:
        keys += [row["key"] for row in await groups.fetch(work, statement) if row["key"]]
    values = [
        value
        for one in people.values
        for row in await groups.fetch(work, one.statement)
        for found in people.table(one.table).decrypted(work.keys, row).values()
        if found
        for value in one.read(found)
        if value
    ]
    return Needles.of(keys, values)
