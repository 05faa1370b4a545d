"""The embedded PostgreSQL: started once, shared by all, stopped by the last, however they end."""

import asyncio
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from types import FrameType

import asyncpg
import pytest

from tramita.kit.embedded import postgres
from tramita.kit.embedded.account import choose_account
from tramita.kit.embedded.postgres import (
    EmbeddedPostgres,
    SocketDirectoryOwnedByAnother,
    passing_folder,
)
from tramita.kit.embedded.server import PostgresDidNotStart, PostgresServer

FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# Seconds that the last user's leaving may take to stop the server on a busy machine.
GUARDIAN_DEADLINE = 120

USER = """
import sys
from pathlib import Path
from tramita.kit.embedded.postgres import EmbeddedPostgres
held = EmbeddedPostgres.start(Path(sys.argv[1]), options={"fsync": "off"})
print(held.url(), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data directory that the server's account can enter, which pytest's own are not."""
    parent = Path(tempfile.mkdtemp(prefix="tramita test "))
    parent.chmod(0o755)
    yield parent / "postgres"
    if (parent / "postgres" / "users.lock").exists():
        await_guardian(parent / "postgres")
    shutil.rmtree(parent)


class TestStart:
    """EmbeddedPostgres.start."""

    @pytest.mark.soak
    def test_answers_on_a_fresh_directory_whose_path_has_spaces(self, data_dir: Path) -> None:
        """The first start makes a UTF-8 database named tramita, owned by tramita."""
        with closing(EmbeddedPostgres.start(data_dir, options=FAST)) as held:
            row = select(held, "current_database(), current_user, pg_client_encoding()")

        assert " " in str(data_dir)
        assert ("tramita", "tramita", "UTF8") == row

    @pytest.mark.soak
    def test_applies_options_over_the_settings_of_the_house(self, data_dir: Path) -> None:
        """Options reach the server, and what they leave alone stays as it is."""
        with closing(EmbeddedPostgres.start(data_dir, options=FAST)) as held:
            row = select(held, "current_setting('fsync'), current_setting('max_connections')")

        assert ("off", "200") == row

    def test_lets_nobody_else_read_what_is_logged(
        self, data_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Failing statements stand in the log; our secrets stand in no environment but ours."""
        monkeypatch.setenv("TRAMITA_SECRET", "known")
        with closing(EmbeddedPostgres.start(data_dir, options=FAST)) as held:
            pid = int((data_dir / "cluster" / "postmaster.pid").read_bytes().split()[0])
            environment = Path(f"/proc/{pid}/environ").read_bytes()
            row = select(held, "current_setting('log_error_verbosity')")

        modes = [oct(path.stat().st_mode & 0o777) for path in data_dir.glob("*.log")]
        assert ["0o600"] * 2 == modes
        assert 0 == data_dir.stat().st_mode & 0o066
        assert (b"TRAMITA" not in environment, ("terse",)) == (True, row)

    def test_keeps_the_rows_between_two_lives_of_the_server(self, data_dir: Path) -> None:
        """A server started again holds what the last one was told."""
        with closing(EmbeddedPostgres.start(data_dir, options=FAST)) as held:
            asyncio.run(execute(held, "CREATE TABLE seals AS SELECT 7 AS number"))
        await_guardian(data_dir)

        with closing(EmbeddedPostgres.start(data_dir, options=FAST)) as held:
            row = select(held, "number FROM seals")

        assert (7,) == row

    def test_ignores_a_pid_file_that_names_somebody_elses_process(self, data_dir: Path) -> None:
        """A stale pid file is believed by PostgreSQL when its account reused the number."""
        EmbeddedPostgres.start(data_dir, options=FAST).close()
        await_guardian(data_dir)
        with innocent_process(data_dir) as innocent:
            stale = f"{innocent.pid}\n{data_dir / 'cluster'}\n1700000000\n5432\n/nowhere\n\n"
            (data_dir / "cluster" / "postmaster.pid").write_text(stale)

            with closing(EmbeddedPostgres.start(data_dir, options=FAST)) as held:
                row = select(held, "1")
            await_guardian(data_dir)

            assert (1,) == row
            assert innocent.poll() is None

    def test_replaces_a_server_that_was_killed(self, data_dir: Path) -> None:
        """A user that comes after a crash gets a recovered server, under the same guardian."""
        with closing(EmbeddedPostgres.start(data_dir, options={})) as held:
            guardian = guardian_pid(data_dir)
            os.kill(server_pid(data_dir), signal.SIGKILL)

            with closing(EmbeddedPostgres.start(data_dir, options={})):
                assert (1,) == select(held, "1")
                assert guardian == guardian_pid(data_dir)

    def test_has_a_server_that_was_killed_started_again(self, data_dir: Path) -> None:
        """By those who use it, whoever they are and though none of them does anything."""
        with (
            closing(EmbeddedPostgres.start(data_dir, options={"fsync": "off"})) as held,
            closing(EmbeddedPostgres.start(data_dir, options={"fsync": "off"})),
        ):
            for _ in range(2):
                killed = server_pid(data_dir)
                os.kill(killed, signal.SIGKILL)
                with deadline(GUARDIAN_DEADLINE):
                    while not is_answering(held, but=killed):
                        pass
            row = select(held, "current_setting('fsync')")

        assert ("off",) == row

    def test_is_left_when_what_was_started_again_is_up(
        self, data_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nobody starts a server that no user is left of."""
        happened: list[str] = []
        is_begun, may_go_on = threading.Event(), threading.Event()
        ensure_running = postgres._ensure_running

        def slowly(server: PostgresServer, *, options: Mapping[str, str]) -> Path:
            is_begun.set()
            may_go_on.wait(GUARDIAN_DEADLINE)
            started = ensure_running(server, options=options)
            happened.append("started")
            return started

        def leave() -> None:
            held.close()
            happened.append("left")

        held = EmbeddedPostgres.start(data_dir, options={"fsync": "off"})
        monkeypatch.setattr(postgres, "_ensure_running", slowly)
        os.kill(server_pid(data_dir), signal.SIGKILL)
        assert is_begun.wait(GUARDIAN_DEADLINE)
        leaving = threading.Thread(target=leave)
        leaving.start()
        leaving.join(0.2)
        may_go_on.set()
        leaving.join(GUARDIAN_DEADLINE)

        assert ["started", "left"] == happened

    @pytest.mark.soak
    def test_gives_a_server_without_a_guardian_a_new_one(self, data_dir: Path) -> None:
        """The server outlives its guardian; the next user brings another, which stops it."""
        with closing(EmbeddedPostgres.start(data_dir, options=FAST)):
            server = server_pid(data_dir)
            os.kill(guardian_pid(data_dir), signal.SIGKILL)
            await_guardian(data_dir)

            with closing(EmbeddedPostgres.start(data_dir, options=FAST)):
                assert server == server_pid(data_dir)
        await_guardian(data_dir)

        assert not (data_dir / "cluster" / "postmaster.pid").exists()

    @pytest.mark.soak
    def test_begins_again_after_an_interrupted_initdb(self, data_dir: Path) -> None:
        """Half a cluster is thrown away, never started."""
        (data_dir / "initdb-half").mkdir(parents=True)
        (data_dir / "initdb-half" / "PG_VERSION").write_text("18\n")

        with closing(EmbeddedPostgres.start(data_dir, options=FAST)) as held:
            assert (1,) == select(held, "1")

        assert not (data_dir / "initdb-half").exists()

    def test_tells_what_the_server_said_when_it_did_not_start(self, data_dir: Path) -> None:
        """The error ends with the server's own words."""
        with pytest.raises(PostgresDidNotStart, match='parameter "shared_bufers"'):
            EmbeddedPostgres.start(data_dir, options={"shared_bufers": "1GB"})

    def test_refuses_a_socket_directory_that_is_not_its_own(
        self, data_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A link planted where the socket would be is not followed."""
        temporary = data_dir.parent / "t"
        temporary.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(temporary))
        held = EmbeddedPostgres.start(data_dir, options=FAST)
        held.close()
        await_guardian(data_dir)
        held.socket_directory.symlink_to(data_dir.parent)

        with pytest.raises(SocketDirectoryOwnedByAnother, match="Somebody else"):
            EmbeddedPostgres.start(data_dir, options=FAST)

    @pytest.mark.soak
    @pytest.mark.skipif(os.geteuid() != 0, reason="only root has folders its server cannot enter")
    def test_puts_the_files_elsewhere_when_the_account_cannot_enter(self, data_dir: Path) -> None:
        """Below a folder closed to others nothing is opened up; a link tells where the data is."""
        data_dir.parent.chmod(0o700)

        with closing(EmbeddedPostgres.start(data_dir, options=FAST)) as held:
            try:
                assert (1,) == select(held, "1")
                assert held.home == (data_dir / "elsewhere").resolve()
                assert 0o700 == data_dir.parent.stat().st_mode & 0o777
            finally:
                held.close()
                await_guardian(held.home)
                shutil.rmtree(held.home)


class TestClose:
    """EmbeddedPostgres.close, and ends without it."""

    @pytest.mark.soak
    def test_leaves_the_server_to_the_users_that_stay(self, data_dir: Path) -> None:
        """The starter may leave first."""
        starter = EmbeddedPostgres.start(data_dir, options=FAST)
        with closing(EmbeddedPostgres.start(data_dir, options=FAST)) as other:
            starter.close()

            assert starter.url() == other.url()
            assert (1,) == select(other, "1")

    def test_stops_the_server_with_the_last_user(self, data_dir: Path) -> None:
        """Nothing is left but the data: no process, no pid file, no socket directory."""
        held = EmbeddedPostgres.start(data_dir, options=FAST)

        held.close()
        held.close()
        await_guardian(data_dir)

        assert not is_served(data_dir)
        assert not (data_dir / "cluster" / "postmaster.pid").exists()
        assert not held.socket_directory.exists()

    def test_happens_by_itself_when_the_only_user_is_killed(self, data_dir: Path) -> None:
        """A user that had no chance to say goodbye leaves no server behind."""
        user = subprocess.Popen(
            [sys.executable, "-c", USER, str(data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )
        with user:
            assert user.stdout is not None
            url = user.stdout.readline()
            assert is_served(data_dir)

            user.kill()
        await_guardian(data_dir)

        assert url.startswith(b"postgresql+asyncpg://tramita@/tramita?host=")
        assert not is_served(data_dir)


def is_answering(held: EmbeddedPostgres, *, but: int) -> bool:
    """Whether a server answers that is not the one with this process id."""
    try:
        return select(held, "1") == (1,) and server_pid(held.home) != but
    except (OSError, asyncpg.PostgresError, IndexError, ValueError):
        return False


def select(held: EmbeddedPostgres, expression: str) -> tuple[object, ...]:
    """Answer the one row of `SELECT expression`."""
    return asyncio.run(execute(held, f"SELECT {expression}"))


async def execute(held: EmbeddedPostgres, statement: str) -> tuple[object, ...]:
    connection = await asyncpg.connect(
        host=str(held.socket_directory), user="tramita", database="tramita"
    )
    try:
        row = await connection.fetchrow(statement)
    finally:
        await connection.close()
    return tuple(row) if row is not None else ()


def await_guardian(home: Path) -> None:
    """Return when the guardian is gone: the kernel then grants its lock."""
    with (home / "guardian.lock").open("r+b") as lock, deadline(GUARDIAN_DEADLINE):
        fcntl.flock(lock, fcntl.LOCK_EX)


@contextmanager
def deadline(seconds: int) -> Iterator[None]:
    """Raise AssertionError inside a block that waits for longer, which nobody takes for an OSError."""

    def give_up(_signal: int, _frame: FrameType | None) -> None:
        raise AssertionError(f"waited {seconds} seconds")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def innocent_process(data_dir: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the server's account that has nothing to do with the server."""
    account = choose_account(data_dir / "cluster")
    uid = account.uid if account.is_switched else None
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, user=uid, cwd="/") as process:
        yield process


def server_pid(home: Path) -> int:
    return int((home / "cluster" / "postmaster.pid").read_text().split()[0])


def guardian_pid(home: Path) -> int:
    return int((home / "guardian.lock").read_text())


def is_served(home: Path) -> bool:
    """Whether a process of the server is left: each holds the lock as long as it lives."""
    with (home / "server.lock").open("r+b") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


class TestPassingFolder:
    def test_leaves_nothing_behind(self) -> None:
        """Neither where it was made nor where root's servers are put."""
        with passing_folder("tramita-test-") as folder:
            embedded = EmbeddedPostgres.start(folder / "postgres")
            home = embedded.home
            embedded.close()

        assert folder / "postgres" == home
        assert not folder.exists()
