"""Every life cycle of the code base, as the reference finds them."""

from enum import StrEnum
from typing import Any

from tramita.cli.docs import find_lifecycles
from tramita.kit.lifecycle import Lifecycle

AnyLifecycle = Lifecycle[Any, Any]

ALL = find_lifecycles()


def relatives_of(lifecycle: AnyLifecycle) -> list[AnyLifecycle]:
    """Those with the same enumeration, itself among them: on one channel less may happen than on another."""
    return [one for one in ALL.values() if type(one.initial) is type(lifecycle.initial)]


def triggers_of(lifecycle: AnyLifecycle) -> list[Any]:
    """Every trigger of a life cycle's enumeration, used or not."""
    _, first, _ = next(lifecycle.arrows())
    every: type[StrEnum] = type(first)
    return list(every)
