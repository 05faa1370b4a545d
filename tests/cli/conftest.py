"""What the tests of the command line share."""

import asyncio
import io
import sys
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

from tests.logging_kept import restored_logging
from tramita.cli.main import main

Run = Callable[..., Coroutine[Any, Any, tuple[int, str, str]]]


@pytest.fixture(autouse=True)
def _restored_logging() -> Iterator[None]:
    """A command that is a process sets up logs; the tests that follow write to their own."""
    with restored_logging():
        yield


@pytest.fixture
def tramita(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run a command on the test's database; answers exit code, output and errors.

    It runs in this process: a new one would spend ten times as long on imports. How
    `tramita` itself starts is told in `test_main.py`.
    """
    monkeypatch.setenv("TRAMITA_DATABASE_URL", database_url)

    async def run(*arguments: str, typed: str = "", **settings: object) -> tuple[int, str, str]:
        for name, value in settings.items():
            monkeypatch.setenv(f"TRAMITA_{name.upper()}", str(value))
        monkeypatch.setattr(sys, "argv", ["tramita", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        capsys.readouterr()
        code = await asyncio.to_thread(exit_code)
        return (code, *capsys.readouterr())

    return run


def exit_code() -> int:
    """Run ``tramita`` to its end."""
    try:
        main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0
