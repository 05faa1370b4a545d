"""How GSIM behaves today; its operator can change it."""

from typing import Literal

from tramita.simulation.conditions import VendorConditions

ACTIVATIONS = ("succeed", "fail", "hold")
EVERY_NUMBER = "*"


class Conditions(VendorConditions):
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
