"""A statement whose arguments have names, so that it may be put together from parts."""

import re
from collections.abc import Mapping
from typing import Final

# ``:name``, and not the type behind ``::``.
_NAME: Final = re.compile(r"(?<!:):([a-z_]+)")


class Statement:
    """What ``text`` says with ``:name`` for its arguments; each may stand there several times."""

    def __init__(self, text: str) -> None:
        """Number the arguments, as the driver wants them."""
        self._names = list(dict.fromkeys(_NAME.findall(text)))
        self.text = _NAME.sub(lambda found: f"${self._names.index(found[1]) + 1}", text)

    def arguments(self, given: Mapping[str, object]) -> list[object]:
        """The arguments in the order of their numbers."""
        return [given[name] for name in self._names]
