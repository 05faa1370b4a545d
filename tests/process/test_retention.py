"""What is kept for a time goes after it, in small steps that hold nobody up."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from tests.kit.database.old import old_database
from tests.process.old_rows import DONE, KEPT, LONG, SPARED
from tramita.kit import retention as engine
from tramita.kit.database.engine import Database
from tramita.kit.database.migrate import migrate
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.findings import Verdict
from tramita.kit.inbox import receive
from tramita.kit.kept import KeepSettings
from tramita.kit.live import Live
from tramita.kit.metrics import OVERDUE
from tramita.kit.retention import Retention, Walk, page_statement
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Mode, Settings
from tramita.process.areas import RETENTION
from tramita.process.retention import GO_ALONG, KEPT_FOR_EVER, render

# However many rows there are, and however busy the machine is.
AT_LEISURE = timedelta(minutes=5)


@pytest.fixture
def runtime(database: Database) -> Runtime:
    return Runtime(Settings(mode=Mode.DEMO), database, Live(database.connect))


def retention(runtime: Runtime, *names: str) -> Retention:
    """Of these kinds of rows only, or of all."""
    return Retention(runtime, [KEPT[name] for name in names] or list(KEPT.values()))


async def make(database: Database, statement: str, age: timedelta) -> None:
    await database.fetch(statement, *[age] * ("$1" in statement))


async def rows_of(database: Database, name: str) -> int:
    """Rows of this kind that are there, or have what is to be emptied."""
    kept = KEPT[name]
    column, _, value = kept.empties.partition(",")[0].partition(" = ")
    where = f"{column} IS DISTINCT FROM {value}" if kept.empties else "true"
    [row] = await database.fetch(f"SELECT count(*) AS n FROM {kept.table} WHERE {where}")
    found: int = row["n"]
    return found


class TestEachKindOfRows:
    @pytest.mark.parametrize("name", sorted(KEPT))
    async def test_goes_when_its_time_is_over(self, runtime: Runtime, name: str) -> None:
        """What is a little younger than that stays."""
        one = retention(runtime, name)
        term, hour = one.term(KEPT[name]), timedelta(hours=1)
        for age in (term + hour, term - hour):
            await make(runtime.database, DONE[name], age)

        assert {name: 1} == await one.forget()

        assert 1 == await rows_of(runtime.database, name)
        assert {} == await one.forget()

    @pytest.mark.parametrize("name", sorted(SPARED))
    async def test_stays_while_something_needs_it(self, runtime: Runtime, name: str) -> None:
        """However old it is; and it keeps nothing behind it from going."""
        for statement in SPARED[name]:
            await make(runtime.database, statement, LONG)
        await make(runtime.database, DONE[name], LONG - timedelta(days=1))

        assert {name: 1} == await retention(runtime, name).forget()

        assert 1 == await rows_of(runtime.database, name)
        assert {name: timedelta(0)} == await retention(runtime, name).overdue()

    async def test_is_told_from_what_stays_for_ever(self, database: Database) -> None:
        """Whoever adds a table says how long its rows are kept."""
        rows = await database.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        there = sorted(row["tablename"] for row in rows)
        for_ever = [one for tables in KEPT_FOR_EVER for one in tables.split(", ")]
        told = sorted({one.table for one in KEPT.values()} | set(GO_ALONG) | {*for_ever})

        assert told == there

    def test_stands_on_the_page(self) -> None:
        """With the setting that changes its time."""
        page = render(RETENTION.kept)

        assert "| 180 days | `TRAMITA_KEEP_EXCHANGES_DAYS` |" in page
        assert "| 1 day | none |" in page


class TestWhatGoesAlong:
    async def test_is_everything_of_a_preview(self, runtime: Runtime) -> None:
        """Its numbers, and what was asked of the provider for it, with the history of that."""
        await make(runtime.database, DONE["previews"], LONG)
        await runtime.database.fetch(
            "INSERT INTO history (subject, subject_id, from_state, to_state, trigger, actor, at) "
            "SELECT 'operations', id, 'SENT', 'SUCCEEDED', 'done', 'a', now() FROM operations"
        )

        await retention(runtime, "previews").forget()

        [left] = await runtime.database.fetch(
            "SELECT (SELECT count(*) FROM preview) + (SELECT count(*) FROM preview_number) "
            "+ (SELECT count(*) FROM operations) + (SELECT count(*) FROM history) AS n"
        )
        assert 0 == left["n"]

    async def test_is_everything_of_an_event(self, runtime: Runtime) -> None:
        """Its deliveries and their attempts."""
        await make(runtime.database, DONE["webhook events"], LONG)
        await runtime.database.fetch(
            "INSERT INTO webhook_attempts (delivery_id, number, started_at, answer) "
            "SELECT id, 1, now(), '' FROM webhook_deliveries"
        )

        await retention(runtime, "webhook events").forget()

        [left] = await runtime.database.fetch(
            "SELECT (SELECT count(*) FROM webhook_deliveries) "
            "+ (SELECT count(*) FROM webhook_attempts) AS n"
        )
        assert 0 == left["n"]


class TestAnEMail:
    async def test_is_known_by_its_cause_alone(self, runtime: Runtime) -> None:
        """Nobody gets a second one; whom it went to, and how often it was tried, is gone."""
        await make(runtime.database, DONE["e-mails"], LONG)

        await retention(runtime, "e-mails").forget()

        [row] = await runtime.database.fetch(
            "SELECT recipient, facts, cause IS NOT NULL, d.state, "
            "(SELECT count(*) FROM mail_attempts) FROM mails AS m "
            "JOIN mail_deliveries AS d ON d.mail_id = m.id"
        )
        assert (None, None, True, "delivered", 0) == tuple(row)


class TestWhatWasNotSigned:
    async def test_says_that_it_was_and_how_it_ended(self, runtime: Runtime) -> None:
        """Text, file and names are gone."""
        await make(runtime.database, DONE["contracts not signed"], LONG)

        await retention(runtime, "contracts not signed").forget()

        [row] = await runtime.database.fetch(
            "SELECT p.state, p.title, d.title, d.text, d.file, s.name, s.email "
            "FROM signing_procedures AS p JOIN documents AS d ON d.id = p.document_id "
            "JOIN signatories AS s ON s.procedure_id = p.id"
        )
        assert ("aborted", "", "", "", None, "", "") == tuple(row)

    async def test_stays_while_it_is_submitted_anew(self, runtime: Runtime) -> None:
        """Of two procedures with one text the younger one keeps it."""
        await make(runtime.database, DONE["contracts not signed"], LONG)
        await runtime.database.fetch(
            "INSERT INTO signing_procedures (id, contract_id, provider, title, document_id, state, "
            "created_at, expires_at, version, sent_version) SELECT gen_random_uuid(), contract_id, 'acme', "
            "'A title', document_id, 'prepared', now(), now(), 1, 1 FROM signing_procedures"
        )

        await retention(runtime, "contracts not signed").forget()

        [row] = await runtime.database.fetch("SELECT text, file FROM documents")
        assert ("A text", "a file") == tuple(row)


class TestAMessageThatWentLongAgo:
    async def test_is_known_again(self, runtime: Runtime) -> None:
        """Body and row are gone, and whoever replays it is told that it is known."""
        database = runtime.database
        assert await post(database, "7")
        await database.fetch("DELETE FROM pgqueuer")
        await database.fetch(
            "UPDATE inbox SET received_at = now() - $1::interval, processed_at = now()", LONG
        )
        await retention(runtime).forget()
        await retention(runtime).forget()
        assert [] == await database.fetch("SELECT FROM inbox")

        assert not await post(database, "7")
        assert [] == await database.fetch("SELECT FROM pgqueuer")
        assert await post(database, "8")

    async def test_is_known_while_it_goes(self, runtime: Runtime) -> None:
        """Its digest is there a day before its row goes, so nobody comes in between."""
        await post(runtime.database, "7")
        await runtime.database.fetch(
            "UPDATE inbox SET received_at = now() - interval '180 days 1 hour', processed_at = now()"
        )

        await retention(runtime).forget()

        [row] = await runtime.database.fetch(
            "SELECT body, (SELECT count(*) FROM inbox_seen) FROM inbox"
        )
        assert (None, 1) == tuple(row)

    async def test_is_known_from_before_digests_were_shorter(
        self, server: EmbeddedPostgres
    ) -> None:
        """They stay for ever, so they follow."""
        seen = "SELECT count(*) AS n FROM inbox_seen WHERE digest = tramita_seen('acme', $1)"
        async with old_database(server, "0040") as database:
            note = "INSERT INTO inbox_seen SELECT tramita_seen('acme', n::text) FROM generate_series(1, 9) AS n"
            await database.fetch(note)
            await migrate(database)

            known = [(await database.fetch(seen, one))[0]["n"] for one in ("1", "9", "10")]
        assert [1, 1, 0] == known


async def post(database: Database, vendor_id: str) -> bool:
    async with database.unit_of_work() as work:
        return await receive(work, "acme", b"{}", job="acme.read", vendor_id=vendor_id)


class TestForgetting:
    async def test_takes_page_after_page(self, runtime: Runtime) -> None:
        """However many rows there are, a transaction has few of them."""
        await make(runtime.database, many("queue log", 7000), LONG)
        await make(runtime.database, many("queue log", 50), timedelta(0))

        assert {"queue log": 7000} == await retention(runtime).forget(within=AT_LEISURE)

        assert 50 == await rows_of(runtime.database, "queue log")

    async def test_goes_on_where_it_stopped(
        self, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Time is up, or the worker dies: what has gone is gone, the rest goes the next time."""
        monkeypatch.setattr(engine, "_MOST", 100)
        await make(runtime.database, many("queue log", 5000), LONG)
        one, has_gone_on, step = retention(runtime), asyncio.Event(), Walk.step

        async def take(walk: Walk, database: Database) -> bool:
            if walk.gone:
                has_gone_on.set()
            return await step(walk, database)

        monkeypatch.setattr(Walk, "step", take)
        running = asyncio.create_task(one.forget())
        async with asyncio.timeout(60):
            await has_gone_on.wait()
        running.cancel()
        await asyncio.wait({running})

        left = await rows_of(runtime.database, "queue log")
        assert 0 < left < 5000
        assert {"queue log": left} == await one.forget(within=AT_LEISURE)
        assert 0 == await rows_of(runtime.database, "queue log")

    async def test_finds_each_row_of_a_page_by_its_key(self, runtime: Runtime) -> None:
        """Also where all that is to go was emptied since the table was analysed, as after a first night."""
        inbox = KEPT["inbox"]
        await make(runtime.database, many("inbox bodies", 3000), LONG)
        await runtime.database.fetch("ANALYZE inbox")
        await runtime.database.fetch("UPDATE inbox SET body = NULL")

        rows = await runtime.database.fetch(
            f"EXPLAIN (ANALYZE, TIMING off, BUFFERS off) {page_statement(inbox, is_first=True)}",
            retention(runtime).term(inbox),
            100,
        )

        plan = "\n".join(row["QUERY PLAN"] for row in rows)
        assert "inbox_emptied on inbox t " in plan
        assert "Rows Removed by Join Filter" not in plan

    async def test_of_much_keeps_nothing_else_waiting(self, runtime: Runtime) -> None:
        """Tables take turns: one with millions of rows past their time leaves some for the others."""
        await make(runtime.database, many("queue log", 500), LONG)
        await make(runtime.database, DONE["previews"], LONG)

        forgotten = await retention(runtime).forget(within=timedelta(0))
        assert {} == forgotten
        turns = Retention(runtime, [KEPT["queue log"], KEPT["previews"]])
        assert {"queue log": 500, "previews": 1} == await turns.forget()

    async def test_passes_over_what_is_locked(self, runtime: Runtime) -> None:
        """It waits for nobody, and nobody waits for it; the row goes another time."""
        for _ in range(2):
            await make(runtime.database, DONE["exchanges"], LONG)
        other = await runtime.database.connect()
        transaction = other.transaction()
        await transaction.start()
        await other.execute("SELECT FROM exchanges ORDER BY id LIMIT 1 FOR UPDATE")

        assert {"exchanges": 1} == await retention(runtime).forget()

        await transaction.rollback()
        await other.close()
        assert {"exchanges": 1} == await retention(runtime).forget()

    async def test_leaves_a_table_whose_locks_are_not_to_be_had(self, runtime: Runtime) -> None:
        """Somebody has a delivery of the event: that table waits, and the others do not."""
        await make(runtime.database, DONE["webhook events"], LONG)
        await make(runtime.database, DONE["exchanges"], LONG)
        other = await runtime.database.connect()
        transaction = other.transaction()
        await transaction.start()
        await other.execute("SELECT FROM webhook_deliveries FOR UPDATE")

        both = retention(runtime, "webhook events", "exchanges")
        assert {"exchanges": 1} == await both.forget()

        await transaction.rollback()
        await other.close()
        assert {"webhook events": 1} == await both.forget()

    async def test_by_two_at_once_is_no_trouble(self, runtime: Runtime) -> None:
        """Two workers, one of them believed dead: each row goes once."""
        await make(runtime.database, many("queue log", 3000), LONG)

        both = await asyncio.gather(*(retention(runtime).forget() for _ in range(2)))

        assert 3000 == sum(one.get("queue log", 0) for one in both)


