"""A channel's deliveries: write, take, settle, cancel, replay.

Taking, settling and cancelling lock the receivers concerned first, in order of id, and are
so one after the other for each receiver. Thus a receiver never has more attempts under way
than its lanes, and a delivery held back because of that is woken by the one that makes
room. The history of a delivery is its attempts; only what people do to it goes to
``history``. Leases and due times are in real time, as those of operations are.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from datetime import timedelta
from typing import Generic, Protocol, TypeVar
from uuid import UUID

import asyncpg

from tramita.kit.database.work import UnitOfWork
from tramita.kit.outbox.letters import L, Letter, Settlement
from tramita.kit.outbox.lifecycle import OPEN, DeliveryState, DeliveryTrigger
from tramita.kit.outbox.tables import Tables
from tramita.kit.transitions import Stateful

# The platform's time at this moment, which is behind the transaction's beginning.
_NOW = "(SELECT tramita_now()) + (clock_timestamp() - now())"

L_contra = TypeVar("L_contra", bound=Letter, contravariant=True)


class Pace(Protocol[L_contra]):
    """How quickly a channel may send. Asked and told while the receivers' rows are locked."""

    async def hold(self, work: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, timedelta | None]:
        """Those of what waits that may not go yet, and how long they have to wait.

        ``None``: until another of the same receiver has come to an end.
        """
        ...

    async def note(self, work: UnitOfWork, letters: Sequence[L_contra]) -> None:
        """These go now."""
        ...


