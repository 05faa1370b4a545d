"""1C on loopback: a base with documents, the HTTP service in it, and its operators. SIMULATED.

``vendor`` says what each request comes to, ``book`` keeps the documents, ``licences`` are who may
come in, ``dirt`` is how answers are written on a bad day, ``acts`` are what people there do.

This package imports nothing of the provider's client: what both got wrong together would never be
found.
"""

from tramita.providers.onec.simulator.vendor import make_simulator

__all__ = ["make_simulator"]
