"""Where outside systems post: genuine messages are kept once, others leave no trace."""

import asyncio
import hashlib
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pytest
from httpx import ASGITransport, AsyncClient
from joserfc import jws
from joserfc.jwk import ECKey
from prometheus_client import REGISTRY

from tests.databases import opened
from tests.kept_apps import app_over
from tests.web.conftest import Site
from tramita.kit.credentials import CredentialMissing
from tramita.kit.http import intake
from tramita.kit.live import Live
from tramita.kit.provider import Posted, Receiver
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Mode, Settings
from tramita.simulation.keys import ensure_key_pair
from tramita.web.middleware import RequestLog

API_KEY = "a1c0e7d2-0000-4000-8000-000000000001"
PATH = "/webhooks/qitech"
JOB = "portability.take_message"
MEBIBYTE = 1024 * 1024

pytestmark = pytest.mark.asyncio(loop_scope="module")


def message(number: int = 1, **more: Any) -> dict[str, Any]:
    """A webhook of QI Tech."""
    return {
        "webhook_type": "credit_transfer.proposal",
        "proposal_key": f"0b8f4b6e-5c3c-4f0e-9d6d-0a4f2f6c{number:04}",
        "proposal_status": "accepted",
        "event_datetime": "2026-11-26T15:42:12",
        "data": {"final_due_balance": 5000.5},
        **more,
    }


def signed(site: Site, body: bytes, *, key: ECKey | None = None) -> dict[str, str]:
    """QI Tech's headers for our endpoint, or somebody else's with another ``key``."""
    folder = site.runtime.settings.data_dir / "keys" / "qitech"
    claims = {
        "payload_md5": hashlib.md5(body).hexdigest(),
        "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "method": "POST",
        "uri": PATH,
    }
    token = jws.serialize_compact(
        {"typ": "JWT", "alg": "ES512"},
        msgspec.json.encode(claims),
        key or ECKey.import_key(ensure_key_pair(folder, "provider").private_pem),
        algorithms=["ES512"],
    )
    return {"API-CLIENT-KEY": API_KEY, "AUTHORIZATION": token, "Content-Type": "application/json"}


async def post(site: Site, body: bytes, headers: Mapping[str, str], path: str = PATH) -> int:
    """The status a vendor gets."""
    answer = await site.ask("POST", path, authenticated=False, data=body, headers=dict(headers))
    return answer.status


async def kept(site: Site) -> list[bytes]:
    """Bodies in the inbox."""
    async with site.runtime.database.unit_of_work() as work:
        return [
            work.keys.decrypt_bytes(row["body"], "inbox.body")
            for row in await work.fetch("SELECT body FROM inbox")
        ]


async def jobs(site: Site) -> int:
    """Jobs that wait for a kept message."""
    async with site.runtime.database.unit_of_work() as work:
        [row] = await work.fetch("SELECT count(*) FROM pgqueuer WHERE entrypoint = $1", JOB)
        return int(row["count"])


def counted(result: str) -> float:
    """What the metric says."""
    labels = {"sender": "qitech", "result": result}
    return REGISTRY.get_sample_value("tramita_inbox_messages_total", labels) or 0.0


class TestAGenuineMessage:
    async def test_is_kept_as_it_came_and_handed_to_its_job(self, site: Site) -> None:
        """Byte for byte, with one job."""
        body = msgspec.json.encode(message(1))
        before, counts = await jobs(site), counted("kept")

        status = await post(site, body, signed(site, body))

        assert 204 == status
        assert body in await kept(site)
        assert (1, 1) == (await jobs(site) - before, counted("kept") - counts)

    async def test_is_kept_once_however_often_it_comes(self, site: Site) -> None:
        """Again, at the same time, and in another spelling: 204, one row, one job."""
        first = msgspec.json.encode(message(2))
        variant = msgspec.json.encode(message(2, event_datetime="2026-11-26T15:42:12.000Z"))
        rows, waiting = await kept(site), await jobs(site)

        statuses = await asyncio.gather(
            *(post(site, body, signed(site, body)) for body in (first, first, variant, variant))
        )

        assert [204] * 4 == statuses
        assert (1, 1) == (len(await kept(site)) - len(rows), await jobs(site) - waiting)

    async def test_is_kept_when_nobody_can_read_it(self, site: Site) -> None:
        """It was signed, so a person may want to see it."""
        body = b"\xff not JSON"

        assert 204 == await post(site, body, signed(site, body))
        assert body in await kept(site)

    @pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
    async def test_may_call_itself_anything(self, site: Site, content_type: str) -> None:
        """The signature counts, not the content type."""
        body = msgspec.json.encode(message(3, content_type=content_type))

        headers = {**signed(site, body), "Content-Type": content_type}

        assert 204 == await post(site, body, headers)


