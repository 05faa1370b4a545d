"""Whatever a page of transfers or chats has to refuse can be said in every language of operators."""

import pytest

from tramita.chats import errors as _chats
from tramita.chats.console.words import REFUSALS as OF_CHATS
from tramita.kit.errors import ConflictError, NotFoundError
from tramita.transfers import errors as _transfers
from tramita.transfers.console.refusals import REFUSALS as OF_TRANSFERS
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
        for one in errors_of(ConflictError) | errors_of(NotFoundError)
        if one.__module__.startswith(room) and not one.__module__.startswith(ELSEWHERE)
        if (one.__doc__ or "") not in ROOMS[room]
    )

    assert [] == missing
