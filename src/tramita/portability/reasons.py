"""Why a contract stopped, or waits for somebody."""

from dataclasses import dataclass
from typing import Final

from tramita.kit.masking import mask_text
from tramita.portability.ports import StopReason
from tramita.portability.words import LENDER

_LONGEST_CODE: Final = 64
_LONGEST_SAID: Final = 300


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a contract was refused or parked; ``code`` is stable, the sentence is English.

    A lender's own no is in the lender's words.
    """

    code: str
    sentence: str


def lender_reason(stop: StopReason) -> Reason:
    """The lender's own no, in its words as far as they may be shown."""
    return Reason(f"{LENDER}{stop.code}"[:_LONGEST_CODE], mask_text(stop.text)[:_LONGEST_SAID])
