"""How Lyra, and the banks behind it, are today."""

from typing import Literal

from tramita.simulation.conditions import VendorConditions

DEBITS = ("as_cards", "refuse", "hold")


class Conditions(VendorConditions):
    """What the operator may set.

    ``debits``: what banks say to debits without an owner: what their cards are for, no, or
    nothing until the operator settles it. ``refusal`` is the code of such a no. ``is_captured``:
    payments have been moved, so that giving back is a movement of its own. ``percent``: how much
    is taken of what a debit or a form asks for.
    """

    debits: Literal["as_cards", "refuse", "hold"] = "as_cards"
    refusal: str = "51"
    is_captured: bool = True
    percent: int = 100
