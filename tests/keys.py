"""The keys of a run: its databases are made with them, and every process of it has them."""

import os
from typing import Final

KEYS: Final = {"TRAMITA_ENCRYPTION_KEYS": "a" * 43, "TRAMITA_LOOKUP_KEY": "b" * 43}


def keys_of_the_run() -> dict[str, str]:
    """What a process with an environment of its own has to be given; the demo's keys need nothing."""
    return {name: os.environ[name] for name in KEYS if name in os.environ}
