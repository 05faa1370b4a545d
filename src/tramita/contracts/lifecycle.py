"""The life of a contract: created, perhaps activated, in the end cancelled.

The state is the core's word about where the contract stands. ``activated``, the
field, is the backend's word about whether its service runs now: it becomes true
together with the move to ``activated``, and it may become false again, when the
service ended, without the contract going back. A failed activation therefore moves
nothing: the contract stays ``created``, with the reason in its timeline.

``suspend`` and ``resume`` are not states either: a suspended contract is still an
activated one, whose service rests for a while.
"""

from enum import StrEnum

from tramita.kit.lifecycle import Lifecycle


class ContractState(StrEnum):
    """Where a contract stands."""

    CREATED = "created"
    ACTIVATED = "activated"
    CANCELLED = "cancelled"


class ContractTrigger(StrEnum):
    """What moves it: its backend, or whoever cancels it."""

    ACTIVATE = "activate"
    CANCEL = "cancel"


S, T = ContractState, ContractTrigger

LIFECYCLE = Lifecycle(
    name="contract",
    initial=S.CREATED,
    table={
        S.CREATED: {T.ACTIVATE: S.ACTIVATED, T.CANCEL: S.CANCELLED},
        S.ACTIVATED: {T.CANCEL: S.CANCELLED},
    },
)

ACTIVE = frozenset({S.CREATED, S.ACTIVATED})
