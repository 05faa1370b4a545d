"""How this simulated Lex Persona behaves today; its operator can change it."""

from tramita.simulation.conditions import VendorConditions


class Conditions(VendorConditions):
    """What the operator may set.

    ``allows_profile``: whether our user may use our signature profile.
    """

    allows_profile: bool = True
