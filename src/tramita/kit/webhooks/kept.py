"""How long events and their deliveries are kept."""

from collections.abc import Sequence
from typing import Final

from tramita.kit.database.conditions import one_of
from tramita.kit.kept import Kept
from tramita.kit.outbox.lifecycle import OPEN

KEPT: Final[Sequence[Kept]] = (
    Kept(
        name="webhook events",
        table="webhook_events",
        what="what partners were told, with its deliveries and their attempts",
        stays="what is still to be delivered",
        age="occurred_at",
        days="webhook_events_days",
        where="NOT EXISTS (SELECT FROM webhook_deliveries AS o "
        f"WHERE o.event_id = t.id AND {one_of('o.state', OPEN)})",
    ),
)
