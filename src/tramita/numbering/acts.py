"""What is done outside, by name: whoever wants an act need not know who does it."""

from typing import Final

from tramita.kit.operations.kind import ActName
from tramita.numbering.ports import LineActivation, NumberInventory

RELEASE_HOLD: Final = ActName("numbering.release_hold", NumberInventory)
RELEASE_NUMBER: Final = ActName("numbering.release_number", NumberInventory)
ACTIVATE_LINE: Final = ActName("numbering.activate_line", LineActivation, "numbering.ask_line")
END_LINE: Final = ActName("numbering.end_line", LineActivation)
