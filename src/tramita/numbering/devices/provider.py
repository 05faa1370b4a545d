"""The provider of the device list; its code is found by this key."""

from typing import Final

PROVIDER: Final = "gsim"
