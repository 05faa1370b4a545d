"""The engine under every vendor's simulator.

A simulator is a vendor's HTTP API on loopback, with a world behind it: a ledger
of what really happened, faults that can be set from outside, a journal of
requests and answers, a clock that can be moved, and people who can be made to
act. This area knows no vendor; each provider's folder brings its own
``make_simulator``. Nothing here may run in production.
"""
