"""How long what was written to people is kept."""

from collections.abc import Sequence
from typing import Final

from tramita.kit.database.conditions import one_of
from tramita.kit.kept import Kept
from tramita.kit.outbox.lifecycle import OPEN

KEPT: Final[Sequence[Kept]] = (
    Kept(
        name="e-mails",
        table="mails",
        what="whom an e-mail went to, and what it was about",
        stays="that it was written, for which cause, and what became of it: so none is ever written twice",
        age="written_at",
        days="mails_days",
        among="t.recipient IS NOT NULL",
        where="NOT EXISTS (SELECT FROM mail_deliveries AS o "
        f"WHERE o.mail_id = t.id AND {one_of('o.state', OPEN)})",
        empties="recipient = NULL, facts = NULL",
        also=[
            "DELETE FROM mail_attempts WHERE delivery_id IN (SELECT d.id FROM mail_deliveries AS d "
            "WHERE d.mail_id IN (SELECT id FROM gone))"
        ],
    ),
)
