"""The embedded PostgreSQL: what Tramita uses when it was given no database.

Any number of processes may use one data directory at the same time. The first starts the
server, the last one leaving stops it, also when users are killed; `guardian.py` tells how.
A server that dies is started again by those who use it.

The folder holds `cluster` (PostgreSQL's own), `server.log`, `guardian.log` and four lock files.
When root starts it in a place that the server's account cannot enter, such as a clone below
/root, all of this lies in `/var/lib/tramita/data-<hash>` instead and the data directory holds a
link named `elsewhere` to it: modes of folders that are not ours are never changed.
"""

import fcntl
import hashlib
import os
import secrets
import shutil
import stat
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import structlog

from tramita.kit.embedded.account import (
    EmbeddedPostgresError,
    PostgresAccount,
    choose_account,
)
from tramita.kit.embedded.guardian import ensure_guardian
from tramita.kit.embedded.programs import (
    find_programs,
    make_private_folder,
    private_folder,
)
from tramita.kit.embedded.server import SUPERUSER, PostgresServer

# A Unix socket's path has room for 103 bytes on macOS and 107 on Linux, and PostgreSQL appends
# "/.s.PGSQL.5432" to the directory's.
LONGEST_SOCKET_DIRECTORY = 88
# Seconds between two tries to start a server that died and does not start.
_AGAIN_AFTER = 2.0

log = structlog.get_logger(__name__)


class DataDirectoryUnreachable(EmbeddedPostgresError):
    """PostgreSQL's account cannot enter the folder that holds its data."""

    def __init__(self, *, folder: Path, uid: int) -> None:
        super().__init__(f"{self.__doc__} The folder is {folder}, the account is user {uid}.")
        self.folder = folder
        self.uid = uid


class DataDirectoryOwnedByAnother(EmbeddedPostgresError):
    """The data directory was made by another account; use another one or become that account."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{self.__doc__} The folder is {folder}.")
        self.folder = folder


class SocketDirectoryOwnedByAnother(EmbeddedPostgresError):
    """Somebody else made the directory that PostgreSQL's socket would be put into."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{self.__doc__} The directory is {folder}.")
        self.folder = folder


@contextmanager
def passing_folder(prefix: str, *, below: Path | None = None) -> Iterator[Path]:
    """A temporary folder for servers that are not to be kept, where such folders usually are.

    Unlike Python's own it may be entered by others: root's server runs under another
    account, and would otherwise be put elsewhere and stay there. It is removed when the
    servers below it have stopped, so close your hold on them inside the block.
    """
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=below))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        for guardian in folder.glob("*/guardian.lock"):
            os.close(_lock(guardian, fcntl.LOCK_EX))
        shutil.rmtree(folder)


class EmbeddedPostgres:
    """One user's hold on a running embedded server; made by `start`, given up by `close`."""

    def __init__(
        self,
        server: PostgresServer,
        *,
        socket_directory: Path,
        users_lock: int,
        options: Mapping[str, str],
    ) -> None:
        """Take over the open, locked descriptor `users_lock`; called by `start`."""
        self.home = server.home
        self.socket_directory = socket_directory
        self._server = server
        self._options = options
        self._users_lock: int | None = users_lock
        self._is_closed = threading.Event()
        # Held while it is started again: who leaves then leaves a server that is up, or none.
        self._restarting = threading.Lock()
        name = f"watch {server.home.name}"
        threading.Thread(target=self._keep_running, name=name, daemon=True).start()

    @staticmethod
    def is_made(data_dir: Path) -> bool:
        """Whether a server was ever started in `data_dir`; makes nothing."""
        return (data_dir / "cluster").exists() or (data_dir / "elsewhere").is_symlink()

    @classmethod
    def start(
        cls, data_dir: Path, *, options: Mapping[str, str] | None = None
    ) -> "EmbeddedPostgres":
        """Answer a hold on the server of `data_dir`, which is made and started as needed.

        Returns when the server takes connections. `options` are PostgreSQL settings such as
        `{"fsync": "off"}`; a server that is running already keeps those it was started with.
        Blocks, so call it before the event loop starts. Raises PostgresDidNotStart,
        PostgresProgramsMissing, PostgresProgramsUnusable, NoUnprivilegedAccount,
        DataDirectoryUnreachable, DataDirectoryOwnedByAnother or SocketDirectoryOwnedByAnother.
        """
        server = _server_of(data_dir.resolve())
        with _starting(server):
            # Waits for a guardian that is stopping the server at this moment.
            users_lock = _lock(server.home / "users.lock", fcntl.LOCK_SH)
            try:
                socket_directory = _ensure_running(server, options=options or {})
            except BaseException:
                os.close(users_lock)
                raise
        return cls(
            server, socket_directory=socket_directory, users_lock=users_lock, options=options or {}
        )

    def url(self, database: str = "tramita") -> str:
        """Answer the SQLAlchemy URL of one of the server's databases."""
        host = quote(os.fsencode(self.socket_directory), safe="/")
        return f"postgresql+asyncpg://{SUPERUSER}@/{quote(database)}?host={host}"

    def close(self) -> None:
        """Leave the server, which stops when nobody else uses it. Idempotent."""
        if self._users_lock is not None:
            self._is_closed.set()
            with self._restarting:
                os.close(self._users_lock)
            self._users_lock = None

    def _keep_running(self) -> None:
        """Start the server again whenever it has died, as long as we are its user.

        Every user does; the start lock lets one of them start it, and the others find it.
        """
        while not self._is_closed.wait(0):
            self._server.wait_until_gone()
            # Who deletes the data directory wants no server.
            if self._is_closed.is_set() or not self._server.cluster.exists():
                return
            try:
                with self._restarting, _starting(self._server):
                    if not self._is_closed.is_set():
                        _ensure_running(self._server, options=self._options)
            except (EmbeddedPostgresError, OSError) as error:
                log.warning("embedded_database_does_not_start", error=str(error))
                self._is_closed.wait(_AGAIN_AFTER)
            else:
                log.warning("embedded_database_started_again")


