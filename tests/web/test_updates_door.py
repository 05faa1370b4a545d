"""``POST /telegram/webhook/{path}``: updates are kept, whoever may post them, before they are answered."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.kept_simulators import SIMULATORS
from tests.web.conftest import UNLIMITED, Answer, Site
from tests.web.test_connections import connected
from tests.world import until
from tramita.kit.encryption.keys import keys_of
from tramita.kit.http.settings import WebSettings
from tramita.providers.telegram.settings import DEMO_PATH, DEMO_SECRET
from tramita.providers.telegram.simulator import make_simulator
from tramita.simulation.server import running_simulators
from tramita.simulation.settings import SimulatorSettings
from tramita.testing.control import VendorControl

pytestmark = pytest.mark.asyncio(loop_scope="module")

DOOR = f"/telegram/webhook/{DEMO_PATH}"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
SHOWN = {HEADER: DEMO_SECRET}
GROUP = {"id": -1001, "type": "supergroup", "title": "Оплата"}


def update(number: int, text: str = "x") -> bytes:
    """A message in a group."""
    message = {"message_id": number, "date": 1767225600, "chat": GROUP, "text": text}
    return json.dumps({"update_id": number, "message": message}).encode()


async def post(site: Site, body: bytes, path: str = DOOR, **headers: str) -> Answer:
    """Post as Telegram does."""
    shown = {**SHOWN, **headers, "content-type": "application/json"}
    return await site.ask("POST", path, authenticated=False, data=BytesIO(body), headers=shown)


async def kept(site: Site) -> list[dict[str, Any]]:
    """What is kept of Telegram's updates, in the order in which it came."""
    decrypt = keys_of(site.runtime.settings).decrypt_bytes
    async with site.runtime.database.unit_of_work(actor="test") as work:
        rows = await work.fetch(
            "SELECT body FROM inbox WHERE provider = 'telegram' ORDER BY received_at, id"
        )
    bodies = [decrypt(row["body"], "inbox.body") for row in rows]
    return [json.loads(one) for one in bodies if one.startswith(b'{"update_id"')]


async def numbers(site: Site) -> list[int]:
    """Of what is kept."""
    return [one["update_id"] for one in await kept(site)]


class TestTheDoor:
    async def test_keeps_an_update_before_it_answers(self, site: Site) -> None:
        """Whoever is answered forgets it."""
        answer = await post(site, update(11))

        assert (200, True) == (answer.status, 11 in await numbers(site))

    @pytest.mark.parametrize(
        ("path", "headers"),
        [
            (DOOR, {HEADER: "another"}),
            (DOOR, {HEADER: ""}),
            (f"{DOOR}x", {}),
            ("/telegram/webhook/another", {}),
            ("/webhooks/telegram", {}),
        ],
    )
    async def test_opens_to_nobody_else(
        self, site: Site, path: str, headers: dict[str, str]
    ) -> None:
        """One of both secrets is not enough."""
        before = len(await kept(site))

        assert 403 == (await post(site, update(21), path, **headers)).status
        assert before == len(await kept(site))

    @pytest.mark.parametrize(
        ("path", "told"),
        [
            (DOOR, f"{HEADER}: another"),
            ("/webhooks/qitech", "Authorization: Basic x"),
            ("/webhooks/lyra", "Content-Type: application/json"),
        ],
    )
    async def test_reads_nothing_of_what_headers_refuse(
        self, site: Site, path: str, told: str
    ) -> None:
        """A stranger's megabyte is not waited for."""
        head = [f"POST {path} HTTP/1.1", "Host: x", "Content-Length: 1000000", told, "", ""]
        async with connected(site) as raw:
            await raw.say("\r\n".join(head).encode())

            assert b"403" in await raw.answered()

    async def test_takes_no_update_without_end(self, site: Site) -> None:
        """A megabyte is more than any has."""
        assert 413 == (await post(site, update(31) + b" " * 1024 * 1024)).status

    async def test_knows_an_update_again(self, site: Site) -> None:
        """By number and content: the same number may come to be another's."""
        for _ in range(3):
            assert 200 == (await post(site, update(41, "first"))).status
        assert 200 == (await post(site, update(41, "after a quiet week"))).status

        assert [41, 41] == [one for one in await numbers(site) if one == 41]

    @pytest.mark.parametrize(
        "body", [b'{"update_id": 51, "brand_new": {}}', b'{"update_id": 52, "message": null}', b"{"]
    )
    async def test_keeps_what_it_does_not_understand(self, site: Site, body: bytes) -> None:
        """Else it would be posted for a day, and hold up what comes after it."""
        assert 200 == (await post(site, body)).status


class TestAMessenger:
    async def test_comes_as_often_as_it_has_something_to_tell(self, site: Site) -> None:
        """All from one address; whoever guesses there is stopped as everywhere."""
        site.runtime.configure(WebSettings(requests_per_second=1, misses_per_minute=1))
        told = [(await post(site, update(number))).status for number in range(900, 930)]
        guessed = [
            (await post(site, update(930), **{HEADER: str(number)})).status for number in range(4)
        ]
        site.runtime.configure(UNLIMITED)

        assert [200] * 30 == told
        assert [403, 403, 429, 429] == guessed


@asynccontextmanager
async def telegram(site: Site, folder: Path) -> AsyncIterator[VendorControl]:
    """Telegram, which posts to us."""
    made = SIMULATORS.make(make_simulator, SimulatorSettings(keys_directory=folder))
    async with running_simulators([made]) as url, aiohttp.ClientSession(url) as session:
        control = VendorControl(session, "telegram")
        hook = {"url": f"{site.url}{DOOR}", "secret_token": DEMO_SECRET}
        token = "1000001:TEST-TOKEN-NOT-A-REAL-BOT"
        async with session.post(f"/telegram/bot{token}/setWebhook", json=hook) as answer:
            assert 200 == answer.status
        yield control


class TestMessages:
    async def test_are_kept_once_in_whatever_disorder_they_come(
        self, site: Site, tmp_path: Path
    ) -> None:
        """Twice, late, before the news that the bot was added, and counted from elsewhere."""
        said = [f"message {number}" for number in range(40)]
        async with telegram(site, tmp_path) as vendor:
            for kind in ("webhook_duplicate", "webhook_reordered", "webhook_replayed"):
                await vendor.fail_webhook(
                    kind, probability=0.3, count=None, arguments={"seconds": 5.0}
                )
            made = await vendor.person("igor", "create_group", title="x", others=["anna"])
            await vendor.person("igor", "add_bot", chat=made["chat"])
            for number, text in enumerate(said):
                if number % 10 == 5:
                    await vendor.operate("jump_update_ids")
                await vendor.person("anna", "write", chat=made["chat"], text=text)
            await vendor.advance("10s")

            async def is_quiet() -> bool:
                return not await vendor.is_posting()

            await until(is_quiet)
            attempts = sum(len(one["attempts"]) for one in await vendor.deliveries())

        heard = [
            one["message"]["text"]
            for one in await kept(site)
            if one.get("message") and one["message"].get("text") in said
        ]
        assert sorted(said) == sorted(heard)
        assert attempts > len(said) + 5
