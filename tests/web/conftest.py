"""The web alone behind a real socket: every route, no worker, no simulators."""

import io
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from multidict import CIMultiDictProxy
from structlog.stdlib import ProcessorFormatter
from yarl import URL

from tests.conftest import fresh_database
from tests.world import SCOPES
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.http.settings import WebSettings
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Mode, Settings
from tramita.kit.tokens import create_token
from tramita.process.runtime import running_runtime
from tramita.web.server import listen, running_web

# Tests ask from one address as fast as they can.
UNLIMITED = WebSettings(requests_per_second=0, misses_per_minute=0, sockets_per_token=0)


@dataclass(frozen=True)
class Answer:
    """What came back; ``body`` is decoded when it is JSON, bytes of a file, else the text."""

    status: int
    headers: CIMultiDictProxy[str]
    body: Any


@dataclass
class Site:
    """The running web; ``headers`` carry a token of every scope."""

    url: str
    runtime: Runtime
    session: aiohttp.ClientSession
    headers: dict[str, str]

    async def ask(
        self, method: str, path: str, *, authenticated: bool = True, **request: Any
    ) -> Answer:
        """One request; ``path`` is sent as it is written."""
        headers = (self.headers if authenticated else {}) | request.pop("headers", {})
        url = URL(self.url + path, encoded=True)
        async with self.session.request(method, url, headers=headers, **request) as answer:
            is_json = answer.content_type.endswith("json")
            if answer.content_disposition is not None:
                body: Any = await answer.read()
            else:
                body = (
                    await answer.json(content_type=None)
                    if is_json
                    else await answer.text(errors="replace")
                )
            return Answer(answer.status, answer.headers, body)

    async def token(self, *scopes: str) -> dict[str, str]:
        """Headers with a token of only these scopes."""
        async with self.runtime.database.unit_of_work() as work:
            token = await create_token(work, " ".join(scopes) or "nothing", list(scopes))
        return {"Authorization": f"Bearer {token}"}


@asynccontextmanager
async def running_site(url: str, data_dir: Path) -> AsyncIterator[Site]:
    """The web on an empty, migrated database, until the block ends; no provider answers it.

    Nobody listens on port 9, where a demo on this machine may have its simulators on the usual one.
    """
    settings = Settings(data_dir=data_dir, mode=Mode.DEMO, simulators_port=9)
    async with (
        running_runtime(settings, url) as runtime,
        running_web(runtime, listen("127.0.0.1", 0)) as web,
        aiohttp.ClientSession() as session,
    ):
        runtime.configure(UNLIMITED)
        async with runtime.database.unit_of_work() as work:
            token = await create_token(work, "all scopes", SCOPES)
        yield Site(web.url, runtime, session, {"Authorization": f"Bearer {token}"})


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Site]:
    """The web behind a real socket, one for all tests of a module."""
    async with (
        fresh_database(server) as url,
        running_site(url, tmp_path_factory.mktemp("site")) as site,
    ):
        yield site


@pytest.fixture
def written(caplog: pytest.LogCaptureFixture) -> Iterator[io.StringIO]:
    """Everything that anybody has to say, as a process writes it."""
    [handler] = [
        one for one in logging.getLogger().handlers if isinstance(one.formatter, ProcessorFormatter)
    ]
    assert isinstance(handler, logging.StreamHandler)
    stream = io.StringIO()
    caplog.set_level("DEBUG")
    before = handler.setStream(stream)
    yield stream
    handler.setStream(before)
