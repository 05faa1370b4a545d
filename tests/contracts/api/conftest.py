"""Fixtures: the whole application on a database of the test's own, and a token for it."""

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient, Response
from litestar import Litestar

from tramita.kit.database.engine import Database
from tramita.kit.live import Live
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Settings
from tramita.kit.tokens import create_token
from tramita.web.app import make_app

# The tests' own client writes addresses as they are; Tramita does not use it.
logging.getLogger("httpx").setLevel(logging.WARNING)

SCOPES = ["contracts:read", "contracts:write", "catalog:write"]


@dataclass
class API:
    """The API as its user sees it."""

    client: AsyncClient
    headers: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, **query: Any) -> Response:
        """Read."""
        return await self.client.get(f"/api/v1{path}", params=query, headers=self.headers)

    async def post(self, path: str, body: object) -> Response:
        """Create or act."""
        return await self.client.post(f"/api/v1{path}", json=body, headers=self.headers)

    async def patch(self, path: str, body: object) -> Response:
        """Change."""
        return await self.client.patch(f"/api/v1{path}", json=body, headers=self.headers)

    async def delete(self, path: str) -> Response:
        """Delete."""
        return await self.client.delete(f"/api/v1{path}", headers=self.headers)

    async def create(self, path: str, body: object) -> dict[str, Any]:
        """Create, and answer what was created."""
        answer = await self.post(path, body)
        assert 201 == answer.status_code, answer.text
        created: dict[str, Any] = answer.json()
        return created


@pytest.fixture
async def runtime(database: Database) -> Runtime:
    """A runtime without providers."""
    return Runtime(Settings(), database, Live(database.connect))


@pytest.fixture(scope="session")
def app() -> Litestar:
    """The application; what it knows of a test is the runtime in its state."""
    return make_app()


@pytest.fixture
async def api(app: Litestar, runtime: Runtime) -> AsyncIterator[API]:
    """The API, with a token that may do everything with contracts."""

    async with runtime.database.unit_of_work() as work:
        token = await create_token(work, "tests", SCOPES)
    app.state.runtime = runtime
    # In this very event loop, because the database's pool belongs to it.
    transport = ASGITransport(app)  # type: ignore[arg-type]  # the same protocol, named otherwise
    async with AsyncClient(transport=transport, base_url="http://tramita") as client:
        yield API(client, {"Authorization": f"Bearer {token}"})
