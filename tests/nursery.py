"""Processes of Tramita that need not import it: each is forked from one that has.

To import everything takes a process longer than all that a test wants of it. The nursery is
such a process, one for each worker of a run, and does nothing but fork: what it forks is a
process of its own, with its own arguments, environment, output and end, and runs ``tramita``'s
own entry. When the nursery's standard input is closed, it kills what is left and ends.
"""

import asyncio
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import IO, Any, Final, NoReturn

_COMMANDS: Final = ("web", "worker", "simulators", "check", "clock", "customers", "tokens")
_VENDORS: Final = ("tramita.providers", "tramita.backends")
_MOST: Final = 2**20


class Child:
    """A process, as asyncio has them; ``stdout`` is what it says where that was asked for."""

    def __init__(self, pid: int, output: "Output | None") -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.stdout = output.reader if output else None
        self._output = output
        self._ended = asyncio.Event()

    async def watch(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Note how it ends."""
        try:
            if said := await reader.readline():
                self.returncode = int(said)
        finally:
            self._ended.set()
            writer.close()

    async def wait(self) -> int:
        """Its exit code, when it has ended; a signal's number is negative."""
        await self._ended.wait()
        if self._output is not None:
            self._output.transport.close()
        assert self.returncode is not None, "The nursery has ended."
        return self.returncode

    def send_signal(self, number: int) -> None:
        """One that has ended hears nothing."""
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """``kill -9``."""
        self.send_signal(signal.SIGKILL)

    async def communicate(self) -> tuple[int, str]:
        """Its exit code, and all that it has said, when it has ended."""
        assert self.stdout is not None
        said = await self.stdout.read()
        return await self.wait(), said.decode()


@dataclass(frozen=True)
class Output:
    """What a process says."""

    reader: asyncio.StreamReader
    transport: asyncio.BaseTransport


class Nursery:
    """Starts a process that forks others, when the first of them is wanted."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._path: Path | None = None
        self._watching: set[asyncio.Task[None]] = set()

    async def start(
        self,
        *arguments: str,
        environment: Mapping[str, str],
        stdout: IO[bytes] | None = None,
        stderr: IO[bytes] | None = None,
    ) -> Child:
        """Run ``tramita`` with these arguments; it is heard unless it speaks into ``stdout``.

        Errors go to ``stderr``, or where it speaks.
        """
        with ExitStack() as stack:
            output = None
            if stdout is None:
                here, there = os.pipe()
                stack.callback(os.close, there)
                output = await _reading(here)
            else:
                there = stdout.fileno()
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(str(self._path or self._begin()))
            order = json.dumps({"arguments": arguments, "environment": dict(environment)})
            errors = there if stderr is None else stderr.fileno()
            socket.send_fds(connection, [f"{order}\n".encode()], [there, errors])
        reader, writer = await asyncio.open_unix_connection(sock=connection)
        child = Child(int(await reader.readline()), output)
        watching = asyncio.create_task(child.watch(reader, writer))
        self._watching.add(watching)
        watching.add_done_callback(self._watching.discard)
        return child

    def close(self) -> None:
        """End it, and whatever it has forked."""
        self._stack.close()
        self._path = None

    def _begin(self) -> Path:
        folder = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="tramita-nursery-"))
        self._path = Path(folder) / "socket"
        with closing(socket.socket(socket.AF_UNIX)) as listener:
            listener.bind(str(self._path))
            listener.listen()
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.nursery", str(listener.fileno())],
                stdin=subprocess.PIPE,
                pass_fds=[listener.fileno()],
                cwd=Path(__file__).parents[1],
                env={key: value for key, value in os.environ.items() if "TRAMITA_" not in key},
            )
        self._stack.enter_context(process)
        return self._path


NURSERY: Final = Nursery()


async def _reading(pipe: int) -> Output:
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(lambda: protocol, os.fdopen(pipe, "rb"))
    return Output(reader, transport)


class _Forked(Exception):
    """This is the child."""


class _Forking:
    """The nursery's own side."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._children: dict[int, socket.socket] = {}
        self._ends, wake = socket.socketpair()
        self._wake = wake
        wake.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake.fileno())

    def serve(self) -> None:
        """Fork until nobody wants more; raises ``_Forked`` in each child."""
        stdin = sys.stdin.fileno()
        while True:
            ready, _, _ = select.select([stdin, self._listener, self._ends], [], [])
            if stdin in ready:
                for pid in self._children:
                    os.kill(pid, signal.SIGKILL)
                return self._reap(0)
            if self._ends in ready:
                self._ends.recv(_MOST)
                self._reap()
            if self._listener in ready:
                self._fork()

    def _reap(self, how: int = os.WNOHANG) -> None:
        for pid, connection in list(self._children.items()):
            ended, status = os.waitpid(pid, how)
            if ended:
                del self._children[pid]
                with suppress(ConnectionError):
                    connection.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
                connection.close()

    def _fork(self) -> None:
        connection, _ = self._listener.accept()
        said, files, *_ = socket.recv_fds(connection, _MOST, 2)
        while not said.endswith(b"\n"):
            said += connection.recv(_MOST)
        pid = os.fork()
        if not pid:
            connection.close()
            self._become(json.loads(said), files)
        for file in files:
            os.close(file)
        self._children[pid] = connection
        connection.sendall(b"%d\n" % pid)

    def _become(self, order: dict[str, Any], files: list[int]) -> NoReturn:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for one in (self._listener, self._ends, self._wake, *self._children.values()):
            one.close()
        for number, file in enumerate((os.open(os.devnull, os.O_RDONLY), *files)):
            os.dup2(file, number)
            os.close(file)
        # The old ones have kept what kind of files these were.
        sys.stdin = os.fdopen(0, closefd=False)
        sys.stdout = os.fdopen(1, "w", closefd=False)
        sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace", closefd=False)
        os.environ.clear()
        os.environ.update(order["environment"])
        # What somebody has installed for it is found as a new process finds it.
        sys.path[:0] = [one for one in os.environ.get("PYTHONPATH", "").split(os.pathsep) if one]
        sys.argv = ["tramita", *order["arguments"]]
        raise _Forked


def main() -> None:
    """Import everything, and fork."""
    for command in _COMMANDS:
        import_module(f"tramita.cli.{command}")
    for vendors in _VENDORS:
        for module in walk_packages(import_module(vendors).__path__, f"{vendors}."):
            import_module(module.name)
    gc.freeze()
    try:
        _Forking(socket.socket(fileno=int(sys.argv[1]))).serve()
    except _Forked:
        run = import_module("tramita.cli.main").main
    else:
        return
    run()


if __name__ == "__main__":
    main()
