"""The stages of an application, as they stand in the list of all contracts.

It has a contract from the moment in which an offer is accepted.
"""

from collections.abc import Mapping
from typing import Final

from tramita.contracts.backends import Stage
from tramita.kit.languages.words import to_translate
from tramita.transfers.console.words import APPLICATION_STAMPS, OUTLOOK
from tramita.transfers.lifecycle import ApplicationState as S

_SETTLED: Final = {S.COMPLETED, S.CANCELLED, S.REJECTED}

STAGES: Final[Mapping[str, Stage]] = {
    state: Stage(stamp, OUTLOOK[state], is_settled=state in _SETTLED)
    for state, stamp in APPLICATION_STAMPS.items()
}
# Kinds of application, in a word or two.
PRODUCTS: Final[Mapping[str, str]] = {
    "ordinary": to_translate("Ordinary application"),
    "special": to_translate("Special application"),
    "telegram": to_translate("Application from a chat"),
}
