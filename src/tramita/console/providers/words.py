"""How providers stand, in words."""

from collections.abc import Mapping
from typing import Final

from tramita.console.words import Stamp
from tramita.kit.languages.words import to_translate
from tramita.kit.operations.board import ProviderStanding

PAUSED: Final = Stamp(to_translate("Paused"), "wait")
PARTLY: Final = Stamp(to_translate("Partly paused"), "wait")
MISSING: Final = Stamp(to_translate("Not connected"), "refused")
UNHEARD: Final = Stamp(to_translate("No process tells of it"), "unknown")
BREAKERS: Final[Mapping[str, Stamp]] = {
    "closed": Stamp(to_translate("Well"), "done"),
    "open": Stamp(to_translate("Down, calls are held back"), "refused"),
    "probing": Stamp(to_translate("Being tried"), "wait"),
}
DONE: Final[Mapping[str, str]] = {
    "pause": to_translate("It is paused. What is under way comes to its end; nothing new is sent."),
    "resume": to_translate("It goes on. What waits is taken up within seconds, at the usual pace."),
    "close": to_translate("Every process calls it again within seconds."),
}


def stamp_of(one: ProviderStanding) -> Stamp:
    """What matters most about a provider now."""
    if one.is_paused:
        return PAUSED
    if one.missing:
        return MISSING
    if one.breaker != "closed":
        return BREAKERS[one.breaker]
    if one.pauses:
        return PARTLY
    return BREAKERS["closed"] if one.lines else UNHEARD
