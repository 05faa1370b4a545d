"""Service tokens: who may call the API, and for what."""

import asyncio
from datetime import timedelta

import pytest

from tests.locks import until_waiting
from tramita.kit.bounds import Bounds
from tramita.kit.database.engine import Database
from tramita.kit.tokens import (
    CarrierMalformed,
    ServiceToken,
    TermMalformed,
    TokenNameTaken,
    TokenNotFound,
    create_token,
    find_token,
    list_tokens,
    revoke_token,
    rotate_token,
)


async def make(database: Database, name: str, *scopes: str, carrier: str | None = None) -> str:
    async with database.unit_of_work() as work:
        return await create_token(work, name, list(scopes), carrier=carrier)


async def revoke(database: Database, name: str) -> None:
    async with database.unit_of_work() as work:
        await revoke_token(work, name)


class TestAToken:
    async def test_is_found_by_what_was_shown_once(self, database: Database) -> None:
        """With its name and scopes."""
        token = await make(database, "shop", "contracts:read", "contracts:write")

        found = await find_token(database, token)

        assert token.startswith("tramita_")
        assert found is not None
        assert ("shop", ["contracts:read", "contracts:write"]) == (found.name, found.scopes)

    async def test_is_not_stored(self, database: Database) -> None:
        """Who reads the database cannot call the API."""
        token = await make(database, "shop")

        async with database.unit_of_work() as work:
            rows = await work.fetch("SELECT service_tokens::text AS all FROM service_tokens")

        assert token not in rows[0]["all"]
        assert token.removeprefix("tramita_") not in rows[0]["all"]

    @pytest.mark.parametrize("presented", ["", "tramita_", "tramita_wrong"])
    async def test_is_not_found_by_anything_else(self, database: Database, presented: str) -> None:
        """Nothing is guessed or completed."""
        await make(database, "shop")

        assert await find_token(database, presented) is None

    async def test_is_found_on_a_newer_schema(self, database: Database) -> None:
        """While a rolling deployment has moved it ahead of this process."""
        token = await make(database, "shop")
        await database.fetch("ALTER TABLE service_tokens ADD COLUMN later text DEFAULT 'x'")

        assert await find_token(database, token) is not None

    async def test_is_no_longer_found_once_revoked(self, database: Database) -> None:
        """From that moment; it stays on the list."""
        token = await make(database, "shop")
        await revoke(database, "shop")

        assert await find_token(database, token) is None
        async with database.session() as session:
            assert [True] == [one.revoked_at is not None for one in await list_tokens(session)]

    async def test_has_a_name_of_its_own(self, database: Database) -> None:
        """Also after it was revoked: the history must not become ambiguous."""
        await make(database, "shop")
        await revoke(database, "shop")

        with pytest.raises(TokenNameTaken, match="shop"):
            await make(database, "shop")

    async def test_has_a_name_that_nobody_else_takes_at_this_moment(
        self, database: Database
    ) -> None:
        """Whoever comes second waits, and is told so."""
        async with database.unit_of_work() as work:
            await create_token(work, "shop", [])
            making = asyncio.create_task(make(database, "shop"))
            await until_waiting(database)

        with pytest.raises(TokenNameTaken, match="shop"):
            await making

    @pytest.mark.parametrize("carrier", ["", "a b", "-a", "a\n", "é", "a" * 65])
    async def test_has_no_carrier_that_could_be_mistaken(
        self, database: Database, carrier: str
    ) -> None:
        """An empty variable of a script must not end up as a carrier of that name."""
        with pytest.raises(CarrierMalformed):
            await make(database, "shop", carrier=carrier)


async def bound(database: Database, *scopes: str, carrier: str | None) -> ServiceToken:
    token = await make(database, "shop", *scopes, carrier=carrier)
    found = await find_token(database, token)
    assert found is not None
    return found


