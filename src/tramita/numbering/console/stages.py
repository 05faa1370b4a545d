"""How the console calls the stages of a mobile line, and what is awaited at each."""

from collections.abc import Mapping
from typing import Final

from tramita.console.words import Stamp
from tramita.contracts.backends import Stage
from tramita.kit.languages.words import to_translate
from tramita.numbering.contracts.lifecycle import LineState as S

STAGES: Final[Mapping[str, Stage]] = {
    S.REQUESTED: Stage(
        Stamp(to_translate("Number awaited"), "wait"),
        to_translate("A number has to be reserved for it."),
    ),
    S.NUMBERED: Stage(
        Stamp(to_translate("Has its number"), "wait"),
        to_translate("The number has to be put on a SIM."),
    ),
    S.LIVE: Stage(
        Stamp(to_translate("Live"), "done"), to_translate("The line is in use."), is_settled=True
    ),
    S.ENDED: Stage(
        Stamp(to_translate("Ended"), "idle"),
        to_translate("Its number rests, and is then given back by itself."),
    ),
    S.RETURNED: Stage(
        Stamp(to_translate("Number given back"), "idle"),
        to_translate("There is nothing left to do."),
        is_settled=True,
    ),
    S.FAILED: Stage(
        Stamp(to_translate("No number"), "refused"),
        to_translate("No number could be reserved; the contract has to be cancelled."),
    ),
    S.CANCELLED: Stage(
        Stamp(to_translate("Cancelled"), "idle"),
        to_translate("There is nothing left to do."),
        is_settled=True,
    ),
}
