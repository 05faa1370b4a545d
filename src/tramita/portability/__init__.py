"""Envelopes of loan portability contracts, carried through a credit provider.

An envelope holds the contracts a client formalises in one go. Requesting its link
turns every portability contract in it into a proposal at the provider, all in
parallel; each answer is judged, and when the last contract is through, "all done"
is announced. After the client has signed, the provider's news carry each contract to
payment or to its end (``journey`` tells the story). Life cycles: ``Portability`` (the truth), the contract status derived
from it, and ``Envelope``. Started by ``POST /api/contratos/formalizacao/enviar-link/``.
"""
