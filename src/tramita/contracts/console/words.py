"""How the console calls where contracts stand that are on no journey, and how lists are narrowed."""

from collections.abc import Collection, Mapping
from typing import Final

from tramita.console.words import Stamp
from tramita.contracts.backends import Stage, find_keeper, find_stage, installed_backends
from tramita.contracts.lifecycle import ContractState as S
from tramita.contracts.lifecycle import ContractTrigger
from tramita.kit.http.showing import PartWords
from tramita.kit.languages.filled import Filled
from tramita.kit.languages.words import Words, to_translate

CONTRACT_STAGES: Final[Mapping[str, Stage]] = {
    S.CREATED: Stage(
        Stamp(to_translate("Made"), "wait"), to_translate("Its service has to be activated.")
    ),
    S.ACTIVATED: Stage(
        Stamp(to_translate("Activated"), "done"),
        to_translate("Its service runs."),
        is_settled=True,
    ),
    S.CANCELLED: Stage(
        Stamp(to_translate("Cancelled"), "idle"),
        to_translate("There is nothing left to do."),
        is_settled=True,
    ),
}
# Journeys as backends call them, for the console's catalogues to have them.
JOURNEYS: Final = (
    to_translate("1C"),
    to_translate("Orders"),
    to_translate("Portability"),
    to_translate("SMT"),
    to_translate("Telmex"),
    to_translate("Vivo"),
)
_PLAIN: Final = to_translate("No journey of its own: {backend}")
SUSPENDED: Final = Stamp(to_translate("Suspended"), "idle")
NOTHING_FITS: Final = to_translate("Nothing: its life is over.")
PARTS: Final[Mapping[str, PartWords]] = {
    "contracts": PartWords(
        to_translate("Contract"),
        {state: stage.stamp for state, stage in CONTRACT_STAGES.items()},
        {
            ContractTrigger.ACTIVATE: to_translate("Activated"),
            ContractTrigger.CANCEL: to_translate("Cancelled"),
        },
    ),
}


def stages_of(backend: str, there: Collection[str]) -> Mapping[str, Stage]:
    """The stages of a backend's journey in the order of the way, and any other in which a contract is.

    A backend without a plugin may be in envelopes: that is seen by where its contracts are (``there``).
    """
    plugin = installed_backends().get(backend)
    known = plugin.stages if plugin else _of_envelopes(there)
    stages = known or CONTRACT_STAGES
    return {**stages, **{one: stage_of(backend, one) for one in sorted({*there} - stages.keys())}}


def _of_envelopes(there: Collection[str]) -> Mapping[str, Stage]:
    keeper = find_keeper("", is_in_envelope=True)
    stages = keeper.besides if keeper else {}
    return {} if stages.keys().isdisjoint(there) else stages


def stage_of(backend: str, stage: str) -> Stage:
    """A stage; one that nobody has words for is called by its own."""
    found = find_stage(backend, stage) or CONTRACT_STAGES.get(stage)
    return found or Stage(Stamp(stage.replace("_", " ").capitalize(), "idle"), "")


def title_of(backend: str) -> str:
    """What a journey is called; to be translated.

    A backend without a plugin is a kind of product that is sold in envelopes, or nothing runs it.
    """
    plugin = installed_backends().get(backend)
    if plugin is not None:
        return plugin.title
    keeper = find_keeper(backend, is_in_envelope=True)
    sold = {code.lower(): said for code, said in keeper.products.items()} if keeper else {}
    return sold.get(backend) or Filled.of(_PLAIN, backend=backend)


def products_in(words: Words) -> dict[str, str]:
    """What backends call the kinds of product that have a code alone, in these words."""
    return {
        code: str(words.catalog.gettext(said))
        for plugin in installed_backends().values()
        for code, said in plugin.products.items()
    }
