"""Writing e-mails: inside the unit of work that causes them, once for each cause."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import msgspec

from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id
from tramita.kit.mail.channel import CHANNEL, FACTS, RECIPIENT, SERVER
from tramita.kit.mail.kinds import MailKind

_WRITE: Final = """
    WITH mail AS (
        INSERT INTO mails (id, cause, template, subject_id, tenant, carrier, language, recipient, facts, written_at)
        SELECT m.id, cause, template, subject_id, coalesce(o.tenant, 'house'), o.carrier, language, recipient,
               facts::jsonb, tramita_now()
        FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::text[])
            AS m(id, cause, template, subject_id, language, recipient, facts)
        LEFT JOIN LATERAL tramita_owner(subject_id) AS o ON true
        ON CONFLICT (cause) DO NOTHING RETURNING id
    )
    INSERT INTO mail_deliveries
        (id, mail_id, server_id, state, attempts, tries, is_held, next_attempt_at, wake_at)
    SELECT mail.id, mail.id, $8, 'waiting', 0, 0, false, now(), now() + $9::interval FROM mail
    RETURNING id
"""


@dataclass(frozen=True, slots=True)
class NewMail:
    """An e-mail to somebody about ``subject_id``; ``cause`` names what it is written for.

    A second one of the same cause is not written.
    """

    kind: MailKind[Any]
    cause: str
    subject_id: UUID
    recipient: str = field(repr=False)
    language: str
    facts: msgspec.Struct = field(repr=False)


async def write_mails(work: UnitOfWork, mails: Sequence[NewMail]) -> int:
    """Write those whose cause had none yet, and enqueue them; answers how many."""
    if not mails:
        return 0
    written = await work.fetch(
        _WRITE,
        [new_id() for _ in mails],
        [f"{one.kind.key}:{one.cause}" for one in mails],
        [one.kind.key for one in mails],
        [one.subject_id for one in mails],
        [one.language for one in mails],
        [work.keys.encrypt(one.recipient, RECIPIENT) for one in mails],
        [work.keys.encrypt_json(msgspec.to_builtins(one.facts), FACTS) for one in mails],
        SERVER,
        CHANNEL.patience,
    )
    # One delivery each: it bears the e-mail's own id.
    CHANNEL.enqueue(work, [row["id"] for row in written])
    return len(written)
