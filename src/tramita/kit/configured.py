"""Areas' own settings in one process: whoever has its runtime or a unit of work asks for them there."""

from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic_settings import BaseSettings

S = TypeVar("S", bound=BaseSettings)


@dataclass
class Configured:
    """The settings of each kind, read from the environment when they are first asked for."""

    _kinds: dict[type, Any] = field(default_factory=dict)

    def get(self, kind: type[S]) -> S:
        """Those of a kind."""
        if kind not in self._kinds:
            self._kinds[kind] = kind()
        settings: S = self._kinds[kind]
        return settings

    def use(self, settings: BaseSettings) -> None:
        """These instead of the environment's."""
        self._kinds[type(settings)] = settings
