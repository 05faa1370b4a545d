"""QI Tech on loopback: the synchronous part of its credit transfer API.

Paths, signing, error envelope and field names are public or seen in public
client code; what is assumed is said where it stands. This package imports
nothing of the provider's client: what both got wrong would never be found.
"""

from tramita.providers.qitech.simulator.vendor import make_simulator

__all__ = ["make_simulator"]
