"""The 67 area codes (DDD) of Brazil that have phone numbers."""

from typing import Final

# Tens digit, then the ones digits in use; 23, 25, 26, 29, 36, 39, 52 and others do not exist.
_IN_USE: Final = {
    "1": "123456789",
    "2": "12478",
    "3": "1234578",
    "4": "123456789",
    "5": "1345",
    "6": "123456789",
    "7": "134579",
    "8": "123456789",
    "9": "123456789",
}

DDDS: Final = tuple(ten + one for ten, ones in _IN_USE.items() for one in ones)
