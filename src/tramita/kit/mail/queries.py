"""Read models: e-mails and what became of them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Annotated, Final, TypeVar
from uuid import UUID

from msgspec import Meta, Struct

from tramita.kit.bounds import within
from tramita.kit.database.conditions import one_of, only_given
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import NotFoundError
from tramita.kit.mail.channel import CHANNEL, RECIPIENT, SERVER
from tramita.kit.masking import mask_text
from tramita.kit.outbox.lifecycle import DeliveryState

# An e-mail has some fourteen attempts, and as many more whenever somebody sends it again.
_MOST_ATTEMPTS: Final = 1000

_MAILS: Final = """
    SELECT m.id, m.template, m.subject_id, m.language, m.recipient, m.written_at, d.state,
           CASE WHEN d.state = 'waiting' THEN d.next_attempt_at END AS next_attempt_at
    FROM mails AS m JOIN mail_deliveries AS d ON d.mail_id = m.id
"""


class MailNotFound(NotFoundError):
    """There is no e-mail {id}."""


class MailAttempt(Struct):
    """One attempt and its answer, masked; no milliseconds: nobody knows how it ended.

    ``handed_at``: from then on the text may have arrived.
    """

    number: int
    started_at: datetime
    handed_at: datetime | None
    status: int | None
    error: str | None
    answer: str
    milliseconds: int | None


class MailView(Struct):
    """One e-mail; ``recipient`` is masked, and null once it is forgotten."""

    id: UUID
    template: str
    subject_id: Annotated[UUID, Meta(description="The contract that it is about.")]
    language: str
    recipient: str | None
    state: DeliveryState
    written_at: datetime
    next_attempt_at: datetime | None


M = TypeVar("M", bound=MailView)


class MailDetails(MailView):
    """An e-mail with every attempt to send it."""

    attempts: list[MailAttempt]


async def list_mails(
    work: UnitOfWork,
    *,
    states: Collection[DeliveryState] = (),
    subject_id: UUID | None = None,
    before: UUID | None = None,
    limit: int,
) -> list[MailView]:
    """E-mails in one of these states, or in any; newest first, those before ``before``."""
    asked = {"m.subject_id =": subject_id, "m.id <": before}
    where, values = only_given(work.bounds.asked("m"), asked, first=2)
    among = one_of("d.state", states) if states else "true"
    statement = f"{_MAILS} WHERE {where} AND {among} ORDER BY m.id DESC LIMIT $1"
    return [_shown(work, one) for one in await work.read(MailView, statement, limit, *values)]


async def get_mail(work: UnitOfWork, mail_id: UUID) -> MailDetails:
    """One e-mail with its attempts; raises ``MailNotFound``."""
    rows = await work.fetch(
        f"{_MAILS} WHERE m.id = $1 AND {within('m', 2)}", mail_id, *work.bounds.limits
    )
    if not rows:
        raise MailNotFound(id=mail_id)
    attempts: Sequence[MailAttempt] = await work.read(
        MailAttempt,
        "SELECT number, started_at, handed_at, status, error, answer, milliseconds "
        "FROM mail_attempts WHERE delivery_id = $1 ORDER BY number LIMIT $2",
        mail_id,
        _MOST_ATTEMPTS,
    )
    facts = dict(rows[0]) | {"state": DeliveryState(rows[0]["state"])}
    return _shown(work, MailDetails(**facts, attempts=list(attempts)))


async def send_again(work: UnitOfWork, mail_id: UUID) -> None:
    """Send an e-mail that has come to an end anew, under the same Message-ID.

    Raises ``MailNotFound``, and ``TransitionNotAllowed`` while it is waiting or being sent.
    """
    await get_mail(work, mail_id)
    await work.fetch("SELECT FROM mail_servers WHERE id = $1 FOR NO KEY UPDATE", SERVER)
    # It has one delivery, which bears its id.
    await CHANNEL.replay(work, mail_id)


def _shown(work: UnitOfWork, mail: M) -> M:
    if mail.recipient is not None:
        mail.recipient = mask_text(work.keys.decrypt(mail.recipient, RECIPIENT))
    return mail
