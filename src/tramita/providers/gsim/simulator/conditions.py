"""How GSIM behaves today; its operator can change it."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from tramita.simulation.simulator import UnknownAct

ACTIVATIONS = ("succeed", "fail", "hold")
EVERY_NUMBER = "*"


class Conditions(msgspec.Struct, forbid_unknown_fields=True):
    """What the operator may set.

    ``activations``: whether a line is activated at once, rejected at once, or held until
    the operator does either. ``number_not_reserved``: the number that GSIM takes for not
    reserved (``*``: every number, empty: none); it does not know Sigan's stock.
    """

    activations: Literal["succeed", "fail", "hold"] = "succeed"
    number_not_reserved: str = ""

    def is_reserved(self, msisdn: str) -> bool:
        """Whether GSIM takes a number for reserved."""
        return self.number_not_reserved not in (EVERY_NUMBER, msisdn)

    def set(self, wanted: Mapping[str, object]) -> None:
        """Change what ``wanted`` names, all of it or nothing; else raise ``UnknownAct``."""
        try:
            changed = msgspec.convert({**self.shown(), **wanted}, Conditions)
        except msgspec.ValidationError as wrong:
            names = ", ".join(self.__struct_fields__)
            raise UnknownAct(f"{wrong}; conditions are {names}") from wrong
        self._become(changed)

    def forget(self) -> None:
        """Go back to how the vendor is at first."""
        self._become(Conditions())

    def shown(self) -> dict[str, object]:
        """All conditions by name."""
        shown: dict[str, object] = msgspec.to_builtins(self)
        return shown

    def _become(self, other: "Conditions") -> None:
        for name in self.__struct_fields__:
            setattr(self, name, getattr(other, name))
