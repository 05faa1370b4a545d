"""The account that PostgreSQL runs as, and processes started under it."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR")

# Debian's PostgreSQL packages make the first; every Unix has the second.
UNPRIVILEGED_ACCOUNTS = ("postgres", "nobody")


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL cannot be used; the sentence says what to do."""


class NoUnprivilegedAccount(EmbeddedPostgresError):
    """PostgreSQL refuses to run as root, and this machine has no other account to run it as."""


@dataclass(frozen=True, slots=True)
class PostgresAccount:
    """The user and group that own the cluster and run its server.

    `uid` and `gid` are those of this process unless it is root.
    """

    uid: int
    gid: int

    @property
    def is_switched(self) -> bool:
        """Whether processes must change their user to run as this account."""
        return self.uid != os.geteuid()

    def run(
        self, command: Sequence[str | Path], *, stdin: str = "", timeout: float = 60
    ) -> subprocess.CompletedProcess[str]:
        """Run `command` to its end as this account; `timeout` is in seconds.

        Output is captured, standard error within standard output. Raises OSError when the
        account cannot execute the program or may not be switched to.
        """
        return subprocess.run(
            command,
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=timeout,
            cwd="/",
            env=clean_environment(),
            user=self.uid if self.is_switched else None,
            group=self.gid if self.is_switched else None,
            extra_groups=[] if self.is_switched else None,
        )

    def start(self, command: Sequence[str | Path], *, log: Path, descriptor: int) -> int:
        """Run `command`, which leaves a process behind, and answer its exit code.

        What it leaves behind inherits the open `descriptor`. This process opens the log, so the
        account needs no right to its folder.
        """
        # A failing statement stands in it with its values: nobody else's business.
        with open(log, "wb", opener=open_private) as opened:
            return subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=opened,
                stderr=opened,
                check=False,
                pass_fds=(descriptor,),
                cwd="/",
                env=clean_environment(),
                user=self.uid if self.is_switched else None,
                group=self.gid if self.is_switched else None,
                extra_groups=[] if self.is_switched else None,
            ).returncode

    def can_enter(self, folder: Path) -> bool:
        """Whether the account may reach things inside `folder`.

        Asked of the kernel by a process of that account, because modes of all the parents,
        access lists and mount options have their say.
        """
        if not self.is_switched:
            return os.access(folder, os.X_OK)
        return self.run(["/bin/sh", "-c", 'cd -- "$1"', "sh", folder]).returncode == 0

    def take_over(self, path: Path) -> None:
        """Make a path that this process just created the account's own."""
        if self.is_switched:
            os.chown(path, self.uid, self.gid)


def choose_account(cluster: Path) -> PostgresAccount:
    """Answer who runs the server of `cluster`, which need not exist yet.

    Root runs an existing cluster as the account that owns it, so that a cluster survives both
    `sudo` and a later installation of Debian's `postgres` account.
    """
    if os.geteuid() != 0:
        return PostgresAccount(uid=os.geteuid(), gid=os.getegid())
    if cluster.exists():
        owner = cluster.stat()
        if owner.st_uid != 0:
            return PostgresAccount(uid=owner.st_uid, gid=owner.st_gid)
    for name in UNPRIVILEGED_ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return PostgresAccount(uid=entry.pw_uid, gid=entry.pw_gid)
    raise NoUnprivilegedAccount


def clean_environment() -> dict[str, str]:
    """Answer the environment for PostgreSQL's programs.

    Only what programs are found by: other users of the account may read the environment of its
    processes, and ours holds secrets. Messages must come in one language to be searchable.
    """
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return kept | {"LC_ALL": "C"}


def open_private(path: str, flags: int) -> int:
    """Open for this account alone, also what was made for more; an ``opener`` of `open`."""
    descriptor = os.open(path, flags, 0o600)
    os.fchmod(descriptor, 0o600)
    return descriptor