class TestBounds:
    async def test_of_a_bound_token_is_its_own_carrier(self, database: Database) -> None:
        """What belongs to another, or to nobody, it does not see."""
        scope = (await bound(database, "numbering:read", carrier="acme-1")).bounds

        assert Bounds(carrier="acme-1") == scope
        assert [True, False, False] == [scope.may_see(one) for one in ("acme-1", "acme", None)]

    @pytest.mark.parametrize("carrier", [None, "acme"])
    async def test_of_a_token_for_all_is_everything(
        self, database: Database, carrier: str | None
    ) -> None:
        """Bound or not: what it makes is then its carrier's."""
        scope = (await bound(database, "numbering:all", carrier=carrier)).bounds

        assert Bounds(carrier=carrier, is_all_carriers=True) == scope
        assert [True] * 3 == [scope.may_see(one) for one in ("acme", "other", None)]

    async def test_of_a_token_without_either_is_nothing(self, database: Database) -> None:
        """Nobody becomes the carrier of what belongs to nobody."""
        token = await bound(database, "numbering:read", carrier=None)

        assert not token.bounds.may_name_numbers


class TestRevokeToken:
    async def test_says_that_there_is_no_such_token(self, database: Database) -> None:
        """Unknown or revoked already."""
        await make(database, "shop")
        await revoke(database, "shop")

        for name in ("shop", "nobody"):
            with pytest.raises(TokenNotFound, match=name):
                await revoke(database, name)


class TestListTokens:
    async def test_goes_by_name(self, database: Database) -> None:
        """Whatever the order of making."""
        for name in ("b", "c", "a"):
            await make(database, name)

        async with database.session() as session:
            assert ["a", "b", "c"] == [one.name for one in await list_tokens(session)]


class TestATokenWithAnEnd:
    async def test_is_none_any_more_when_it_has_come(self, database: Database) -> None:
        """By the real clock, to the second."""
        async with database.unit_of_work() as work:
            token = await create_token(work, "shop", [], term=timedelta(days=1))
        before = await find_token(database, token)
        await database.fetch("UPDATE service_tokens SET expires_at = now()")

        assert before is not None
        assert await find_token(database, token) is None
        async with database.unit_of_work() as work:
            with pytest.raises(TokenNotFound):
                await rotate_token(work, "shop", both_for=timedelta(hours=1))

    @pytest.mark.parametrize("days", [0, -1, 3651])
    async def test_has_one_that_comes(self, database: Database, days: int) -> None:
        """Within ten years."""
        async with database.unit_of_work() as work:
            with pytest.raises(TermMalformed):
                await create_token(work, "shop", [], term=timedelta(days=days))


class TestRotating:
    async def test_leaves_both_for_a_time(self, database: Database) -> None:
        """Then only the new one; rotated twice, the first is none at once."""
        first = await make(database, "shop", "contracts:read")
        async with database.unit_of_work() as work:
            second = await rotate_token(work, "shop", both_for=timedelta(hours=1))
        both = [await find_token(database, one) for one in (first, second)]
        async with database.unit_of_work() as work:
            third = await rotate_token(work, "shop", both_for=timedelta(hours=1))
        after = [await find_token(database, one) for one in (first, second, third)]
        await database.fetch("UPDATE service_tokens SET previous_until = now()")

        assert [["contracts:read"]] * 2 == [one and one.scopes for one in both]
        assert [False, True, True] == [one is not None for one in after]
        assert await find_token(database, second) is None

    async def test_does_not_outlive_revoking(self, database: Database) -> None:
        """Neither of the two is good then."""
        first = await make(database, "shop")
        async with database.unit_of_work() as work:
            second = await rotate_token(work, "shop", both_for=timedelta(days=1))
        await revoke(database, "shop")

        assert [None, None] == [await find_token(database, one) for one in (first, second)]

    @pytest.mark.parametrize("hours", [-1, 24 * 30 + 1])
    async def test_leaves_both_for_no_longer_than_a_month(
        self, database: Database, hours: int
    ) -> None:
        """An old token that is good for ever was not rotated."""
        await make(database, "shop")
        async with database.unit_of_work() as work:
            with pytest.raises(TermMalformed):
                await rotate_token(work, "shop", both_for=timedelta(hours=hours))


class TestItsLastUse:
    async def test_is_written_once_a_minute(self, database: Database) -> None:
        """Not with every request, and nobody waits for a row in other hands."""
        token = await make(database, "shop")

        async def used() -> object:
            await find_token(database, token)
            [row] = await database.fetch("SELECT used_at, xmin::text FROM service_tokens")
            return dict(row)

        first, again = await used(), await used()
        await database.fetch("UPDATE service_tokens SET used_at = now() - interval '61 seconds'")
        async with database.unit_of_work() as work:
            await work.fetch("SELECT FROM service_tokens FOR UPDATE")
            assert await find_token(database, token) is not None
        later = await used()

        assert first == again
        assert later != first
