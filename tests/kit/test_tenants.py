"""Tenants: the partners whose systems use Tramita, and the house itself."""

import pytest

from tramita.kit.bounds import ALL_CARRIERS, ALL_TENANTS, Bounds
from tramita.kit.database.engine import Database
from tramita.kit.tenants import (
    CarrierOfAnotherTenant,
    TenantKeyMalformed,
    TenantKeyTaken,
    TenantNotFound,
    create_tenant,
)
from tramita.kit.tokens import ScopeOfTheHouse, create_token, find_token


async def add(database: Database, *keys: str) -> None:
    for key in keys:
        async with database.unit_of_work() as work:
            await create_tenant(work, key, key.title())


async def token(database: Database, name: str, tenant: str, **more: object) -> str:
    scopes = more.get("scopes", ["contracts:read"])
    carrier = more.get("carrier")
    assert isinstance(scopes, list)
    assert carrier is None or isinstance(carrier, str)
    async with database.unit_of_work() as work:
        return await create_token(work, name, scopes, tenant=tenant, carrier=carrier)


class TestATenant:
    @pytest.mark.parametrize("key", ["", "Alfa", "a b", "-a", "a\n", "é", "a" * 41])
    async def test_has_a_key_that_cannot_be_mistaken(self, database: Database, key: str) -> None:
        """An empty variable of a script must not end up as a tenant."""
        with pytest.raises(TenantKeyMalformed):
            await add(database, key)

    async def test_has_a_key_of_its_own(self, database: Database) -> None:
        """The house has one too."""
        with pytest.raises(TenantKeyTaken, match="house"):
            await add(database, "house")

    async def test_sets_the_bounds_of_its_tokens(self, database: Database) -> None:
        """With the carrier that a token is bound to."""
        await add(database, "alfa")
        found = await find_token(database, await token(database, "shop", "alfa", carrier="one"))

        assert found is not None
        assert Bounds("alfa", "one") == found.bounds

    async def test_that_there_is_not_has_no_tokens(self, database: Database) -> None:
        """Whoever mistypes a key is told."""
        with pytest.raises(TenantNotFound, match="alfa"):
            await token(database, "shop", "alfa")

    async def test_shares_no_carrier(self, database: Database) -> None:
        """A carrier's numbers are not to be had by a token of another tenant."""
        await add(database, "alfa", "beta")
        await token(database, "shop", "alfa", carrier="one")
        await token(database, "till", "alfa", carrier="one")

        with pytest.raises(CarrierOfAnotherTenant, match="one"):
            await token(database, "thief", "beta", carrier="one")

    @pytest.mark.parametrize("scope", [ALL_CARRIERS, ALL_TENANTS, "catalog:write"])
    async def test_reaches_no_further_than_itself(self, database: Database, scope: str) -> None:
        """What concerns everybody is the house's."""
        await add(database, "alfa")

        with pytest.raises(ScopeOfTheHouse, match=scope):
            await token(database, "shop", "alfa", scopes=[scope])
