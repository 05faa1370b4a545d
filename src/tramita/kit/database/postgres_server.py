"""One PostgreSQL server of ours: make its cluster, start it, find it again, stop it."""

import os
import shlex
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from tramita.kit.database.postgres_account import PostgresAccount
from tramita.kit.database.postgres_programs import PostgresPrograms

SUPERUSER = "tramita"
PORT = "5432"

START_DEADLINE = 60.0  # seconds; recovery after a crash replays at most 1 GB of log
STOP_DEADLINE = 30  # seconds for a fast stop, before the server is stopped at once
LOOK_AGAIN = 0.01  # seconds between two looks at a server that is starting or leaving
LOG_LINES_SHOWN = 15

SETTINGS = {
    "listen_addresses": "",
    "port": PORT,
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # Tramita's statements are short; compiling them costs more than it saves.
    "jit": "off",
}


Command: TypeAlias = list[str | Path]


class PostgresDidNotStart(Exception):
    """The embedded PostgreSQL did not start."""

    def __init__(self, reason: str, *, log: str) -> None:
        last_lines = "\n".join(log.strip().splitlines()[-LOG_LINES_SHOWN:])
        super().__init__(f"{self.__doc__} {reason}\n{last_lines}".strip())
        self.reason = reason
        self.log = log


