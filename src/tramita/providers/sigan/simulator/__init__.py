"""SIMULATED, not Vivo's API: Sigan, the OSS that owns the phone numbers, on loopback.

Nothing public describes Sigan. Its paths, fields, codes and its whole behavior are assumed
here from what the seed asks of it; the words are those of the field notes, section 11.

``vendor`` says what each request comes to. What happens to numbers happens in the
``inventory`` alone: its stock is made from the seed, and its ledger is the
oracle of the tests. What may go wrong is listed in ``fault_codes``. This package imports
nothing of the provider's client: what both got wrong would never be found.
"""

from tramita.providers.sigan.simulator.vendor import make_simulator

__all__ = ["make_simulator"]
