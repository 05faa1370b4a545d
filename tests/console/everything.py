"""A console over everything that happens: every room has something to show."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from tests.conftest import hashing_quickly
from tests.console.standing import add_exchange, add_operation
from tests.console.visitor import PASSWORD
from tests.journeys.played import playing
from tests.kit.held import hold_job
from tests.numbering.stock import put_number
from tests.web.conftest import Site, running_site
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.service import create_account
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.numbering.lifecycle import NumberStatus


@dataclass(frozen=True)
class Everything:
    """The site; ``admin@example.com``, ``operator@…`` and ``viewer@…`` may sign in."""

    site: Site


@asynccontextmanager
async def everything(server: EmbeddedPostgres, folder: Path) -> AsyncIterator[Everything]:
    """What one person's whole life here has left, and what is in trouble besides."""
    async with AsyncExitStack() as stack:
        stack.enter_context(hashing_quickly())
        played = await stack.enter_async_context(playing(server, folder))
        site = await stack.enter_async_context(running_site(played.url, folder))
        async with site.runtime.database.unit_of_work() as work:
            for role in Role:
                await create_account(work, f"{role}@example.com", PASSWORD, role)
        await _fail(site)
        yield Everything(site)


async def _fail(site: Site) -> None:
    """Something is parked, a job is held, and chats did not get what was sent."""
    database = site.runtime.database
    [contract] = await database.fetch("SELECT id FROM contracts WHERE name = 'A line'")
    parked = await add_operation(
        database, subject=contract["id"], reason="HTTP 503", trigger="park"
    )
    await add_exchange(database, parked, error="HTTP 503", status=503, answer="away")
    await add_operation(database, state="REFUSED", age=timedelta(hours=1))
    await hold_job(database, name="numbering.tend_contract")
    await database.fetch("UPDATE chat_deliveries SET state = 'unknown'")
    await put_number(database, "5511987650009", NumberStatus.QUARANTINE)
