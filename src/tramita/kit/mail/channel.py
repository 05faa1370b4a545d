"""E-mails as a channel of the outbox: their tables, and what was handed over and never answered."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.mail.lifecycle import DELIVERY
from tramita.kit.outbox import letters as outbox
from tramita.kit.outbox.channel import Channel
from tramita.kit.outbox.letters import Settlement
from tramita.kit.outbox.tables import Tables, was_handed_over
from tramita.kit.transitions import Stateful

SERVER: Final = UUID("0192f5d0-0000-7000-8000-000000000025")
"""The row of the one mail server that all e-mails go to; where it is, the settings say."""

RECIPIENT: Final = "mails.recipient"
FACTS: Final = "mails.facts"


@dataclass(frozen=True, slots=True)
class Letter(outbox.Letter):
    """What one attempt hands over: of which kind, to whom, and the facts as JSON; empty when forgotten."""

    mail_id: UUID
    template: str
    language: str
    recipient: str = field(repr=False)
    facts: str = field(repr=False)


async def never_mind(_: UnitOfWork, __: Sequence[Settlement[Letter]]) -> None:
    """The mail server stays what it is, whatever becomes of e-mails."""


CHANNEL: Final = Channel(
    name="mails",
    job="mails.send",
    letter=Letter,
    deliveries=Stateful(DELIVERY, "mail_deliveries"),
    tables=Tables(
        messages="mails",
        message="mail_id",
        receivers="mail_servers",
        receiver="server_id",
        attempts="mail_attempts",
        columns={
            "mail_id": "m.id",
            "template": "m.template",
            "language": "m.language",
            "recipient": "coalesce(m.recipient, '')",
            "facts": "coalesce(m.facts #>> '{}', '')",
        },
        encrypted={"recipient": RECIPIENT, "facts": FACTS},
        is_open="true",
        closed="the mail server is closed",
        is_lost=was_handed_over("mail_attempts"),
    ),
    judge=never_mind,
    lanes=10,
    # Longer than the longest deadline of one attempt.
    lease=timedelta(minutes=15),
)


async def note_handing_over(work: UnitOfWork, letters: Sequence[Letter]) -> list[bool]:
    """Write down that their texts are handed over now; false for one that is in other hands.

    From here on whoever finds such a delivery without an end does not send it again.
    """
    work.actor = CHANNEL.name
    await work.fetch("SELECT FROM mail_servers WHERE id = $1 FOR NO KEY UPDATE", SERVER)
    return await CHANNEL.note_handing_over(work, letters)