def _server_of(data_dir: Path) -> PostgresServer:
    data_dir.mkdir(parents=True, exist_ok=True)
    account = choose_account(data_dir / "cluster")
    # Nobody else has to list what is in it; the server's account must be able to pass.
    if data_dir.stat().st_uid == os.geteuid():
        data_dir.chmod(0o711 if account.is_switched else 0o700)
    home = _home_of(data_dir, account=account)
    account = choose_account(home / "cluster")
    server = PostgresServer(home=home, programs=find_programs(account), account=account)
    if server.cluster.exists() and server.cluster.stat().st_uid != account.uid:
        raise DataDirectoryOwnedByAnother(home)
    return server


def _home_of(data_dir: Path, *, account: PostgresAccount) -> Path:
    if not account.is_switched:
        return data_dir
    elsewhere = data_dir / "elsewhere"
    if not elsewhere.is_symlink():
        if account.can_enter(data_dir):
            return data_dir
        if (data_dir / "cluster").exists():
            # It could be entered once; an empty database elsewhere would look like a loss.
            raise DataDirectoryUnreachable(folder=data_dir, uid=account.uid)
        # A new name each time: whoever deletes the data directory gets a new database.
        with suppress(FileExistsError):
            elsewhere.symlink_to(private_folder("data", data_dir / secrets.token_hex(8)))
    home = elsewhere.readlink()
    make_private_folder(home)
    return home.resolve()


def _ensure_running(server: PostgresServer, *, options: Mapping[str, str]) -> Path:
    if not server.cluster.exists():
        server.initialize(is_durable=options.get("fsync") != "off")
    # The guardian comes first: if this process is killed from here on, somebody stops the server.
    ensure_guardian(server)
    running = server.find_ready()
    if running is None:
        running = server.launch(_socket_directory(server), options=options)
    return running.socket_directory


def _socket_directory(server: PostgresServer) -> Path:
    # The inode is part of the key, so that a data directory that was deleted and made again
    # never meets the socket of its predecessor, which lives on for a minute.
    key = os.fsencode(server.cluster) + b":%d" % server.cluster.stat().st_ino
    name = f"tramita-{hashlib.sha256(key).hexdigest()[:12]}"
    directory = _temporary_folder(server.account, name=name) / name
    allowed = {os.geteuid(), server.account.uid}
    try:
        directory.mkdir(mode=0o700)
    except FileExistsError:
        found = directory.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in allowed:
            raise SocketDirectoryOwnedByAnother(directory) from None
    directory.chmod(0o700)
    server.account.take_over(directory)
    return directory


def _temporary_folder(account: PostgresAccount, *, name: str) -> Path:
    # TMPDIR may be too long for a socket's path, or root's own.
    preferred = Path(tempfile.gettempdir())
    is_short = len(os.fsencode(preferred / name)) <= LONGEST_SOCKET_DIRECTORY
    return preferred if is_short and account.can_enter(preferred) else Path("/tmp")  # noqa: S108


@contextmanager
def _starting(server: PostgresServer) -> Iterator[None]:
    """One at a time, over all processes."""
    lock = _lock(server.home / "start.lock", fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(lock)


def _lock(path: Path, kind: int) -> int:
    """Answer an open descriptor that holds the lock; the kernel frees it when we die."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError as error:
        raise DataDirectoryOwnedByAnother(path.parent) from error
    fcntl.flock(descriptor, kind)
    return descriptor
