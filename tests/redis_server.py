"""A Redis server of a test's own, that may stop, start again, or fall silent."""

import os
import shutil
import signal
import socket
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pytest


def find_redis() -> str:
    """The server's path; skips the test, or fails it where Redis is required."""
    executable = shutil.which("redis-server")
    if executable is not None:
        return executable
    if "redis" in os.environ.get("TRAMITA_TEST_REQUIRE", "").split(","):
        pytest.fail("redis-server is not on the path, and TRAMITA_TEST_REQUIRE asks for it")
    pytest.skip("redis-server is not on the path")


@dataclass
class RedisServer:
    """A server at a socket in ``folder``, which no other test can take from it."""

    executable: str
    folder: Path
    _process: subprocess.Popen[bytes] | None = None

    @property
    def path(self) -> Path:
        """Its socket."""
        return self.folder / "redis.sock"

    @property
    def url(self) -> str:
        """Where a cache finds it."""
        return f"unix://{self.path}"

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        self._process = subprocess.Popen(
            [self.executable, "--port", "0", "--unixsocket", self.path, "--save", ""],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
        )
        deadline = monotonic() + 20
        while not self._answers():
            assert self._process.poll() is None, "redis-server ended at once"
            assert monotonic() < deadline, "redis-server does not answer"

    def kill(self) -> None:
        """End it at once, whatever it is doing."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def fall_silent(self) -> None:
        """Let it take what it is told, and answer nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it answer what it was told meanwhile."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as connection, suppress(OSError):
            connection.settimeout(1)
            connection.connect(str(self.path))
            connection.sendall(b"PING\r\n")
            return connection.recv(7) == b"+PONG\r\n"
        return False
