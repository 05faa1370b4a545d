"""The examples: ``examples/envelope.json``, the README's and the tests'; and the courses of the demo."""

import copy
import json
from importlib.resources import files
from pathlib import Path
from typing import Any


def read_example(prefix: str) -> dict[str, Any]:
    """The example as plain values, its contracts and their origins renumbered.

    Numbers are unique and a loan can be moved only once at a time, so the demo leaves
    the file's own numbers to whoever tries the README's commands meanwhile.
    """
    return _renumbered(_read(), prefix)


def make_portabilities(prefix: str, count: int) -> dict[str, Any]:
    """The example's client with so many portabilities, none of them with a refinancing."""
    body = _read()
    plain = [
        one
        for one in body["contracts"]
        if one["product"] == "PORTABILIDADE" and one["refinancing"] is None
    ]
    body["contracts"] = [copy.deepcopy(plain[place % len(plain)]) for place in range(count)]
    return _renumbered(body, prefix)


def read_example_seed() -> str:
    """What the demo's learning platform sells, and to whom: ``tramita orders seed`` reads it."""
    return files("tramita.demo").joinpath("courses.toml").read_text(encoding="utf-8")


def _renumbered(body: dict[str, Any], prefix: str) -> dict[str, Any]:
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
