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
from pathlib import Path

from tramita.kit.embedded.account import PostgresAccount, open_private
from tramita.kit.embedded.programs import PostgresPrograms
from tramita.kit.embedded.server import PostgresServer


def ensure_guardian(server: PostgresServer) -> None:
    """Spawn a guardian for `server` unless one lives."""
    lock = os.open(server.home / "guardian.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _spawn(server, lock=lock)
    except BlockingIOError:
        return
    finally:
        os.close(lock)


def guard(server: PostgresServer) -> None:
    """Wait until nobody uses the server, then stop it."""
    users = os.open(server.home / "users.lock", os.O_RDWR)
    fcntl.flock(users, fcntl.LOCK_EX)
    server.stop()


def main() -> None:
    """Leave the parent, so that it need not wait for us, and guard until the end.

    Arguments: home, folder of the programs, user id, group id. Whoever looks into the lock file
    finds the guardian's process id.
    """
    home, programs, uid, gid = sys.argv[1:]
    guardian = os.fork()
    if guardian != 0:
        (Path(home) / "guardian.lock").write_text(f"{guardian}\n", encoding="ascii")
        return
    server = PostgresServer(
        home=Path(home),
        programs=PostgresPrograms(Path(programs)),
        account=PostgresAccount(uid=int(uid), gid=int(gid)),
    )
    guard(server)


def _spawn(server: PostgresServer, *, lock: int) -> None:
    account = server.account
    arguments = [str(server.home), str(server.programs.folder), str(account.uid), str(account.gid)]
    # The guardian finds this module where this process found it, installed or not.
    modules = os.pathsep.join(str(Path(entry).resolve()) for entry in sys.path)
    with open(server.home / "guardian.log", "ab", opener=open_private) as log:
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


if __name__ == "__main__":
    main()
