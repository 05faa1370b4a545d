"""The example envelope, ``examples/envelope.json``: the README's, the demo's, the tests'."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any


def read_example() -> dict[str, Any]:
    """The example as plain values, from the installed package or beside the sources."""
    packaged = Path(str(files("tramita") / "examples"))
    directory = packaged if packaged.is_dir() else Path(__file__).parents[3] / "examples"
    body: dict[str, Any] = json.loads((directory / "envelope.json").read_text(encoding="utf-8"))
    return body
