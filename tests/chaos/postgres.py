"""A PostgreSQL that belongs to one chaos, to be struck in every way a real one is."""

import asyncio
import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from tramita.kit.embedded.account import choose_account
from tramita.kit.embedded.programs import find_programs
from tramita.kit.embedded.server import SUPERUSER, Command, PostgresServer, RunningServer

# The machine does not die, only the server: what it wrote is safe without a flush. What it
# has not yet written is not, so a commit waits as in a lender's day.
_OPTIONS: Final = {"fsync": "off", "full_page_writes": "off"}
_STOP_SECONDS: Final = 30


@dataclass
class Postgres:
    """The server, and where it listens."""

    server: PostgresServer
    socket: Path
    running: RunningServer | None = None

    @classmethod
    async def make(cls, folder: Path) -> "Postgres":
        """A new cluster in ``folder``, started."""
        account = choose_account(folder / "cluster")
        socket = folder / "socket"
        socket.mkdir(parents=True)
        account.take_over(socket)
        server = PostgresServer(home=folder, programs=find_programs(account), account=account)
        await asyncio.to_thread(server.initialize, is_durable=False)
        made = cls(server, socket)
        await made.start()
        return made

    @property
    def url(self) -> str:
        """Where processes find the database."""
        host = quote(os.fsencode(self.socket), safe="/")
        return f"postgresql://{SUPERUSER}@/tramita?host={host}"

    async def start(self) -> None:
        """Start it; whatever an earlier one left behind is waited for."""
        self.socket.mkdir(exist_ok=True)
        self.server.account.take_over(self.socket)
        self.running = await asyncio.to_thread(self.server.launch, self.socket, options=_OPTIONS)

    async def stop(self, mode: str) -> None:
        """``pg_ctl stop`` in a mode: ``fast`` or ``immediate``."""
        command: Command = [self.server.programs.pg_ctl, "stop", "--pgdata", self.server.cluster]
        command += ["--silent", "--timeout", f"{_STOP_SECONDS}", "--mode", mode]
        await asyncio.to_thread(self.server.account.run, command)

    async def kill(self) -> None:
        """``kill -9`` of the postmaster; its children notice and leave by themselves."""
        assert self.running is not None
        os.kill(self.running.pid, signal.SIGKILL)

    async def end_backends(self, chance: float) -> None:
        """``pg_terminate_backend``, of each connection of clients with this chance."""
        await self._tell(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            f"WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND random() < {chance}"
        )

    async def cancel_statements(self) -> None:
        """``pg_cancel_backend`` of whatever runs a statement."""
        await self._tell(
            "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity "
            "WHERE state = 'active' AND pid <> pg_backend_pid()"
        )

    async def _tell(self, statement: str) -> None:
        """Say it with ``psql``, whether or not anybody is there to hear it."""
        psql = self.server.programs.folder / "psql"
        command: Command = [psql, "-qtA", "-h", self.socket, "-U", SUPERUSER, "-d", "tramita"]
        await asyncio.to_thread(self.server.account.run, [*command, "-c", statement])
