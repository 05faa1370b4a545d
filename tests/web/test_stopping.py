"""A web process that is told to stop while a request is under way."""

import asyncio
from pathlib import Path

import aiohttp

from tests.locks import until_waiting
from tramita.kit.database.engine import Database
from tramita.kit.http.settings import WebSettings
from tramita.kit.settings import Mode, Settings
from tramita.kit.tokens import create_token
from tramita.process.runtime import running_runtime
from tramita.web.server import listen, running_web


class TestStopping:
    async def test_tells_requests_that_take_too_long_to_come_again(
        self, database: Database, database_url: str, tmp_path: Path
    ) -> None:
        """A problem document with a time, never a bare 500; nothing was done."""
        settings = Settings(data_dir=tmp_path, mode=Mode.DEMO)
        async with (
            aiohttp.ClientSession() as session,
            running_runtime(settings, database_url) as runtime,
            database.unit_of_work() as work,
        ):
            await work.fetch("LOCK TABLE customers IN EXCLUSIVE MODE")
            runtime.configure(WebSettings(grace=1))
            async with runtime.database.unit_of_work() as other:
                token = await create_token(other, "test", ["contracts:write"])
            headers = {"Idempotency-Key": "stopped", "Authorization": f"Bearer {token}"}
            async with running_web(runtime, listen("127.0.0.1", 0)) as web:
                url = f"{web.url}/api/v1/customers"
                asking = asyncio.create_task(
                    session.post(url, json={"name": "Maria"}, headers=headers)
                )
                await until_waiting(database)
            answer = await asking
            said = await answer.json()

        assert (503, "stopping") == (answer.status, said["code"])
        assert "2" == answer.headers["Retry-After"]
        assert [] == await database.fetch("SELECT FROM customers")
        assert [] == await database.fetch("SELECT FROM idempotency_keys")
