"""The example envelope, ``examples/envelope.json``: the README's, the demo's, the tests'."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any


def read_example(prefix: str) -> dict[str, Any]:
    """The example as plain values, its contracts and their origins renumbered.

    Numbers are unique and a loan can be moved only once at a time, so the demo leaves
    the file's own numbers to whoever tries the README's commands meanwhile.
    """
    body = _read()
    for index, contract in enumerate(body["contracts"], start=1):
        contract["contract_number"] = f"{prefix}-{index:04}"
        if "origin" in contract:
            contract["origin"]["contract_number"] = f"{prefix}{index:06}"
    return body


def _read() -> dict[str, Any]:
    packaged = Path(str(files("tramita") / "examples"))
    directory = packaged if packaged.is_dir() else Path(__file__).parents[3] / "examples"
    body: dict[str, Any] = json.loads((directory / "envelope.json").read_text(encoding="utf-8"))
    return body
