"""The environment variables that settings are read from: which there are, and what is wrong with one."""

import difflib
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from pydantic import ValidationError
from pydantic_settings import BaseSettings

from tramita.kit.settings import PREFIX

# What the test suite reads for itself.
_OF_THE_TESTS: Final = f"{PREFIX}TEST_"
# Likeness from which a name is taken for a slip of another; 1 is the same name.
_LIKE: Final = 0.8


def variables_of(kind: type[BaseSettings]) -> Iterator[str]:
    """The environment variables that ``kind`` reads, in capitals."""
    return (variable_of(kind, name) for name in kind.model_fields)


def variable_of(kind: type[BaseSettings], name: str) -> str:
    """The environment variable that a setting of ``kind`` is read from, in capitals."""
    return f"{kind.model_config.get('env_prefix', '')}{name}".upper()


def unknown_variables(
    kinds: Iterable[type[BaseSettings]], environ: Mapping[str, str] = os.environ
) -> dict[str, str | None]:
    """Variables named ``TRAMITA_…`` that no setting of ``kinds`` reads, with the nearest that one does."""
    known = {name for kind in kinds for name in variables_of(kind)}
    present = (name for name in environ if name.upper().startswith(PREFIX))
    return {
        name: next(iter(difflib.get_close_matches(name.upper(), known, n=1, cutoff=_LIKE)), None)
        for name in sorted(present)
        if name.upper() not in known and not name.startswith(_OF_THE_TESTS)
    }


def describe_invalid(error: ValidationError) -> str:
    """What is wrong with which variable, in a sentence; never the value, which may be secret."""
    prefix = _prefix_of(error.title)
    return "; ".join(_describe_invalid(prefix, one) for one in error.errors())


def _describe_invalid(prefix: str, one: Mapping[str, Any]) -> str:
    what = one["msg"].removeprefix("Value error, ")
    return f"{prefix}{one['loc'][0]}".upper() + f": {what}" if one["loc"] else what


def _prefix_of(title: str) -> str:
    """The prefix of the settings class of this name: an error knows its class by name only."""
    waiting = [BaseSettings]
    while waiting:
        kind = waiting.pop()
        if kind.__name__ == title:
            return kind.model_config.get("env_prefix", "")
        waiting += kind.__subclasses__()
    return ""