class TestAnythingElse:
    async def test_that_is_forged_leaves_no_trace(
        self, site: Site, caplog: pytest.LogCaptureFixture
    ) -> None:
        """A stranger's key, a changed body, no signature: 403, nothing kept, counted."""
        body = msgspec.json.encode(message(4))
        rows, counts = await kept(site), counted("not_verified")
        stranger = ECKey.generate_key("P-521", auto_kid=False)

        statuses = [
            await post(site, body, signed(site, body, key=stranger)),
            await post(site, body + b" ", signed(site, body)),
            await post(site, body, {}),
        ]

        assert [403] * 3 == statuses
        assert rows == await kept(site)
        assert 3 == counted("not_verified") - counts
        assert "final_due_balance" not in caplog.text

    @pytest.mark.parametrize("sender", ["nobody", "qitech2", "telmex"])
    async def test_to_nobody_is_not_found(self, site: Site, sender: str) -> None:
        """An unknown sender, and one that posts nothing."""
        body = msgspec.json.encode(message(5))

        assert 404 == await post(site, body, signed(site, body), f"/webhooks/{sender}")

    @pytest.mark.parametrize(
        ("error", "status"),
        [
            (CredentialMissing(variable="TRAMITA_ACME_SECRET"), 404),
            (ValueError("int() of a header"), 403),
            (RecursionError(), 403),
        ],
    )
    async def test_that_cannot_be_verified_is_no_failure_of_ours(
        self, site: Site, error: Exception, status: int
    ) -> None:
        """Without a secret nobody expects it; code that fails over it does not believe it."""

        def verify(_: Posted) -> bool:
            raise error

        site.runtime.receivers["acme"] = Receiver(verify=verify, job=JOB)

        assert status == await post(site, b"{}", {}, "/webhooks/acme")

    async def test_that_is_too_large_is_a_413(self, site: Site) -> None:
        """More than a mebibyte is never read to its end."""
        body = b" " * (MEBIBYTE + 1)
        rows = await kept(site)

        answer = await site.ask(
            "POST", PATH, authenticated=False, data=BytesIO(body), headers=signed(site, body)
        )

        assert 413 == answer.status
        assert rows == await kept(site)


class TestWithoutADatabase:
    @pytest.mark.parametrize("is_signed", [True, False])
    @pytest.mark.parametrize("is_silent", [True, False])
    async def test_is_a_503_before_the_vendor_gives_up(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_silent: bool, is_signed: bool
    ) -> None:
        """Silent or gone: the vendor is told to come again, and soon, also one who signs nothing."""
        monkeypatch.setattr(intake, "LONGEST_SILENCE", 0.2)

        async with (
            _server(is_silent=is_silent) as address,
            _posting_to(address, tmp_path, is_signed=is_signed) as client,
            asyncio.timeout(20),
        ):
            answer = await client.post("/webhooks/acme", content=b"{}")

        assert (503, "database_unreachable") == (answer.status_code, answer.json()["code"])


@asynccontextmanager
async def _server(*, is_silent: bool) -> AsyncIterator[str]:
    """An address that takes connections and never says a word, or where nobody listens."""
    if not is_silent:
        yield "postgresql://nobody@127.0.0.1:9/nothing"
        return
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


@asynccontextmanager
async def _posting_to(
    address: str, data_dir: Path, *, is_signed: bool
) -> AsyncIterator[AsyncClient]:
    """A client of an application whose database is at ``address``."""
    async with opened(address) as database:
        runtime = Runtime(
            Settings(data_dir=data_dir, mode=Mode.DEMO), database, Live(database.connect)
        )
        runtime.receivers["acme"] = Receiver(lambda _: True, JOB, is_signed=is_signed)
        with app_over(runtime) as app:
            transport = ASGITransport(RequestLog(app))  # type: ignore[arg-type]  # dialects of ASGI's types
            async with AsyncClient(transport=transport, base_url="http://tramita") as client:
                yield client


class TestALongMessage:
    async def test_is_read_beside_the_event_loop(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What makes it the same as another may take seconds; a short one is read at once."""
        readers: dict[int, int] = {}

        def read(body: bytes) -> str:
            readers[len(body)] = threading.get_ident()
            return hashlib.sha256(body).hexdigest()

        usual = site.runtime.receivers["qitech"]
        believing = replace(usual, admits=None, verify=lambda _: True, vendor_id=read)
        monkeypatch.setitem(site.runtime.receivers, "qitech", believing)
        for size in (100, 100_000):
            assert 204 == await post(site, b"x" * size, {})

        assert threading.get_ident() == readers[100]
        assert threading.get_ident() != readers[100_000]
