"""A console over everything that happens: every room has something to show."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from tests.conftest import hashing_quickly
from tests.console.standing import add_case, add_exchange, add_operation
from tests.console.visitor import PASSWORD
from tests.journeys.played import playing
from tests.kit.held import hold_job
from tests.numbering.stock import put_number
from tests.web.conftest import Site, running_site
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.service import create_account
from tramita.kit.claims import take_case
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.operations.actions import OperationAction
from tramita.kit.operations.maintenance import pause_provider
from tramita.kit.operations.many import Chosen, begin_many
from tramita.kit.operations.parked import CLAIMED_AS
from tramita.numbering.lifecycle import NumberStatus

_LONG = (
    "The provider could not be asked what became of it: HTTP 503 "
    "https://api.qitech.example/v2/credit_transfer/proposal?contract_number=0123456789-0123456789"
)


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
    await add_case(database)
    await _take_down(site, contract["id"])


async def _take_down(site: Site, contract: UUID) -> None:
    """A provider does not answer, a second is paused, and a third in part; work is parked for it."""
    database = site.runtime.database
    # What processes say counts for seconds; this is said for an hour.
    await database.fetch(
        "INSERT INTO provider_lines (process, provider, breaker, in_flight, places, answered_at, "
        "failed_at, failure, seen_at, closes) VALUES "
        "('web-7f9c5d-x2:4711', 'qitech', 'open', 3, 40, now() - interval '9 minutes', now(), "
        "'no answer within 30 s', now() + interval '1 hour', false), "
        "('worker-5d8f-q9:4712', 'qitech', 'probing', 1, 40, now() - interval '9 minutes', now(), "
        "'HTTP 503', now() + interval '1 hour', false)"
    )
    others = await database.fetch("SELECT id FROM contracts WHERE id <> $1 LIMIT 3", contract)
    parked = [
        await add_operation(database, subject=one["id"], reason=_LONG, trigger="park")
        for one in others
    ]
    async with database.unit_of_work(actor="user:operator@example.com") as work:
        why = (
            "They move to another data centre, and have asked that nothing is sent until they call"
        )
        await pause_provider(site.runtime, work, "sigan", why=why)
        kind = "payments.debit_installment"
        await pause_provider(site.runtime, work, "lyra", why="Cards are refused there", kind=kind)
        await take_case(work, CLAIMED_AS, str(parked[0]))
        every = Chosen(ids=parked)
        await begin_many(work, OperationAction.SEND_AGAIN, every, note="They answer again")
