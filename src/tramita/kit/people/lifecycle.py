"""The life cycle of an erasure.

It is asked for once and then goes on by itself, in batches, over crashes. What a law obliges to
keep is left when all else is gone (``kept``), and goes when its time is over. ``erased`` is the
end: what comes in late is looked for some time longer, and changes no state.
"""

from enum import StrEnum
from typing import Final

from tramita.kit.lifecycle import Lifecycle


class ErasureState(StrEnum):
    """How far an erasure is."""

    ERASING = "erasing"
    KEPT = "kept"
    ERASED = "erased"


class ErasureTrigger(StrEnum):
    """What moves it."""

    KEEP = "keep"
    FINISH = "finish"
    GO_ON = "go_on"


S, T = ErasureState, ErasureTrigger

ERASURE: Final = Lifecycle(
    name="erasure",
    initial=S.ERASING,
    table={
        S.ERASING: {T.KEEP: S.KEPT, T.FINISH: S.ERASED},
        S.KEPT: {T.GO_ON: S.ERASING},
    },
)
