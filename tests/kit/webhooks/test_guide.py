"""The receiver that the guide shows, as it stands there, against real deliveries."""

import asyncio
import os
import re
import sys
import textwrap
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.kit.webhooks.receivers import CHANGED, Office
from tramita.kit.webhooks.signature import new_secret

GUIDE = Path(__file__).parents[3] / "docs/how-to/receive-webhooks.md"


@asynccontextmanager
async def running_guide(folder: Path, key: str) -> AsyncIterator[tuple[Process, str]]:
    """The guide's receiver in a process of its own; yields it and its address."""
    [found] = re.findall(
        r"^ *```python\n(.*?)^ *```$", GUIDE.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    script = folder / "receiver.py"
    script.write_text(textwrap.dedent(found), encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        sys.executable, script, "0", stdout=PIPE, env=os.environ | {"WEBHOOK_SECRET": key}
    )
    try:
        port = (await next_line(process)).rsplit(" ", 1)[1]
        yield process, f"http://127.0.0.1:{port}/"
    finally:
        process.kill()
        await process.wait()


async def next_line(process: Process) -> str:
    """What it prints next."""
    assert process.stdout is not None
    async with asyncio.timeout(60):
        return (await process.stdout.readline()).decode().strip()


class TestTheGuide:
    async def test_shows_a_receiver_that_works(self, office: Office, tmp_path: Path) -> None:
        """It takes what we sign, once per event, and nothing that others sign."""
        endpoint, key = await office.add_endpoint("http://127.0.0.1:9/")
        async with running_guide(tmp_path, key) as (process, url):
            await office.fetch("UPDATE webhook_endpoints SET url = $1", url)
            [first] = await office.emit(n=1)
            await office.deliver(first)
            await office.fetch(
                "UPDATE webhook_deliveries SET state = 'waiting', next_attempt_at = now()"
            )
            await office.deliver(first)
            # The receiver knows the secret before this one: both sign.
            await office.rotate(endpoint)
            [second] = await office.emit(n=2)
            await office.deliver(second)
            heard = [await next_line(process), await next_line(process)]

            await office.fetch(
                "UPDATE webhook_endpoints SET secret = $1, previous_secret_until = now()",
                new_secret(),
            )
            [forged] = await office.emit(n=3)
            await office.deliver(forged)

        statuses = await office.fetch(
            "SELECT status FROM webhook_attempts ORDER BY delivery_id, number"
        )
        assert [f"{CHANGED.name} {{'n': {n}}}" for n in (1, 2)] == heard
        assert [204, 204, 204, 401] == [row["status"] for row in statuses]
