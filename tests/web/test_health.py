"""What an operator's machines ask, also on a bad day."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient

from tests.console.standing import add_case, add_operation
from tests.databases import opened
from tests.kept_apps import app_over
from tests.kit.held import hold_job
from tests.web.conftest import Site
from tramita.kit import readiness
from tramita.kit.database.engine import to_url
from tramita.kit.gauges import Standings
from tramita.kit.live import Live
from tramita.kit.retention import Lateness
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Mode, Settings
from tramita.process.areas import RETENTION
from tramita.transfers.console.cases import ATTENTION
from tramita.web import health
from tramita.web.middleware import RequestLog

# Nobody listens there, nor is given the port meanwhile.
NOWHERE = "postgresql://nobody@127.0.0.1:9/nothing"


@asynccontextmanager
async def _app_on(address: str, tmp_path: Path) -> AsyncIterator[tuple[AsyncClient, Runtime]]:
    """The application on a database at this address, whatever is there."""
    async with opened(address) as database:
        runtime = Runtime(
            Settings(data_dir=tmp_path, mode=Mode.DEMO), database, Live(database.connect)
        )
        with app_over(runtime) as app:
            transport = ASGITransport(RequestLog(app))  # type: ignore[arg-type]  # dialects of ASGI's types
            async with AsyncClient(transport=transport, base_url="http://tramita") as client:
                yield client, runtime


@asynccontextmanager
async def _silent_server() -> AsyncIterator[str]:
    """An address that takes connections and never says a word."""
    writers: list[asyncio.StreamWriter] = []

    async def take(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"postgresql://nobody@127.0.0.1:{port}/nothing"
    finally:
        server.close()
        for writer in writers:
            writer.close()


class TestReady:
    @pytest.mark.asyncio(loop_scope="module")
    async def test_is_ok_with_everything_in_place(self, site: Site) -> None:
        """Database, migrations and queue are each named."""
        answer = await site.ask("GET", "/health/ready", authenticated=False)

        assert (200, "ok") == (answer.status, answer.body["status"])
        assert {"database": "ok", "migrations": "ok", "queue": {"waiting": 0, "held": 0}} == {
            name: answer.body["checks"][name] for name in ("database", "migrations", "queue")
        }

    @pytest.mark.asyncio(loop_scope="module")
    @pytest.mark.parametrize(
        ("mode", "address", "status"),
        [
            (Mode.PRODUCTION, "", "degraded"),
            (Mode.PRODUCTION, "http://tramita.example", "degraded"),
            (Mode.PRODUCTION, "https://tramita.example", "ok"),
            (Mode.DEMO, "", "ok"),
        ],
    )
    async def test_says_when_people_sign_in_without_tls(
        self,
        site: Site,
        monkeypatch: pytest.MonkeyPatch,
        mode: Mode,
        address: str,
        status: str,
    ) -> None:
        """In production only: its cookie is not safe then, and nobody would notice."""
        monkeypatch.setattr(site.runtime.settings, "mode", mode)
        monkeypatch.setattr(site.runtime.settings, "public_url", address)

        answer = await site.ask("GET", "/health/ready", authenticated=False)

        assert (200, status) == (answer.status, answer.body["status"])
        assert (status == "degraded") == ("TRAMITA_PUBLIC_URL" in answer.body["checks"]["https"])

    @pytest.mark.asyncio(loop_scope="module")
    async def test_names_plugins_that_failed_and_stays_ok(self, site: Site) -> None:
        """One broken plugin is no reason to stop everything else."""
        site.runtime.failed_plugins["broken"] = "ImportError: no module"

        answer = await site.ask("GET", "/health/ready", authenticated=False)

        del site.runtime.failed_plugins["broken"]
        assert (200, "degraded") == (answer.status, answer.body["status"])
        assert {"broken": "ImportError: no module"} == answer.body["checks"]["plugins"]["failed"]

    async def test_is_a_503_when_nobody_listens(self, tmp_path: Path) -> None:
        """The database's machine is up, its server is not."""
        async with _app_on(NOWHERE, tmp_path) as (client, _):
            answer = await client.get("/health/ready")

        assert (503, "unavailable") == (answer.status_code, answer.json()["status"])
        assert "unreachable: ConnectionRefusedError" == answer.json()["checks"]["database"]

    async def test_is_a_503_soon_when_the_server_is_silent(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A frozen database must not freeze who asks about it."""
        monkeypatch.setattr(readiness, "LONGEST_SILENCE", 0.2)

        async with _silent_server() as address, _app_on(address, tmp_path) as (client, _):
            async with asyncio.timeout(20):  # The server would never answer.
                answer = await client.get("/health/ready")

        assert (503, "silent for 0.2 s") == (
            answer.status_code,
            answer.json()["checks"]["database"],
        )

    @pytest.mark.parametrize(
        ("change", "status", "says"),
        [
            ("DELETE FROM alembic_version", 503, "lost"),
            ("DROP TABLE alembic_version", 503, "lost"),
            ("UPDATE alembic_version SET version_num = '0001'", 503, "behind"),
            ("UPDATE alembic_version SET version_num = '9999'", 200, "ahead"),
        ],
    )
    async def test_tells_how_the_schema_stands_to_this_release(
        self, database_url: str, tmp_path: Path, change: str, status: int, says: str
    ) -> None:
        """One ahead is a rolling deployment: whoever is up goes on; else requests would fail."""
        async with _app_on(database_url, tmp_path) as (client, runtime):
            async with runtime.database.unit_of_work() as work:
                await work.fetch(change)
            answer = await client.get("/health/ready")

        assert (status, says) == (answer.status_code, answer.json()["checks"]["migrations"])

    @pytest.mark.parametrize(
        ("setting", "says"),
        [
            ("default_transaction_read_only = on", "not writable: read-only"),
            ("statement_timeout = '1ms'", "unreachable: QueryCanceledError"),
            ("temp_file_limit = 0", "unreachable: ConfigurationLimitExceededError"),
        ],
    )
    async def test_is_a_503_while_nothing_can_be_written(
        self, database_url: str, tmp_path: Path, setting: str, says: str
    ) -> None:
        """As after a failover, or where the disk has no room."""
        async with _app_on(database_url, tmp_path) as (client, runtime):
            name = to_url(database_url).database
            async with runtime.database.unit_of_work() as work:
                await work.fetch(f"ALTER DATABASE {name} SET {setting}")
            async with runtime.database.unit_of_work() as work:
                # Or all that is asked may be answered within a millisecond.
                await work.fetch("LOCK TABLE alembic_version")
                answer = await client.get("/health/ready")

        assert (503, says) == (answer.status_code, answer.json()["checks"]["database"])

    async def test_looks_once_for_all_who_ask_at_the_same_time(
        self, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Anybody may ask: no more than one connection at a time is spent on it."""
        async with _app_on(database_url, tmp_path) as (client, runtime):
            connections = 0
            connect = runtime.database.connect

            async def counted() -> Any:
                nonlocal connections
                connections += 1
                return await connect()

            monkeypatch.setattr(runtime.database, "connect", counted)
            answers = await asyncio.gather(*(client.get("/health/ready") for _ in range(60)))
            at_once = connections
            monkeypatch.setattr(readiness, "VALID_FOR", 0.0)
            await client.get("/health/ready")

        assert {200} == {answer.status_code for answer in answers}
        assert (1, 2) == (at_once, connections)


class TestARequestWithoutADatabase:
    @pytest.mark.parametrize(
        "path",
        ["/api/v1/contracts", "/api/detalhe-formalizacao/0198c0de-0000-7000-8000-000000000000/"],
    )
    async def test_is_a_503_to_try_again(self, tmp_path: Path, path: str) -> None:
        """It is not the caller's fault, and it may pass."""
        headers = {"Authorization": "Bearer tramita_x"}

        async with _app_on(NOWHERE, tmp_path) as (client, _):
            answer = await client.get(path, headers=headers)

        assert (503, "database_unreachable") == (answer.status_code, answer.json()["code"])
        assert "5" == answer.headers["Retry-After"]


class TestMetrics:
    @pytest.mark.asyncio(loop_scope="module")
    async def test_counts_requests_by_route_never_by_path(self, site: Site) -> None:
        """Paths carry tokens, and a series for each would never end."""
        token = "0198c0de-0000-7000-8000-00000000beef"
        await site.ask("GET", f"/api/detalhe-formalizacao/{token}/", authenticated=False)

        answer = await site.ask("GET", "/metrics", authenticated=False)

        assert 200 == answer.status
        assert answer.headers["Content-Type"].startswith("text/plain; version=")
        assert 'route="/api/detalhe-formalizacao/{token}",status="404"' in answer.body
        assert "beef" not in answer.body

    async def test_tell_whether_old_rows_go_in_time(
        self, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Also of a process that forgets nothing itself; it looks once a minute."""
        monkeypatch.setattr(health, "_OVERDUE", Lateness(RETENTION.kept))
        async with _app_on(database_url, tmp_path) as (client, runtime):
            await runtime.database.fetch(_OLD_COUNT, 100)
            first = await client.get("/metrics")
            await runtime.database.fetch(_OLD_COUNT, 200)
            second = await client.get("/metrics")

        assert [10, 10] == [_days_late(one.text) for one in (first, second)]

    async def test_tell_what_stands_where(
        self, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What waits by provider, what needs a person, what is held: for whoever raises alarms."""
        monkeypatch.setattr(health, "_STANDINGS", Standings())
        async with _app_on(database_url, tmp_path) as (client, runtime):
            await add_operation(runtime.database)
            await add_case(runtime.database)
            runtime.attention["transfers"] = ATTENTION
            await hold_job(runtime.database)
            told = (await client.get("/metrics")).text

        for line in (
            'tramita_needs_attention{source="operations"} 1.0',
            'tramita_needs_attention{source="jobs"} 1.0',
            'tramita_needs_attention{source="transfers"} 1.0',
            "tramita_jobs_held 1.0",
            "tramita_jobs_due 0.0",
            'tramita_deliveries_open{channel="webhooks"} 0.0',
        ):
            assert line in told

    async def test_are_there_without_the_database(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What was seen last stands."""
        monkeypatch.setattr(health, "_OVERDUE", Lateness(RETENTION.kept))
        nowhere = f"postgresql://nobody@/nothing?host={tmp_path}"
        async with _app_on(nowhere, tmp_path) as (client, _):
            answer = await client.get("/metrics")

        assert 200 == answer.status_code


_OLD_COUNT = (
    "INSERT INTO pgqueuer_statistics (created, count, priority, status, entrypoint) "
    "VALUES (now() - make_interval(days => $1), 1, 0, 'successful', 'x')"
)
_LATE = re.compile(
    r'^tramita_retention_overdue_seconds\{rows="queue statistics"\} (\S+)$', re.MULTILINE
)


def _days_late(metrics: str) -> int:
    found = _LATE.search(metrics)
    assert found is not None
    return int(float(found[1]) // 86400)
