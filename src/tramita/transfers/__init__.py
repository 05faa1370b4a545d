"""Payments abroad: asked for by a client, checked by an agent, priced in 1C, carried to their end.

An application comes from a chat of a messenger, from the API or from the console; which way it goes
is decided by ``rules.kinds``. What it may be and what moves it is told in ``lifecycle``.
"""
