"""How the provider's stages follow each other, and where each puts our portability."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, assert_never

from tramita.portability.lifecycle import PORTABILITY, PortabilityStatus, PortabilityTrigger
from tramita.portability.ports import Stage

P = PortabilityStatus

# The four ends exclude each other.
ENDS: Final = frozenset({Stage.PAID, Stage.RETAINED, Stage.REJECTED, Stage.CANCELED})
# The origin bank tells the balance or keeps the client, never both.
_AFTER_THE_BALANCE: Final = frozenset(
    {Stage.BALANCE_RETURNED, Stage.BALANCE_ACCEPTED, Stage.SETTLING, Stage.CONFIRMING}
)


def _status_of(stage: Stage) -> PortabilityStatus:
    match stage:
        case Stage.DECIDING:
            return P.DIGITACAO
        case Stage.OFFERED:
            return P.FORMALIZACAO_CLIENTE
        case Stage.HELD | Stage.SUBMITTED | Stage.AT_ORIGIN:
            return P.AGUARDANDO_SALDO
        case Stage.BALANCE_RETURNED:
            return P.SALDO_RETORNADO
        case Stage.BALANCE_ACCEPTED | Stage.SETTLING | Stage.CONFIRMING:
            return P.AGUARDANDO_PAGAMENTO
        case Stage.PAID:
            return P.FINALIZADO
        case Stage.RETAINED:
            return P.RETIDO
        case Stage.REJECTED | Stage.CANCELED:
            return P.CANCELADO
        case _:
            assert_never(stage)


STATUS_OF_STAGE: Final[Mapping[Stage, PortabilityStatus]] = {
    stage: _status_of(stage) for stage in Stage
}

_ORDER: Final = tuple(Stage)


def is_end(stage: Stage) -> bool:
    """Whether nothing follows it."""
    return stage in ENDS


def is_earlier(one: Stage, other: Stage) -> bool:
    """Whether ``one`` lies before ``other``. Of two ends, neither does."""
    if is_end(one):
        return False
    return is_end(other) or _ORDER.index(one) < _ORDER.index(other)


def contradict(one: Stage, other: Stage) -> bool:
    """Whether no proposal can have been in both."""
    if is_end(one) and is_end(other):
        return one is not other
    pair = {one, other}
    return Stage.RETAINED in pair and bool(pair & _AFTER_THE_BALANCE)


@lru_cache(maxsize=len(PortabilityStatus) ** 2)
def way_to(
    source: PortabilityStatus, target: PortabilityStatus
) -> tuple[PortabilityTrigger, ...] | None:
    """The arrows of the table from one status to another; ``None`` when there is no way."""
    ways: dict[PortabilityStatus, tuple[PortabilityTrigger, ...]] = {source: ()}
    frontier = [source]
    while frontier and target not in ways:
        state = frontier.pop(0)
        for trigger, follower in PORTABILITY.table.get(state, {}).items():
            if follower not in ways:
                ways[follower] = (*ways[state], trigger)
                frontier.append(follower)
    return ways.get(target)
