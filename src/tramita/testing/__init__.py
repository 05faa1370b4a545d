"""What every provider promises, to be tried on yours: the conformance suites.

A suite is a class with tests; a test module subclasses the one of a port, says which provider
it is and what the simulator needs to be told, and pytest does the rest. ``lenders``, ``numbers``,
``lines`` and ``devices`` are those of the ports, ``gateways`` is for a port of your own and ``messages``
for whatever your vendor posts. pytest comes with ``tramita[testing]``.
"""
