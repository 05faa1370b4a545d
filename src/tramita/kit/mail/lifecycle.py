"""The life of an e-mail on its way.

It lives as on every channel of the outbox, with two ends of its own. ``refused``: the mail server
will not take it, because there is no such mailbox, say. ``unknown``: the text was handed over, and
nobody heard whether it was taken; the connection broke, or our worker died. A mail server can
not be asked, and would take the same message twice, so that a person decides (replaying it under the same
``Message-ID``).
"""

from typing import Final

from tramita.kit.outbox.lifecycle import life_of_delivery

DELIVERY: Final = life_of_delivery("e-mail", is_repeatable=False)