def many(name: str, rows: int) -> str:
    into, values = DONE[name].split(" VALUES ")
    return f"{into} SELECT {values.strip()[1:-1]} FROM generate_series(1, {rows})"


class TestBeingLate:
    async def test_is_told(self, runtime: Runtime) -> None:
        """Prometheus and the nightly check are told by how much, and of which rows."""
        late = KEPT["exchanges"].days
        assert isinstance(late, str)
        term = runtime.configured(KeepSettings).exchanges_days
        await make(runtime.database, DONE["exchanges"], timedelta(days=term + 5))

        finding = await retention(runtime).check()

        assert Verdict.BROKEN is finding.verdict
        assert ["exchanges"] == [one.subject for one in finding.differences]
        assert 5 * 86400 <= OVERDUE.labels("exchanges")._value.get() < 6 * 86400

    async def test_by_a_night_is_not(self, runtime: Runtime) -> None:
        """Rows go at night, so they are a day late by nature."""
        term = runtime.configured(KeepSettings).exchanges_days
        await make(runtime.database, DONE["exchanges"], timedelta(days=term + 1))

        assert Verdict.KEPT is (await retention(runtime).check()).verdict


class TestTheHours:
    @pytest.mark.parametrize(
        ("hours", "hour", "is_time"),
        [
            ("22-6", 22, True),
            ("22-6", 3, True),
            ("22-6", 6, False),
            ("22-6", 21, False),
            ("1-5", 1, True),
            ("1-5", 5, False),
            ("0-24", 12, True),
        ],
    )
    def test_may_go_over_midnight(self, hours: str, hour: int, is_time: bool) -> None:
        """From the first to before the last."""
        assert is_time is KeepSettings(hours=hours).is_time(hour)

    @pytest.mark.parametrize("hours", ["", "22", "22-25", "7-7", "24-6", "22:30-6"])
    def test_that_are_none_are_refused(self, hours: str) -> None:
        """Rather than never to forget anything."""
        with pytest.raises(ValidationError):
            KeepSettings(hours=hours)

    def test_are_those_of_the_time_zone(self, runtime: Runtime) -> None:
        """22 o'clock in São Paulo is one o'clock in Greenwich."""
        one = retention(runtime)

        assert one.is_time(datetime(2026, 3, 3, 1, tzinfo=UTC))
        assert not one.is_time(datetime(2026, 3, 2, 22, tzinfo=UTC))

    @pytest.mark.parametrize(("hours", "left"), [("now", 0), ("later", 1)])
    async def test_are_kept_by_the_schedule(self, runtime: Runtime, hours: str, left: int) -> None:
        """Outside them rows stay that are kept for days, and it is told by how much they are late."""
        [now] = await runtime.database.fetch("SELECT now() AT TIME ZONE 'America/Sao_Paulo' AS at")
        begin = (now["at"].hour + (0 if hours == "now" else 2)) % 24
        runtime.configure(
            KeepSettings(hours=f"{begin}-{(begin + 20) % 24 if left == 0 else begin + 1}")
        )
        for name in ("exchanges", "searches"):
            await make(runtime.database, DONE[name], LONG)
        [schedule] = RETENTION.schedules

        await schedule.run(runtime)

        assert left == await rows_of(runtime.database, "exchanges")
        assert 0 == await rows_of(runtime.database, "searches")
        assert bool(left) is (OVERDUE.labels("exchanges")._value.get() > 0)
