"""A port as its source has it: methods, words and where the words come from."""

import ast
import builtins
import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from tramita.kit.outcome import Done

# How a method begins that only asks.
_ASKING = ("find", "read", "list", "check", "get", "is")


@dataclass(frozen=True, slots=True)
class PortMethod:
    """One method; ``answer`` is the first thing that it may answer, ``text`` how that is written."""

    name: str
    signature: str
    docstring: str
    parameters: tuple[str, ...]
    is_async: bool
    answer: Any
    text: str
    words: frozenset[str]

    @property
    def answer_home(self) -> str:
        """The module of a choice's first kind; empty: it is written in the port's own words."""
        first = get_args(self.answer)[0] if get_origin(self.answer) is UnionType else None
        return first.__module__ if isinstance(first, type) else ""

    @property
    def is_act(self) -> bool:
        """Whether it changes something, as far as its name tells."""
        return self.name.split("_")[0] not in _ASKING


@dataclass(frozen=True, slots=True)
class Port:
    """A port and its methods; ``homes`` are the modules that its words come from.

    ``kept`` are values that a gateway has, each with its type's name.
    """

    kind: type
    methods: tuple[PortMethod, ...]
    kept: Mapping[str, str]
    homes: Mapping[str, str]

    def imports(self, words: Iterable[str]) -> str:
        """Import statements for words of the port's."""
        found = sorted({word for word in words if word in self.homes})
        return "\n".join(f"from {self.homes[word]} import {word}" for word in found)


def read_port(kind: type) -> Port:
    """Read a port where it is written."""
    module = sys.modules[kind.__module__]
    tree = ast.parse(Path(inspect.getfile(kind)).read_text(encoding="utf-8"))
    [found] = [
        node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == kind.__name__
    ]
    functions = [
        node for node in found.body if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef)
    ]
    methods = tuple(_read_method(kind, node) for node in functions if not node.decorator_list)
    kept = {
        node.name: ast.unparse(node.returns)
        for node in functions
        if node.decorator_list and node.returns
    }
    # Words that stand for others are told from where those are.
    told = {one.text: one.answer_home for one in methods if one.answer_home}
    homes = {**told, **_imported(tree), **dict.fromkeys(_defined(tree), module.__name__)}
    return Port(kind, methods, kept, {word: _public(home) for word, home in homes.items()})


def _public(module: str) -> str:
    """Where a provider imports it from: what is behind an area's ``ports`` is the area's."""
    area, parted, _ = module.partition(".ports.")
    return f"{area}.ports" if parted else module


def _read_method(kind: type, node: ast.AsyncFunctionDef | ast.FunctionDef) -> PortMethod:
    hints = get_type_hints(getattr(kind, node.name))
    given = [one.arg for one in (*node.args.args, *node.args.kwonlyargs)]
    is_async = isinstance(node, ast.AsyncFunctionDef)
    prefix = "async def" if is_async else "def"
    assert node.returns is not None
    answer = _answer(hints["return"])
    text = _written(node.returns)
    if text.isidentifier() and get_origin(answer) is UnionType:
        text = get_args(answer)[0].__name__  # A choice under a name of its own.
    return PortMethod(
        node.name,
        f"{prefix} {node.name}({ast.unparse(node.args)}) -> {ast.unparse(node.returns)}",
        ast.get_docstring(node, clean=False) or "",
        tuple(name for name in given if name not in ("self", "attempt")),
        is_async,
        answer,
        text,
        frozenset(_words(node)),
    )


def _answer(returned: Any) -> Any:
    """What ``Done`` holds, or what a method that is not awaited gives."""
    held = [get_args(one)[0] for one in get_args(returned) if get_origin(one) is Done]
    return held[0] if held else returned


def _written(returns: ast.expr) -> str:
    """The same as it is written; of a choice of several kinds the first."""
    inner = returns.slice if isinstance(returns, ast.Subscript) else returns
    is_choice = isinstance(inner, ast.BinOp) and ast.unparse(inner.right) != "None"
    while is_choice and isinstance(inner, ast.BinOp):
        inner = inner.left
    return ast.unparse(inner)


def _words(node: ast.AST) -> Iterator[str]:
    return (
        one.id
        for one in ast.walk(node)
        if isinstance(one, ast.Name) and not hasattr(builtins, one.id)
    )


def _imported(tree: ast.Module) -> dict[str, str]:
    statements = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    return {name.name: node.module or "" for node in statements for name in node.names}


def _defined(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield node.name
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id
