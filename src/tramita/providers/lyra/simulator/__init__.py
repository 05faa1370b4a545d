"""Lyra on loopback: a shop's forms, saved cards and payments. SIMULATED.

Written from Lyra's public documents and from what an application that uses it reads and sends:
``vendor`` says what each request comes to; the ``shop`` keeps forms, tokens and transactions;
``cards`` are the numbers that pay, and those that do not; ``pages`` is where a payer writes one;
``messages`` tell of it afterwards (IPN). Codes of errors are partly assumed.

This package imports nothing of the provider's client: what both got wrong together would never be
found.
"""

from tramita.providers.lyra.simulator.vendor import make_simulator

__all__ = ["make_simulator"]
