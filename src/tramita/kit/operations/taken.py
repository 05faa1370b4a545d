"""An operation in somebody's hands: to be carried out, or to be asked about."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from tramita.kit.operations.lifecycle import OperationState as S


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is known about an operation whose outcome is not, by questions so far.

    ``asked`` counts the present question. ``lasts`` is since when nobody knows,
    ``nothing_for`` since when the provider says that nothing is there.
    ``reference`` is the provider's own key, when at least that is known. ``is_pending``: the
    provider has accepted it, and only how it ends is not known. ``is_elsewhere``: it is in other
    hands, of somebody who may live and send; so it is asked about, and nothing is sent.
    ``said`` is why nobody knew, the last time.
    """

    asked: int
    lasts: timedelta
    nothing_for: timedelta | None
    reference: str | None
    is_pending: bool = False
    is_elsewhere: bool = False
    said: str | None = None

    def left_of(self, limit: timedelta) -> timedelta:
        """How much of ``limit`` is left since nobody knows."""
        return limit - self.lasts

    def left_to_believe(self, limit: timedelta) -> timedelta:
        """How much of ``limit`` is left since the provider says that nothing is there."""
        return limit - (self.nothing_for or timedelta(0))


@dataclass(frozen=True, slots=True)
class Taken:
    """An operation this taker, and nobody else, is to carry out or to ask about.

    ``is_lost``: it was sent by somebody who never recorded an outcome. It must not
    be sent again; its outcome is unknown. ``was_unknown``: so is the outcome of an earlier
    attempt, and no other job asks. ``taken_at`` is the platform's time.
    """

    id: UUID
    key: str
    provider: str
    subject_id: UUID
    attempt: int
    epoch: int
    is_lost: bool
    taken_at: datetime
    doubt: Doubt | None = None
    was_unknown: bool = False

    @property
    def is_in_doubt(self) -> bool:
        """Whether an earlier attempt may have been done."""
        return self.is_lost or self.was_unknown


def taken_of(row: asyncpg.Record, *, source: S = S.PREPARED, doubt: Doubt | None = None) -> Taken:
    """An operation that was just taken, to be carried out from ``source`` or with a ``doubt``."""
    return Taken(
        row["id"],
        row["key"],
        row["provider"],
        row["subject_id"],
        row["attempts"],
        row["epoch"],
        source is S.SENT,
        row["taken_at"],
        doubt,
        source is S.UNKNOWN,
    )
