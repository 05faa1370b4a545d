"""``tramita all | web | worker``: a process that stays up, in one role or several."""

import asyncio
import signal
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any

from tramita.cli.installation import database_address, migrated_database, run
from tramita.cli.tuning import allow_many_connections, settle_memory
from tramita.kit.logs import set_up_logs
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Settings
from tramita.process.runtime import running_runtime

# Begins to do its part, and yields the task that does it until the block ends.
Role = Callable[[Runtime], AbstractAsyncContextManager[asyncio.Task[None]]]


def stay_up(*roles: Role) -> None:
    """Run the roles of this process until it is asked to stop."""
    settings = Settings()
    set_up_logs(settings.log_level)
    with database_address(settings) as address:
        run(lambda: _stay_until_stopped(settings, address, roles))


async def _stay_until_stopped(settings: Settings, address: str, roles: Sequence[Role]) -> None:
    allow_many_connections()
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    waiting: set[asyncio.Task[Any]] = {asyncio.create_task(stopped.wait())}
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(migrated_database(address))
        runtime = await stack.enter_async_context(running_runtime(settings, address))
        for role in roles:
            waiting.add(await stack.enter_async_context(role(runtime)))
        settle_memory()
        # What ends by itself has failed: better no process than one doing half its work.
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
