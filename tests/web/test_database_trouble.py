"""What callers hear while the database is away, busy or takes nothing in: never a 500."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import asyncpg
import pytest

from tests.web.conftest import Answer, Site

pytestmark = pytest.mark.asyncio(loop_scope="module")

CUSTOMERS = "/api/v1/customers"


@asynccontextmanager
async def _postgresql_saying(site: Site, sqlstate: str) -> AsyncIterator[None]:
    """Until the block ends, PostgreSQL answers every new customer with this code."""
    async with site.runtime.database.unit_of_work() as work:
        await work.connection.execute(
            f"""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'in trouble' USING ERRCODE = '{sqlstate}'; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON customers EXECUTE FUNCTION refuse();
            """
        )
    try:
        yield
    finally:
        async with site.runtime.database.unit_of_work() as work:
            await work.connection.execute("DROP FUNCTION refuse CASCADE")


async def _create(site: Site, key: str) -> Answer:
    headers = {"Idempotency-Key": key}
    return await site.ask("POST", CUSTOMERS, json={"name": "Maria"}, headers=headers)


class TestTroubleAtTheDatabase:
    @pytest.mark.parametrize(
        "sqlstate",
        ["08006", "25006", "53100", "53200", "53300", "55P03", "57014", "57P01", "57P03", "58030"],
    )
    async def test_is_a_503_to_try_again(self, site: Site, sqlstate: str) -> None:
        """Whatever PostgreSQL says of itself; the same request goes through when it is over."""
        key = uuid4().hex
        async with _postgresql_saying(site, sqlstate):
            refused = await _create(site, key)
        answer = await _create(site, key)

        assert (503, "database_unreachable") == (refused.status, refused.body["code"])
        assert "5" == refused.headers["Retry-After"]
        assert 201 == answer.status

    @pytest.mark.parametrize("sqlstate", ["40001", "40P01", "23505", "23503"])
    async def test_of_two_in_each_others_way_is_a_409_to_try_again(
        self, site: Site, sqlstate: str
    ) -> None:
        """Not kept under the request's key: trying again at once is what it asks for."""
        key = uuid4().hex
        async with _postgresql_saying(site, sqlstate):
            refused = await _create(site, key)
        answer = await _create(site, key)

        assert (409, "changed_meanwhile") == (refused.status, refused.body["code"])
        assert "1" == refused.headers["Retry-After"]
        assert 201 == answer.status

    @pytest.mark.parametrize(
        "error",
        [
            asyncpg.InternalClientError("cannot switch to state 12; another operation (2) ..."),
            asyncpg.ConnectionDoesNotExistError("connection was closed in the middle"),
            asyncpg.TooManyConnectionsError("sorry, too many clients already"),
            ConnectionResetError(104, "Connection reset by peer"),
        ],
        ids=lambda error: type(error).__name__,
    )
    async def test_told_by_the_driver_is_a_503_too(
        self, site: Site, monkeypatch: pytest.MonkeyPatch, error: Exception
    ) -> None:
        """The driver has words of its own for a server that goes away."""

        def lost(**_: object) -> None:
            raise error

        monkeypatch.setattr(site.runtime.database, "unit_of_work", lost)
        answer = await site.ask("POST", CUSTOMERS, json={"name": "Maria"})

        assert (503, "database_unreachable") == (answer.status, answer.body["code"])
        assert "5" == answer.headers["Retry-After"]

    async def test_is_told_apart_from_a_bug_of_ours(self, site: Site) -> None:
        """Nobody should try that again, and somebody should hear of it."""
        async with _postgresql_saying(site, "22012"):
            answer = await _create(site, uuid4().hex)

        assert (500, "internal_error") == (answer.status, answer.body["code"])
        assert "Retry-After" not in answer.headers