@dataclass(frozen=True)
class Channel(Generic[L]):
    """One way out, whose letters are sent by ``job``.

    ``judge`` says what follows for the receivers of what was settled; their rows are locked.
    ``pace`` says how quickly letters may follow one another, where that is not free.
    """

    name: str
    job: str
    letter: type[L]
    deliveries: Stateful[DeliveryState, DeliveryTrigger]
    tables: Tables
    judge: Callable[[UnitOfWork, Sequence[Settlement[L]]], Awaitable[None]]
    _: KW_ONLY
    pace: Pace[L] | None = None
    # Whether a receiver's letters go as they were written, and not those first that wait longest.
    in_order_written: bool = False
    # How many attempts one receiver gets at the same time, so that a slow one keeps nobody waiting.
    lanes: int = 5
    # How long a taken delivery may go without an answer: the sender's deadline, time to record.
    lease: timedelta = timedelta(seconds=30)
    # How long one that is due may go without being looked at before its job counts as lost.
    patience: timedelta = timedelta(minutes=10)
    # A delivery whose workers die of it, attempt after attempt, must not go on forever either.
    most_tries: int = 20

    async def take(self, work: UnitOfWork, ids: Sequence[UUID]) -> list[L | None]:
        """Take what is due and has a free lane, each with its attempt already written down.

        In the order asked for; ``None`` for what is settled, not due, in other hands or held.
        """
        t = self.tables
        work.actor = self.name
        await work.fetch(
            f"""
            SELECT FROM {t.receivers} WHERE id IN
                (SELECT {t.receiver} FROM {self.deliveries.table} WHERE id = ANY($1::uuid[]))
            ORDER BY id FOR NO KEY UPDATE
            """,  # noqa: S608 - names are ours
            list(ids),
        )
        waits = await self.pace.hold(work, ids) if self.pace else {}
        await self._postpone(work, waits)
        free = [one for one in ids if one not in waits]
        rows = await work.fetch(
            self._take(), free, self.lanes, self.lease, self.patience, self.most_tries
        )
        await self._give_up(work, [row for row in rows if not row["number"]])
        letters = {
            row["id"]: self.letter(
                row["id"],
                row["receiver_id"],
                row["number"],
                row["tries"],
                **{name: t.read(work.keys, name, row[name]) for name in t.columns},
            )
            for row in rows
            if row["number"]
        }
        if self.pace and letters:
            await self.pace.note(work, list(letters.values()))
        # The same delivery may stand in a batch twice: the first to ask gets it.
        return [letters.pop(one, None) for one in ids]

    async def _postpone(self, work: UnitOfWork, waits: Mapping[UUID, timedelta | None]) -> None:
        """Have these wait for so long, or until another of their receiver makes room."""
        if not waits:
            return
        rows = await work.fetch(
            f"""
            UPDATE {self.deliveries.table} AS d SET is_held = w.wait IS NULL,
                next_attempt_at = coalesce(now() + w.wait, d.next_attempt_at),
                wake_at = now() + coalesce(w.wait, interval '0') + $3::interval
            FROM unnest($1::uuid[], $2::interval[]) AS w(id, wait)
            WHERE d.id = w.id AND d.state = 'waiting' RETURNING d.id, w.wait
            """,  # noqa: S608 - names are ours
            list(waits),
            list(waits.values()),
            self.patience,
        )
        for row in rows:
            if row["wait"] is not None:
                work.enqueue(self.job, delay=row["wait"], delivery_id=row["id"])

    @property
    def _turn(self) -> str:
        """In which order a receiver's letters have their turn."""
        return "d.id" if self.in_order_written else "d.next_attempt_at, d.id"

    def _take(self) -> str:
        t, deliveries = self.tables, self.deliveries.table
        columns = ", ".join(f"{value} AS {name}" for name, value in t.columns.items())
        return f"""
            WITH due AS (
                SELECT d.id, d.{t.receiver} AS receiver_id, {t.is_open} AS is_open,
                       d.state = 'sending' AND ({t.is_lost}) AS is_lost,
                       d.state = 'sending' AND (d.tries >= $5 OR {t.is_lost}) AS is_spent,
                       row_number() OVER (PARTITION BY d.{t.receiver}
                                          ORDER BY {self._turn}) AS place
                FROM {deliveries} AS d JOIN {t.receivers} AS r ON r.id = d.{t.receiver}
                WHERE d.id = ANY($1::uuid[])
                  AND ((d.state = 'waiting' AND d.next_attempt_at <= now())
                       OR (d.state = 'sending' AND d.lease_until < now()))
            ), busy AS (
                SELECT {t.receiver} AS receiver_id, count(*) AS lanes FROM {deliveries}
                WHERE state = 'sending' AND lease_until >= now()
                  AND {t.receiver} IN (SELECT receiver_id FROM due)
                GROUP BY 1
            ), fitting AS (
                SELECT due.*, place <= $2 - coalesce(lanes, 0) AS fits
                FROM due LEFT JOIN busy USING (receiver_id)
            ), taken AS (
                UPDATE {deliveries} AS d SET
                    state = 'sending', attempts = d.attempts + 1, tries = d.tries + 1,
                    is_held = false, lease_until = clock_timestamp() + $3::interval,
                    wake_at = clock_timestamp() + $3::interval
                FROM fitting AS f WHERE d.id = f.id AND f.fits AND f.is_open AND NOT f.is_spent
                RETURNING d.id, d.{t.message} AS message_id, d.attempts AS number, d.tries
            ), held AS (
                UPDATE {deliveries} AS d SET is_held = true, wake_at = now() + $4::interval
                FROM fitting AS f
                WHERE d.id = f.id AND NOT f.fits AND f.is_open AND NOT f.is_spent
            ), kept AS (
                INSERT INTO {t.attempts} (delivery_id, number, started_at, answer)
                SELECT id, number, {_NOW}, '' FROM taken
            )
            SELECT f.id, f.receiver_id, f.is_open, f.is_lost, taken.number, taken.tries, {columns}
            FROM fitting AS f LEFT JOIN taken USING (id)
            LEFT JOIN {t.messages} AS m ON m.id = taken.message_id
            LEFT JOIN {t.receivers} AS r ON r.id = f.receiver_id
            WHERE taken.id IS NOT NULL OR f.is_spent OR NOT f.is_open
        """  # noqa: S608 - names are ours

    async def _give_up(self, work: UnitOfWork, left: Sequence[asyncpg.Record]) -> None:
        """Cancel what is left for a closed receiver, and end what was lost, or lost too often.

        What stood behind it has no job of its own: it is woken, as by any other end.
        """
        ends = {
            (DeliveryTrigger.LOSE, "its worker died while sending it"): [
                row["id"] for row in left if row["is_lost"]
            ],
            (DeliveryTrigger.EXHAUSTED, "no attempt was ever recorded to its end"): [
                row["id"] for row in left if row["is_open"] and not row["is_lost"]
            ],
            (DeliveryTrigger.CANCEL, self.tables.closed): [
                row["id"] for row in left if not row["is_open"] and not row["is_lost"]
            ],
        }
        for (trigger, cause), ids in ends.items():
            if ids:
                await self.deliveries.move(work, ids, trigger, cause=cause)
        if left:
            await self._wake_held(work, [row["receiver_id"] for row in left])

    async def note_handing_over(self, work: UnitOfWork, letters: Sequence[L]) -> list[bool]:
        """Write down that these go now and may arrive; false for one that is in other hands.

        Of receivers that would not know a message again: see ``was_handed_over``.
        """
        t = self.tables
        rows = await work.fetch(
            f"""
            UPDATE {t.attempts} AS a SET handed_at = {_NOW}
            FROM unnest($1::uuid[], $2::int[]) AS l(id, number)
            JOIN {self.deliveries.table} AS d ON d.id = l.id AND d.attempts = l.number
            WHERE a.delivery_id = l.id AND a.number = l.number
              AND d.state = 'sending' AND d.lease_until > clock_timestamp()
            RETURNING a.delivery_id
            """,  # noqa: S608 - names are ours
            [one.delivery_id for one in letters],
            [one.number for one in letters],
        )
        taken = {row["delivery_id"] for row in rows}
        return [one.delivery_id in taken for one in letters]

    async def settle(self, work: UnitOfWork, settlements: Sequence[Settlement[L]]) -> list[bool]:
        """Record what came of letters; false for one whose delivery was meanwhile taken anew."""
        work.actor = self.name
        receivers = await self._hold(work, settlements)
        gone = [one for one in settlements if one.letter.receiver_id not in receivers]
        if gone:
            settlements = await self._follow(work, settlements, gone)
            receivers |= await self._hold(work, settlements)
        await self._record_attempts(work, settlements)
        open_ = {id_ for id_, row in receivers.items() if row["is_open"]}
        moved = self._moved(settlements, {id_: row["address"] for id_, row in receivers.items()})
        heard = [one.unheeded if one in moved else one for one in settlements]
        applied = await self._settle_deliveries(work, heard, open_)
        await self.judge(work, [one for one in settlements if one not in moved])
        await self._wake_held(work, [one.letter.receiver_id for one in settlements])
        return [one.letter.delivery_id in applied for one in settlements]

    def _moved(
        self, settlements: Sequence[Settlement[L]], addresses: Mapping[UUID, str | None]
    ) -> list[Settlement[L]]:
        """Those of letters that went where their receivers are no more."""
        name = self.tables.address
        if name is None:
            return []
        return [
            one
            for one in settlements
            if getattr(one.letter, name) != addresses.get(one.letter.receiver_id)
        ]

    async def _hold(
        self, work: UnitOfWork, settlements: Sequence[Settlement[L]]
    ) -> dict[UUID, asyncpg.Record]:
        """Lock the receivers that there are; answers of each whether it gets anything, and its address."""
        t = self.tables
        address = t.columns[t.address] if t.address else "NULL"
        rows = await work.fetch(
            f"SELECT id, {t.is_open} AS is_open, {address} AS address FROM {t.receivers} AS r "  # noqa: S608 - names are ours
            "WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE",
            [one.letter.receiver_id for one in settlements],
        )
        return {row["id"]: row for row in rows}

    async def _follow(
        self, work: UnitOfWork, settlements: Sequence[Settlement[L]], gone: Sequence[Settlement[L]]
    ) -> Sequence[Settlement[L]]:
        """The same, with whose the deliveries are by now: their receiver may have become one with another."""
        rows = await work.fetch(
            f"SELECT id, {self.tables.receiver} AS receiver FROM {self.deliveries.table} "  # noqa: S608 - names are ours
            "WHERE id = ANY($1::uuid[])",
            [one.letter.delivery_id for one in gone],
        )
        now: dict[UUID, UUID] = {row["id"]: row["receiver"] for row in rows}
        return [
            replace(one, letter=replace(one.letter, receiver_id=now[one.letter.delivery_id]))
            if one.letter.delivery_id in now
            else one
            for one in settlements
        ]

    async def _record_attempts(
        self, work: UnitOfWork, settlements: Sequence[Settlement[L]]
    ) -> None:
        await work.fetch(
            f"""
            UPDATE {self.tables.attempts} AS a SET
                status = s.status, error = s.error, answer = s.answer, milliseconds = s.milliseconds
            FROM unnest($1::uuid[], $2::int[], $3::int[], $4::text[], $5::text[], $6::int[])
                AS s(delivery_id, number, status, error, answer, milliseconds)
            WHERE a.delivery_id = s.delivery_id AND a.number = s.number
            """,  # noqa: S608 - names are ours
            [one.letter.delivery_id for one in settlements],
            [one.letter.number for one in settlements],
            [one.sent.status for one in settlements],
            [one.sent.error for one in settlements],
            [one.sent.answer for one in settlements],
            [one.sent.milliseconds for one in settlements],
        )

    async def _settle_deliveries(
        self, work: UnitOfWork, settlements: Sequence[Settlement[L]], open_: set[UUID]
    ) -> set[UUID]:
        triggers = [one.trigger(is_open=one.letter.receiver_id in open_) for one in settlements]
        cycle = self.deliveries.lifecycle
        rows = await work.fetch(
            f"""
            UPDATE {self.deliveries.table} AS d SET
                state = s.state,
                next_attempt_at = CASE WHEN s.state = 'waiting' THEN now() + s.wait END,
                wake_at = now() + coalesce(s.wait, interval '0') + $5::interval,
                lease_until = NULL
            FROM unnest($1::uuid[], $2::int[], $3::text[], $4::interval[])
                AS s(id, number, state, wait)
            WHERE d.id = s.id AND d.attempts = s.number AND d.state = 'sending'
            RETURNING d.id, d.state, s.wait
            """,  # noqa: S608 - names are ours
            [one.letter.delivery_id for one in settlements],
            [one.letter.number for one in settlements],
            [cycle.next(DeliveryState.SENDING, trigger).value for trigger in triggers],
            [one.wait for one in settlements],
            self.patience,
        )
        for row in rows:
            if row["state"] == DeliveryState.WAITING:
                work.enqueue(self.job, delay=row["wait"], delivery_id=row["id"])
        return {row["id"] for row in rows}

    async def _wake_held(self, work: UnitOfWork, freed: Sequence[UUID]) -> None:
        """Enqueue as many held deliveries of each receiver as lanes became free, longest first."""
        t, deliveries = self.tables, self.deliveries.table
        rows = await work.fetch(
            f"""
            UPDATE {deliveries} AS d SET is_held = false
            FROM (SELECT id, count(*) AS lanes FROM unnest($1::uuid[]) AS f(id) GROUP BY id) AS freed
            CROSS JOIN LATERAL (
                SELECT d.id FROM {deliveries} AS d
                WHERE {t.receiver} = freed.id AND is_held AND state = ANY($2::text[])
                ORDER BY {self._turn} LIMIT freed.lanes
            ) AS next
            WHERE d.id = next.id
            RETURNING d.id
            """,  # noqa: S608 - names are ours
            list(freed),
            [state.value for state in OPEN],
        )
        self.enqueue(work, [row["id"] for row in rows])

    async def cancel_waiting(
        self, work: UnitOfWork, receivers: Sequence[UUID], *, cause: str
    ) -> None:
        """Send nothing more to these; their rows are locked, unless no others are changed."""
        waiting = await work.fetch(
            f"SELECT id FROM {self.deliveries.table} "  # noqa: S608 - names are ours
            f"WHERE {self.tables.receiver} = ANY($1::uuid[]) AND state = 'waiting'",
            list(receivers),
        )
        ids = [row["id"] for row in waiting]
        await self.deliveries.move(work, ids, DeliveryTrigger.CANCEL, cause=cause)

    async def replay(self, work: UnitOfWork, delivery_id: UUID) -> None:
        """Send a settled delivery anew on a fresh schedule; its receiver's row is locked.

        Raises ``TransitionNotAllowed`` while it is waiting or being sent.
        """
        await self._begin_anew(work, [delivery_id])
        await self.deliveries.move_one(work, delivery_id, DeliveryTrigger.REPLAY)
        self.enqueue(work, [delivery_id])

    async def replay_all(self, work: UnitOfWork, ids: Sequence[UUID]) -> list[UUID]:
        """The same for many; those that are waiting or being sent stay. Answers the others."""
        await self._begin_anew(work, ids)
        moved = list(await self.deliveries.move(work, ids, DeliveryTrigger.REPLAY))
        self.enqueue(work, moved)
        return moved

    async def _begin_anew(self, work: UnitOfWork, ids: Sequence[UUID]) -> None:
        await work.fetch(
            f"UPDATE {self.deliveries.table} SET tries = 0, is_held = false, "  # noqa: S608 - names are ours
            "next_attempt_at = now(), wake_at = now() + $2::interval "
            "WHERE id = ANY($1::uuid[]) AND NOT state = ANY($3::text[])",
            list(ids),
            self.patience,
            [state.value for state in OPEN],
        )

    def enqueue(self, work: UnitOfWork, ids: Sequence[UUID]) -> None:
        """Let these be sent as soon as a worker has time."""
        for one in ids:
            work.enqueue(self.job, delivery_id=one)
