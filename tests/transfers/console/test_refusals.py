"""Whatever a page of transfers or chats has to refuse can be said in every language of operators."""

import re
from pathlib import Path

import pytest

from tramita.chats import errors as _chats
from tramita.chats.console.words import REFUSALS as OF_CHATS
from tramita.kit.errors import ConflictError, NotFoundError, UnsupportedError
from tramita.kit.languages.words import words_in
from tramita.transfers import errors as _transfers
from tramita.transfers.console.refusals import REFUSALS as OF_TRANSFERS
from tramita.transfers.errors import ReadOnly
from tramita.transfers.lifecycle import ApplicationState, PaymentState
from tramita.transfers.notices import replaying as _replaying
from tramita.transfers.office import wanting as _wanting

ROOMS = {
    "tramita.chats.": OF_CHATS,
    "tramita.transfers.": OF_TRANSFERS,
}
# Told to those who open the Mini App, in its own words.
ELSEWHERE = "tramita.transfers.webapp."
__all__ = ["_chats", "_replaying", "_transfers", "_wanting"]


def errors_of(family: type[Exception]) -> set[type[Exception]]:
    """Every kind of it."""
    return {family}.union(*(errors_of(one) for one in family.__subclasses__()))


@pytest.mark.parametrize("room", ROOMS)
def test_every_refusal_is_in_the_catalogue(room: str) -> None:
    """An error that a page shows has its sentence among those that are translated."""
    missing = sorted(
        str(one.__doc__)
        for family in (ConflictError, NotFoundError, UnsupportedError)
        for one in errors_of(family)
        if one.__module__.startswith(room) and not one.__module__.startswith(ELSEWHERE)
        if (one.__doc__ or "") not in ROOMS[room]
    )

    assert [] == missing


@pytest.mark.parametrize("language", ["pt", "ru"])
@pytest.mark.parametrize("state", [*ApplicationState, *PaymentState])
def test_names_no_state_in_english(language: str, state: ApplicationState | PaymentState) -> None:
    """Nor by the word that programs have for it."""
    told = words_in(language).translated(ReadOnly(state=state).sentence)

    assert f"“{state.value}”" not in told
    assert f"«{state.value}»" not in told
    assert f" {state.value}" not in told


@pytest.mark.parametrize("language", ["pt", "ru"])
def test_says_in_no_english_what_is_in_the_way(language: str) -> None:
    """Whatever the code says there stands in the catalogue."""
    in_the_way = {
        one
        for path in Path(_transfers.__file__).parent.rglob("*.py")
        for one in re.findall(r"StatusForbids\([^)]*what=\"([^\"]+)\"", path.read_text())
    }

    assert in_the_way
    assert [] == [one for one in in_the_way if words_in(language).translated(one) == one]
