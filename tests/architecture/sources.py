"""What the tests of the house itself read: the files of the repository, and their trees."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = ("src", "tests", "benchmarks", "migrations", "scripts")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file git keeps or is about to, relative to the repository."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listing = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
    paths = {Path(name) for name in listing.decode().split("\0") if name}
    return tuple(sorted(path for path in paths if (ROOT / path).is_file()))


@cache
def python_files(*folders: str) -> tuple[Path, ...]:
    """The Python files below `folders`, relative to the repository."""
    chosen = folders or CODE
    return tuple(p for p in tracked_files() if p.suffix == ".py" and p.parts[0] in chosen)


@cache
def tree(path: Path) -> ast.Module:
    """The parsed file."""
    return ast.parse((ROOT / path).read_text())


def functions(path: Path) -> list[Function]:
    """Every function of a file, methods and inner ones included."""
    return [node for node in ast.walk(tree(path)) if isinstance(node, Function)]
