"""Whose numbers a request may see."""

from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar, get
from litestar.datastructures import State

from tramita.kit.database.engine import Database
from tramita.kit.live import Live
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Settings
from tramita.kit.tokens import create_token
from tramita.numbering.api.carriers import CARRIER, FromCarrier
from tramita.web.auth import guard
from tramita.web.problems import EXCEPTION_HANDLERS


@get("/numbers", opt={"scope": "numbering:read"}, dependencies=CARRIER)
async def whose(carrier: FromCarrier) -> dict[str, Any]:
    return {"carrier": carrier.carrier, "all": carrier.is_all_carriers}


async def ask(database: Database, scopes: list[str], carrier: str | None) -> tuple[int, Any]:
    async with database.unit_of_work() as work:
        token = await create_token(work, "shop", scopes, carrier=carrier)
    app = Litestar(
        [whose],
        guards=[guard],
        exception_handlers=EXCEPTION_HANDLERS,
        openapi_config=None,
        logging_config=None,
        state=State({"runtime": Runtime(Settings(), database, Live(database.connect))}),
    )
    transport = ASGITransport(app)  # type: ignore[arg-type]  # two dialects of ASGI's types
    async with AsyncClient(transport=transport, base_url="http://tramita") as client:
        answer = await client.get("/numbers", headers={"Authorization": f"Bearer {token}"})
    return answer.status_code, answer.json()


class TestCarrierOf:
    @pytest.mark.parametrize(
        ("scopes", "carrier", "seen"),
        [
            (["numbering:read"], "acme", {"carrier": "acme", "all": False}),
            (["numbering:read", "numbering:all"], None, {"carrier": None, "all": True}),
        ],
    )
    async def test_is_the_carrier_of_the_token(
        self, database: Database, scopes: list[str], carrier: str | None, seen: dict[str, Any]
    ) -> None:
        """Or everybody, with the scope for that."""
        assert (200, seen) == await ask(database, scopes, carrier)

    async def test_is_refused_to_a_token_that_says_nothing(self, database: Database) -> None:
        """In a sentence that says what is missing."""
        status, problem = await ask(database, ["numbering:read"], None)

        assert (403, "token_without_carrier") == (status, problem["code"])
        assert "bound to no carrier and lacks the scope numbering:all" in problem["detail"]

    async def test_replaces_no_scope(self, database: Database) -> None:
        """To see every carrier is no leave to read."""
        status, problem = await ask(database, ["numbering:all"], "acme")

        assert (403, "forbidden") == (status, problem["code"])
