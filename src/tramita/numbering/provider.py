"""Which providers numbering works through."""

from typing import Final

PROVIDER: Final = "sigan"
