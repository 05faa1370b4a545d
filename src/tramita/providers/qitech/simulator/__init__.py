"""QI Tech on loopback: its credit transfer API, and what comes after the answer.

A clerk for each kind of request (``desk``) works on the records of the ``office``.
What later happens to a proposal happens in ``life`` alone, by the table of
``lifecycle``: because ``people`` act, or because ``course`` lets time pass.

Paths, signing, error envelope and field names are public or seen in public
client code; what is assumed is said where it stands. This package imports
nothing of the provider's client: what both got wrong would never be found.
"""

from tramita.providers.qitech.simulator.vendor import make_simulator

__all__ = ["make_simulator"]
