"""What a house with parcels does: run where ``tramita`` is one that has them, and told as JSON."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import aiohttp

from tramita.cli.check import AREAS
from tramita.cli.docs import render_pages
from tramita.kit.settings import Mode, Settings
from tramita.kit.tokens import create_token
from tramita.process.runtime import running_runtime
from tramita.process.worker import running_worker
from tramita.web.scopes import find_scopes
from tramita.web.server import listen, running_web

API = "/api/v1"


async def live(database: str, folder: Path) -> dict[str, Any]:
    """Open the house, have a parcel packed, and look at what is known of parcels."""
    settings = Settings(data_dir=folder, mode=Mode.DEMO)
    async with (
        running_runtime(settings, database) as runtime,
        running_worker(runtime),
        running_web(runtime, listen("127.0.0.1", 0)) as web,
    ):
        async with runtime.database.unit_of_work(actor="test") as work:
            token = await create_token(work, "test", find_scopes())
        headers = {"Authorization": f"Bearer {token}"}
        async with aiohttp.ClientSession(web.url, headers=headers, raise_for_status=True) as api:
            event = await have_one_packed(api)
            types = await (await api.get(f"{API}/webhooks/event-types")).json()
        checked = AREAS["parcels"]
        return {
            "event": event,
            "types": [one["name"] for one in types["items"]],
            "check": [one.promise for one in await checked.check(runtime)],
            "count": await checked.count(runtime),
            "scopes": find_scopes(),
            "pages": render_pages(),
        }


async def have_one_packed(api: aiohttp.ClientSession) -> str:
    """Ask for a parcel and wait until its job has told of it; answers the event's type."""
    hears = {"url": "http://127.0.0.1:9/", "event_types": ["parcel.packed"]}
    await api.post(f"{API}/webhooks/endpoints", json=hears)
    await api.post(f"{API}/parcels")
    async with asyncio.timeout(60):
        while True:
            events = await (await api.get(f"{API}/webhooks/events")).json()
            if events["items"]:
                return str(events["items"][0]["type"])


if __name__ == "__main__":
    seen = asyncio.run(live(sys.argv[1], Path(sys.argv[2])))
    Path(sys.argv[2], "seen.json").write_text(json.dumps(seen), encoding="utf-8")
