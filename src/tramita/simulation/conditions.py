"""How a vendor behaves today, as its operator may change it."""

from collections.abc import Mapping
from typing import Self

import msgspec

from tramita.simulation.simulator import UnknownAct


class VendorConditions(msgspec.Struct, forbid_unknown_fields=True):
    """What a vendor's operator may set; the defaults of a subclass are the vendor at first."""

    def set(self, wanted: Mapping[str, object]) -> None:
        """Change what ``wanted`` names, all of it or nothing; else raise ``UnknownAct``."""
        try:
            changed = msgspec.convert({**self.shown(), **wanted}, type(self))
        except msgspec.ValidationError as wrong:
            names = ", ".join(self.__struct_fields__)
            raise UnknownAct(f"{wrong}; conditions are {names}") from wrong
        self._become(changed)

    def forget(self) -> None:
        """Go back to how the vendor is at first."""
        self._become(type(self)())

    def shown(self) -> dict[str, object]:
        """All conditions by name."""
        shown: dict[str, object] = msgspec.to_builtins(self)
        return shown

    def _become(self, other: Self) -> None:
        for name in self.__struct_fields__:
            setattr(self, name, getattr(other, name))
