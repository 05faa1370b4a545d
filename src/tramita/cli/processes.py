"""``tramita all | web | worker``: a process that stays up, in one role or several."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from typing import Any

import structlog

from tramita.cli.installation import database_address, look_at_schema, reached_database, run
from tramita.cli.tuning import allow_many_connections, settle_memory
from tramita.kit.database.engine import Database
from tramita.kit.database.known_keys import check_keys
from tramita.kit.database.migrate import migrate
from tramita.kit.lines import reporting
from tramita.kit.logs import set_up_logs
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Settings
from tramita.kit.transient import is_transient
from tramita.process.runtime import running_runtime

log = structlog.get_logger(__name__)

# Seconds between two looks at a schema that is not ours, or at a database that went away.
_LOOKING = 1.0

# Begins to do its part, and yields the task that does it until the block ends.
Role = Callable[[Runtime], AbstractAsyncContextManager[asyncio.Task[None]]]


def stay_up(*roles: Role, migrates: bool = False) -> None:
    """Run the roles of this process until it is asked to stop."""
    settings = Settings()
    set_up_logs(settings.log_level)
    migrates = migrates or settings.migrates
    with database_address(settings) as address:
        run(lambda: _stay_until_stopped(settings, address, roles, migrates=migrates))


async def _stay_until_stopped(
    settings: Settings, address: str, roles: Sequence[Role], *, migrates: bool
) -> None:
    allow_many_connections()
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    waiting: set[asyncio.Task[Any]] = {asyncio.create_task(stopped.wait())}
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(reached_database(address))
        if not await _schema_fits(database, migrate if migrates else look_at_schema, stopped):
            return
        await check_keys(database)
        runtime = await stack.enter_async_context(running_runtime(settings, address))
        await stack.enter_async_context(reporting(runtime.database, runtime.exchanges))
        for role in roles:
            waiting.add(await stack.enter_async_context(role(runtime)))
        settle_memory()
        # What ends by itself has failed: better no process than one doing half its work.
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)


async def _schema_fits(
    database: Database,
    make_fit: Callable[[Database], Awaitable[Exception | None]],
    stopped: asyncio.Event,
) -> bool:
    """Wait until the schema is this release's; false when this process is to stop before.

    A database that goes away meanwhile is waited for.
    """
    told = ""
    while not stopped.is_set():
        try:
            error = await make_fit(database)
        except Exception as lost:
            if not is_transient(lost):
                raise
            error = lost
        if error is None:
            return True
        if told != str(error):
            told = str(error)
            log.warning("waiting_for_schema", why=told)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), _LOOKING)
    return False
