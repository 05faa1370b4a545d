"""Whoever calls numbering: tokens of one carrier, of all, and of nobody."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiohttp

from tests.world import World
from tramita.kit.identifiers import new_id
from tramita.kit.tokens import create_token

NUMBERING = ("numbering:read", "numbering:write")


@asynccontextmanager
async def session_of(
    world: World, carrier: str | None, scopes: Sequence[str] = NUMBERING
) -> AsyncIterator[aiohttp.ClientSession]:
    """A session of one of a carrier's systems."""
    async with world.database.unit_of_work() as work:
        name = f"{carrier or 'nobody'} {new_id()}"
        token = await create_token(work, name, list(scopes), carrier=carrier)
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(world.url, headers=headers) as session:
        yield session
