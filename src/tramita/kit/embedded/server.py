"""One PostgreSQL server of ours: make its cluster, start it, find it again, stop it."""

import fcntl
import os
import shlex
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from tramita.kit.embedded.account import EmbeddedPostgresError, PostgresAccount
from tramita.kit.embedded.programs import PostgresPrograms

SUPERUSER = "tramita"
PORT = "5432"

START_DEADLINE = 60.0  # seconds; recovery after a crash replays at most 1 GB of log
STOP_DEADLINE = 30  # seconds for a fast stop, before the server is stopped at once
LOOK_AGAIN = 0.01  # seconds between two looks at a server that is starting or leaving
LOG_LINES_SHOWN = 15
ROOM_TO_START = 16 * 2**20  # bytes; a segment of its write-ahead log

SETTINGS = {
    "listen_addresses": "",
    "port": PORT,
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # Without the detail line, which quotes the row that broke a constraint.
    "log_error_verbosity": "terse",
    # Tramita's statements are short; compiling them costs more than it saves.
    "jit": "off",
}


Command: TypeAlias = list[str | Path]


class PostgresDidNotStart(EmbeddedPostgresError):
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
    """The server whose cluster, log and locks lie in `home`.

    Every process of the server holds the lock of `server.lock` from before its first breath,
    because it inherits the locked descriptor. So the kernel tells for certain whether any is
    left: `postmaster.pid` may be stale and its number may be that of somebody else's process.
    """

    home: Path
    programs: PostgresPrograms
    account: PostgresAccount

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own folder; it exists when it is complete."""
        return self.home / "cluster"

    @property
    def log(self) -> Path:
        """What the present or last server wrote."""
        return self.home / "server.log"

    def initialize(self, *, is_durable: bool) -> None:
        """Make the cluster with its empty database, all of it or nothing.

        It is made under another name and renamed when complete, so a folder called like the
        cluster is always whole. Without `is_durable` the files are not flushed to the disk.
        """
        for leftover in self.home.glob("initdb-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        unfinished = Path(tempfile.mkdtemp(prefix="initdb-", dir=self.home))
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

    def find_ready(self) -> RunningServer | None:
        """Answer the server as soon as a connection to it is answered, or None if there is none.

        Waits for a server that is starting and for one that is leaving. Raises
        PostgresDidNotStart with the last lines of its log when the deadline passes.
        """
        deadline = time.monotonic() + START_DEADLINE
        while self.is_alive():
            running = self._read_pid_file()
            if running is not None and self._takes_connections(running):
                return running
            if time.monotonic() > deadline:
                reason = f"It took no connection within {START_DEADLINE:.0f} seconds."
                raise PostgresDidNotStart(reason, log=self.read_log())
            time.sleep(LOOK_AGAIN)
        return None

    def launch(self, socket_directory: Path, *, options: Mapping[str, str]) -> RunningServer:
        """Start the server and answer it when it takes connections.

        Whoever calls this holds the start lock and has seen `find_ready` answer None. Raises
        PostgresDidNotStart with the last lines of the log when the server ends or takes too long.
        """
        settings = SETTINGS | {"unix_socket_directories": str(socket_directory)} | dict(options)
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command: Command = [self.programs.pg_ctl, "start", "--pgdata", self.cluster]
        command += ["--wait", "--timeout", f"{START_DEADLINE:.0f}", "--silent"]
        command += ["--options", shlex.join(arguments)]
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.previous"))
        with self._held_lock() as lock:
            self._remove_stale_files(socket_directory)
            exit_code = self.account.start(command, log=self.log, descriptor=lock)
        running = self.find_ready() if exit_code == 0 else None
        if running is None:
            _remove_if_empty(socket_directory)
            raise PostgresDidNotStart(self._why_not(), log=self.read_log())
        return running

    def stop(self) -> None:
        """Stop the server, wait until it is gone and remove its socket directory."""
        running = self._read_pid_file()
        while running is None and self.is_alive():
            # It was launched by a user that was killed before the server wrote its file.
            time.sleep(LOOK_AGAIN)
            running = self._read_pid_file()
        if running is None:
            return
        command: Command = [self.programs.pg_ctl, "stop", "--pgdata", self.cluster, "--silent"]
        command += ["--timeout", str(STOP_DEADLINE), "--mode"]
        for mode in ("fast", "immediate"):
            if self.is_alive():
                self.account.run([*command, mode], timeout=STOP_DEADLINE + 5)
        with self._held_lock():
            self._remove_stale_files(running.socket_directory)
        _remove_if_empty(running.socket_directory)

    def is_alive(self) -> bool:
        """Whether any process of the server is left, starting, serving or leaving."""
        with self._opened_lock() as lock:
            return not _try_lock(lock)

    def wait_until_gone(self) -> None:
        """Return when no process of the server is left. Costs nothing while it waits."""
        with self._opened_lock() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)

    def read_log(self) -> str:
        """Answer what the server wrote to its log, as far as there is one."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def _why_not(self) -> str:
        # On a full disk its own words find no room either.
        if shutil.disk_usage(self.home).free < ROOM_TO_START:
            return f"There is no room left on the disk of {self.home}."
        return "Its own words follow."

    @contextmanager
    def _opened_lock(self) -> Iterator[int]:
        lock = os.open(self.home / "server.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            yield lock
        finally:
            os.close(lock)

    @contextmanager
    def _held_lock(self) -> Iterator[int]:
        # Only processes of a server that just ended can hold it now, for a moment.
        with self._opened_lock() as lock:
            deadline = time.monotonic() + START_DEADLINE
            while not _try_lock(lock):
                if time.monotonic() > deadline:
                    raise PostgresDidNotStart("An earlier one remains.", log=self.read_log())
                time.sleep(LOOK_AGAIN)
            yield lock

    def _remove_stale_files(self, socket_directory: Path) -> None:
        # PostgreSQL forgives what a killed server left, unless the process numbers in it are
        # taken again or belong to a dead process that nobody has waited for. We hold the
        # server's lock and the socket directory is this cluster's alone, so they are stale.
        socket = f".s.PGSQL.{PORT}"
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)
        (socket_directory / socket).unlink(missing_ok=True)
        (socket_directory / f"{socket}.lock").unlink(missing_ok=True)

    def _read_pid_file(self) -> RunningServer | None:
        # The server writes it line by line.
        try:
            lines = (self.cluster / "postmaster.pid").read_bytes().splitlines()
            return RunningServer(pid=int(lines[0]), socket_directory=Path(os.fsdecode(lines[4])))
        except (FileNotFoundError, IndexError, ValueError):
            return None

    def _takes_connections(self, running: RunningServer) -> bool:
        question: Command = [self.programs.pg_isready, "--quiet", "--port", PORT]
        question += ["--host", running.socket_directory, "--username", SUPERUSER]
        return self.account.run([*question, "--dbname", "tramita"]).returncode == 0

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


def _remove_if_empty(directory: Path) -> None:
    # Anything left in it is not the server's and not ours to delete.
    with suppress(OSError):
        directory.rmdir()


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