@dataclass(frozen=True, slots=True)
class RunningServer:
    """What a server writes about itself into `postmaster.pid`."""

    pid: int
    socket_directory: Path


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """The server of one cluster; the cluster folder and the log need not exist yet."""

    cluster: Path
    log: Path
    programs: PostgresPrograms
    account: PostgresAccount

    def initialize(self, *, is_durable: bool) -> None:
        """Make the cluster with its empty database, all of it or nothing.

        It is made under another name and renamed when complete, so a folder called like the
        cluster is always whole. Without `is_durable` the files are not flushed to the disk.
        """
        unfinished = Path(tempfile.mkdtemp(prefix="initdb-", dir=self.cluster.parent))
        self.account.take_over(unfinished)
        command: Command = [self.programs.initdb, "--pgdata", unfinished, "--username", SUPERUSER]
        # Trust is safe here: only the account and root can enter the socket's directory.
        command += ["--auth=trust", "--encoding=UTF8", *self._locale(), "--no-instructions"]
        if not is_durable:
            command += ["--no-sync"]
        self._must_run(command)
        single_user: Command = [self.programs.postgres, "--single", "-D", unfinished, "postgres"]
        self._must_run(single_user, stdin="CREATE DATABASE tramita;\n")
        unfinished.rename(self.cluster)

    def find_running(self) -> RunningServer | None:
        """Answer the server that lives on this cluster, ready or not, or None.

        The file `postmaster.pid` alone is no proof: after a crash or a restart of the machine
        its number may be that of somebody else's process.
        """
        try:
            lines = (self.cluster / "postmaster.pid").read_text().splitlines()
            running = RunningServer(pid=int(lines[0]), socket_directory=Path(lines[4]))
        except (FileNotFoundError, IndexError, ValueError):
            return None
        return running if running.pid in self.pids() else None

    def launch(self, socket_directory: Path, *, options: Mapping[str, str]) -> None:
        """Start the server and wait until it says that it is ready.

        Whoever calls this holds the start lock and has seen `find_running` answer None. Raises
        PostgresDidNotStart with the last lines of the log when the server ends or takes too long.
        """
        self._wait_until_left()
        # PostgreSQL itself forgives a stale file unless another process of the same account
        # has its number now. No process is at work in the cluster, so the file is stale.
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)
        settings = SETTINGS | {"unix_socket_directories": str(socket_directory)} | dict(options)
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command: Command = [
            self.programs.pg_ctl,
            "start",
            "--pgdata",
            self.cluster,
            "--wait",
            "--silent",
        ]
        command += ["--timeout", f"{START_DEADLINE:.0f}", "--options", shlex.join(arguments)]
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.previous"))
        if self.account.start(command, log=self.log) != 0:
            raise PostgresDidNotStart("Its own words follow.", log=self.read_log())

    def wait_until_ready(self) -> RunningServer:
        """Answer the server as soon as a connection to it is answered.

        Raises PostgresDidNotStart with the last lines of its log when it ends or when the
        deadline passes.
        """
        deadline = time.monotonic() + START_DEADLINE
        while time.monotonic() < deadline:
            running = self.find_running()
            if running is None:
                raise PostgresDidNotStart("Its process ended.", log=self.read_log())
            if self._takes_connections(running):
                return running
            time.sleep(LOOK_AGAIN)
        reason = f"It took no connection within {START_DEADLINE:.0f} seconds."
        raise PostgresDidNotStart(reason, log=self.read_log())

    def stop(self) -> bool:
        """Stop the server and wait until it is gone; answer whether there was one."""
        running = self.find_running()
        if running is None:
            return False
        command: Command = [self.programs.pg_ctl, "stop", "--pgdata", self.cluster, "--silent"]
        command += ["--timeout", str(STOP_DEADLINE), "--mode"]
        for mode in ("fast", "immediate"):
            if self.account.run([*command, mode], timeout=STOP_DEADLINE + 5).returncode == 0:
                break
        return True

    def pids(self) -> set[int]:
        """Answer the processes at work in the cluster, the first server process among them.

        A server and all its processes have the cluster as their working directory; so has the
        shell of a curious reader, which does not count.
        """
        if not Path("/proc/self/cwd").exists():
            return self._pids_by_ps()
        cluster = str(self.cluster)
        return {pid for pid in _all_pids() if _postgres_working_directory(pid) == cluster}

    def read_log(self) -> str:
        """Answer what the server wrote to its log, as far as there is one."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def _pids_by_ps(self) -> set[int]:
        # Without /proc (macOS), a process counts if its command line names the cluster.
        listing = self.account.run(["ps", "-axww", "-o", "pid=,command="]).stdout
        mine = [line.split(maxsplit=1) for line in listing.splitlines()]
        return {int(pid) for pid, line in mine if f"-D {self.cluster}" in line}

    def _takes_connections(self, running: RunningServer) -> bool:
        question: Command = [self.programs.pg_isready, "--quiet", "--port", PORT]
        question += ["--host", running.socket_directory, "--username", SUPERUSER]
        return self.account.run([*question, "--dbname", "tramita"]).returncode == 0

    def _wait_until_left(self) -> None:
        # When a server is killed, its processes need a moment to notice, and until then their
        # shared memory forbids a new one.
        deadline = time.monotonic() + START_DEADLINE
        while self.pids():
            if time.monotonic() > deadline:
                reason = f"Processes of an earlier server remain: {sorted(self.pids())}."
                raise PostgresDidNotStart(reason, log=self.read_log())
            time.sleep(LOOK_AGAIN)

    def _locale(self) -> list[str]:
        # Since version 17 PostgreSQL brings C.UTF-8 along; before, the machine must have it.
        output = self._must_run([self.programs.postgres, "--version"])
        if int(output.split()[-1].split(".")[0]) < 17:
            return ["--locale=C.UTF-8"]
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]

    def _must_run(self, command: Command, *, stdin: str = "") -> str:
        done = self.account.run(command, stdin=stdin)
        if done.returncode != 0:
            reason = f"{Path(command[0]).name} failed with exit code {done.returncode}."
            raise PostgresDidNotStart(reason, log=done.stdout)
        return done.stdout


def _all_pids() -> set[int]:
    return {int(name) for name in os.listdir("/proc") if name.isdigit()}


def _postgres_working_directory(pid: int) -> str | None:
    # A process that has ended has none, and one of another account does not show it.
    try:
        directory = os.readlink(f"/proc/{pid}/cwd")
        name = Path(f"/proc/{pid}/comm").read_text()
    except OSError:
        return None
    return directory if name == "postgres\n" else None
