"""The guardian: a small process that stops the embedded server when its last user is gone.

Every user of a server holds a shared lock on `users.lock`. The guardian asks the kernel for
the exclusive lock, which is granted when nobody holds the shared one any more, however the
users died. It does nothing until then, so it costs a few megabytes and no processor time.

It runs in a session of its own, so that Ctrl-C in a terminal reaches the users and not it. It
holds `guardian.lock` as long as it lives, on a descriptor that the starter locked and passed
on: whoever gets that lock knows there is no guardian. If it is killed, the server lives on,
and the next start takes the server over and spawns a new guardian.
"""

import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path

from tramita.kit.database.postgres_account import PostgresAccount
from tramita.kit.database.postgres_programs import PostgresPrograms
from tramita.kit.database.postgres_server import PostgresServer

# A starter that is killed between launching a server and that server's first breath leaves a
# server that a look at the cluster cannot find yet. Seconds.
BIRTH = 1.0


def ensure_guardian(server: PostgresServer, *, home: Path) -> None:
    """Spawn a guardian for `server` unless one lives; `home` holds the lock files."""
    lock = os.open(home / "guardian.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        _spawn(server, home=home, lock=lock)
    finally:
        os.close(lock)


def guard(server: PostgresServer, *, home: Path) -> None:
    """Wait until nobody uses the server, then stop it and remove its socket directory."""
    users = os.open(home / "users.lock", os.O_RDWR)
    fcntl.flock(users, fcntl.LOCK_EX)
    running = server.find_running()
    if running is None:
        time.sleep(BIRTH)
        running = server.find_running()
    server.stop()
    if running is not None:
        _remove(running.socket_directory)


def main() -> None:
    """Leave the parent, so that it need not wait for us, and guard until the end.

    Arguments: home, folder of the programs, user id, group id.
    """
    if os.fork() != 0:
        return
    home, programs, uid, gid = sys.argv[1:]
    server = PostgresServer(
        cluster=Path(home) / "cluster",
        log=Path(home) / "server.log",
        programs=PostgresPrograms(Path(programs)),
        account=PostgresAccount(uid=int(uid), gid=int(gid)),
    )
    guard(server, home=Path(home))


def _spawn(server: PostgresServer, *, home: Path, lock: int) -> None:
    account = server.account
    arguments = [str(home), str(server.programs.folder), str(account.uid), str(account.gid)]
    # The guardian finds this module where this process found it, installed or not.
    modules = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)
    with (home / "guardian.log").open("ab") as log:
        subprocess.run(
            [sys.executable, "-P", "-m", __name__, *arguments],
            check=True,
            pass_fds=(lock,),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd="/",
            env=os.environ | {"PYTHONPATH": modules},
        )


def _remove(socket_directory: Path) -> None:
    # What is left in it, if anything, is not ours to delete.
    try:
        socket_directory.rmdir()
    except OSError:
        return


if __name__ == "__main__":
    main()
