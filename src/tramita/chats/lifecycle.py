"""The lives of a chat, of a file in it, of an import, and of what is sent there.

A chat is ``present`` while our bot is in it. Removed, or told by the messenger that there is no
such chat, it is ``lost``: nothing more is sent there, everything that is known of it stays, and the bot
added again finds it as it was. Whose a chat is does not belong to its life: nobody has activated
one without a tenant.

A file that somebody attached is ``waiting`` until it is fetched. ``kept`` it is here for as long as
the chat is; ``missing`` it can never be had: too large for bots, or gone before we asked.

What is sent lives as on every channel of the outbox. A messenger knows nothing again that it has
heard before, so whatever may stand in a chat is not repeated but by a person (``unknown``). What
only has a message say something else may be repeated, and is.
"""

from enum import StrEnum
from typing import Final

from tramita.kit.lifecycle import Lifecycle
from tramita.kit.outbox.lifecycle import life_of_delivery


class ChatState(StrEnum):
    """Whether our bot is in a chat."""

    PRESENT = "present"
    LOST = "lost"


class ChatTrigger(StrEnum):
    """What becomes of our bot there."""

    LOSE = "lose"
    RETURN = "return"


CHAT: Final = Lifecycle(
    name="chat",
    initial=ChatState.PRESENT,
    table={
        ChatState.PRESENT: {ChatTrigger.LOSE: ChatState.LOST},
        ChatState.LOST: {ChatTrigger.RETURN: ChatState.PRESENT},
    },
)


class AssetState(StrEnum):
    """Whether a file is here."""

    WAITING = "waiting"
    KEPT = "kept"
    MISSING = "missing"


class AssetTrigger(StrEnum):
    """What came of fetching it."""

    KEEP = "keep"
    MISS = "miss"


ASSET: Final = Lifecycle(
    name="file of a chat",
    initial=AssetState.WAITING,
    table={
        AssetState.WAITING: {
            AssetTrigger.KEEP: AssetState.KEPT,
            AssetTrigger.MISS: AssetState.MISSING,
        }
    },
)


class ImportState(StrEnum):
    """How far an import is."""

    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"


class ImportTrigger(StrEnum):
    """How it ends."""

    FINISH = "finish"
    REFUSE = "refuse"


IMPORT: Final = Lifecycle(
    name="import of a chat",
    initial=ImportState.RUNNING,
    table={
        ImportState.RUNNING: {
            ImportTrigger.FINISH: ImportState.DONE,
            ImportTrigger.REFUSE: ImportState.REFUSED,
        }
    },
)

DELIVERY: Final = life_of_delivery("message to a chat", is_repeatable=False)
