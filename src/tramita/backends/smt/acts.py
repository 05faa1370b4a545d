"""What is done at SMT, by name: whoever wants an act need not know who does it."""

from collections.abc import Mapping
from typing import Final

from tramita.backends.smt.gateway import SMTGateway
from tramita.kit.operations.kind import ActName

CREATE: Final = ActName("smt.create_subscriber", SMTGateway)
ACTIVATE: Final = ActName("smt.activate_service", SMTGateway, ask_job="smt.ask_service")
REMOVE: Final = ActName("smt.remove_subscriber", SMTGateway)
# By the step of a contract that wants it.
ACTS: Final[Mapping[str, ActName]] = {"create": CREATE, "activate": ACTIVATE, "remove": REMOVE}
