"""Every life cycle of the code base, found by looking, so that none can be forgotten."""

import importlib
import pkgutil
from enum import StrEnum
from typing import Any

import tramita
from tramita.kit.lifecycle import Lifecycle

AnyLifecycle = Lifecycle[Any, Any]


def find_lifecycles() -> dict[str, AnyLifecycle]:
    """Life cycles by ``module.NAME``."""
    modules = [
        importlib.import_module(found.name)
        for found in pkgutil.walk_packages(tramita.__path__, "tramita.")
        if found.name.endswith(".lifecycle")
    ]
    return {
        f"{module.__name__}.{name}": value
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, Lifecycle)
    }


ALL = find_lifecycles()


def triggers_of(lifecycle: AnyLifecycle) -> list[Any]:
    """Every trigger of a life cycle's enumeration, used or not."""
    _, first, _ = next(lifecycle.arrows())
    every: type[StrEnum] = type(first)
    return list(every)
