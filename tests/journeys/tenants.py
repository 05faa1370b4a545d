"""Partners of one world, each with a token of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import aiohttp

from tests.journeys.later import Followed
from tests.world import World, envelope
from tramita.kit.tenants import create_tenant
from tramita.kit.tokens import create_token

SCOPES = ("envelopes:read", "envelopes:write", "contracts:read", "contracts:write")


@asynccontextmanager
async def partner(world: World, tenant: str) -> AsyncIterator[World]:
    """The world as another partner meets it."""
    async with world.database.unit_of_work() as work:
        await create_tenant(work, tenant, tenant.title())
        token = await create_token(work, tenant, [*SCOPES, "webhooks:write"], tenant=tenant)
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(world.url, headers=headers) as api:
        yield replace(world, api=api)


async def followed(world: World, tenant: str, number: str) -> Followed:
    """A contract of a partner's (the house's without ``tenant``) that has this number of theirs."""
    body = envelope(portabilities=1)
    body["contracts"][0]["contract_number"] = number
    token = await world.make_envelope(body)
    [made] = await world.partner_view(token)
    return Followed(world, token, f"{tenant}:{number}" if tenant else number, made["id"])
