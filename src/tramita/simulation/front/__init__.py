"""What the front of every simulated vendor does the same way, so that no simulator does it again.

A simulator is a ``Vendor`` (``vendor``): its key, its table of paths, its errors, and
``prepare``, which reads an ``Asking`` and answers the ``Task`` that carries it out. The
front lets nobody in without the token, keeps the journal, answers a request id that comes
again as it did before (``memory``), words and bends what is answered (``voice``,
``bending``), and obeys whoever runs the vendor (``orders``).

A vendor that signs, or has a language of its own, brings a ``Voice``. Nothing here knows a
client: a simulator shares no code with whom it is there to try. ``docs/how-to`` has an
example of forty lines.
"""
