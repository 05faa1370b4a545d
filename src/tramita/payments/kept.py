"""How long a card is kept that is a card no more."""

from collections.abc import Sequence
from typing import Final

from tramita.kit.kept import Kept

KEPT: Final[Sequence[Kept]] = (
    Kept(
        name="deleted cards",
        table="credit_cards",
        what="cards that nobody has any more, when their provider has forgotten them",
        stays="on what was paid with them their last four digits",
        age="created_at",
        days=180,
        among="t.state = 'deleted'",
        where="NOT EXISTS (SELECT FROM payment_accounts AS a WHERE a.card_id = t.id)",
    ),
)
