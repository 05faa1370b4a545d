"""What SMT posts to us."""

import hashlib
import hmac

import aiohttp
import pytest

from tests.backends.smt.conftest import SMTWorld
from tests.kit.aside import find_aside
from tests.world import until
from tramita.backends.smt.settings import DEMO_SECRET


def _signature(body: bytes, secret: str) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class TestACallbackThatCannotBeRead:
    @pytest.mark.parametrize(
        "body",
        [
            b'{"event_id": "a\\u0000b"}',
            b'{"event_id": "\\ud800"}',
            b'{"event_id": "1", "reference": "no key", "subscriber_id": "S", "status": "active"}',
            b"[" * 5000 + b"]" * 5000,
            b"\xff",
        ],
        ids=["NUL", "half a character", "no key", "deep", "no text"],
    )
    async def test_is_kept_and_holds_nothing_up(self, smt_world: SMTWorld, body: bytes) -> None:
        """204 and shown; no job stands still for it."""
        headers = {"x-smt-signature": _signature(body, DEMO_SECRET)}
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{smt_world.url}/webhooks/smt", data=body, headers=headers) as answer,
        ):
            assert 204 == answer.status

        unread: list[str] = []

        async def is_aside() -> bool:
            async with smt_world.database.unit_of_work() as work:
                unread[:] = [one.provider for one in await find_aside(work)]
                [jobs] = await work.fetch("SELECT count(*) FROM pgqueuer")
            return bool(unread) and not jobs["count"]

        await until(is_aside)
        assert ["smt"] == unread


class TestReceiveWebhook:
    @pytest.mark.parametrize(
        ("path", "secret", "status"),
        [
            ("smt", DEMO_SECRET, 204),
            ("smt", "stranger", 403),
            ("telmex", DEMO_SECRET, 404),
            ("nobody", DEMO_SECRET, 404),
        ],
    )
    async def test_keeps_only_signed_messages_of_known_systems(
        self, smt_world: SMTWorld, path: str, secret: str, status: int
    ) -> None:
        """Twice is once; a stranger's message is refused, an unexpected one not found."""
        body = b'{"event_id": "7", "subscriber_id": "S", "reference": "%s", "status": "active"}'
        body %= b"00000000-0000-7000-8000-000000000000"
        headers = {"x-smt-signature": _signature(body, secret)}

        async with aiohttp.ClientSession() as session:
            statuses = []
            for _ in range(2):
                url = f"{smt_world.url}/webhooks/{path}"
                async with session.post(url, data=body, headers=headers) as answer:
                    statuses.append(answer.status)

        async with smt_world.database.unit_of_work() as work:
            kept = await work.fetch("SELECT provider, vendor_id FROM inbox")
        assert [status] * 2 == statuses
        assert ([("smt", "7")] if status == 204 else []) == [tuple(row) for row in kept]
