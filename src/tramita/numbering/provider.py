"""Which providers numbering works through."""

from typing import Final

PROVIDER: Final = "sigan"
# Who puts numbers on SIMs.
LINES: Final = "gsim"
