"""Make `.venv` with everything that is pinned, and the project itself in editable form.

Needs nothing but the standard library. Run by every target of the Makefile; when nothing has
changed it only compares two hashes. This file must stay readable to Pythons too old for the
project, so that they can say so.
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed"
LOCK = ROOT / "requirements.lock"
PIP = [str(PYTHON), "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input", "install"]


def main() -> None:
    """Bring `.venv` up to date, or end with a sentence that says what is missing."""
    if sys.version_info < OLDEST:
        found = ".".join(str(part) for part in sys.version_info[:3])
        sys.exit(
            f"Tramita needs Python 3.11 or newer, and {sys.executable} is {found}. "
            "Name a newer one: make PYTHON=python3.13 …"
        )
    if not is_usable():
        make_venv()
    wanted = {"libraries": digest(LOCK), "project": digest(ROOT / "pyproject.toml")}
    installed = read_stamp()
    if wanted == installed:
        return
    if wanted["libraries"] != installed.get("libraries"):
        say("installing the pinned libraries into .venv (the first time takes a minute or two)")
        run([*PIP, "--require-hashes", "--requirement", str(LOCK)])
    say("installing Tramita itself, editable")
    run([*PIP, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)])
    STAMP.write_text(
        "".join(f"{name} {value}\n" for name, value in wanted.items()), encoding="utf-8"
    )


def make_venv() -> None:
    """Make an empty virtual environment in place of whatever is there."""
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        sys.exit(
            f"{sys.executable} cannot make virtual environments: its venv module is not installed. "
            f"On Debian and Ubuntu: apt-get install python{version}-venv"
        )
    say(f"making .venv with {sys.executable}")
    shutil.rmtree(VENV, ignore_errors=True)
    run([sys.executable, "-m", "venv", str(VENV)])


def is_usable() -> bool:
    """Whether `.venv` has a Python that still runs and is new enough."""
    if not PYTHON.exists():
        return False
    question = f"import sys; sys.exit(sys.version_info < {OLDEST})"
    return subprocess.run([str(PYTHON), "-c", question], check=False).returncode == 0


def read_stamp() -> dict[str, str]:
    """Answer what was installed last, or nothing if that never came to its end."""
    lines = STAMP.read_text(encoding="utf-8").splitlines() if STAMP.exists() else []
    return dict(line.split(" ", 1) for line in lines)


def digest(path: Path) -> str:
    """Answer the hash of a file, which is also that of what is installed from it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def run(command: list[str]) -> None:
    """Run a command, and end as it did when it fails; it has said why itself."""
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    if code != 0:
        sys.exit(code)


def say(sentence: str) -> None:
    """Tell what takes the time."""
    print(f"bootstrap: {sentence}", flush=True)


if __name__ == "__main__":
    main()
