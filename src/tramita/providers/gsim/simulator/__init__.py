"""GSIM on loopback: devices, eSIM and SIM cards. SIMULATED, not Vivo's API.

Nothing public is known of GSIM's interfaces; every path, field, code and signature
here is assumed, for this project only. ``vendor`` says what each request comes to;
``lists`` and their ``catalog`` know brands and models, and ``lines`` what becomes of SIM
cards; ``callbacks`` tell of it afterwards. What can go wrong stands in ``bending`` (the
table of faults).

This package imports nothing of the provider's client: what both got wrong together
would never be found.
"""

from tramita.providers.gsim.simulator.vendor import make_simulator

__all__ = ["make_simulator"]
