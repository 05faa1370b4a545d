"""Which e-mails follow from what has just happened to orders, each once for its cause.

Called inside the unit of work in which it happened; the outbox sends them after it has ended.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg

from tramita.contracts.model import CUSTOMER_EMAIL, CUSTOMER_NAME
from tramita.kit.database.conditions import one_of
from tramita.kit.database.work import UnitOfWork
from tramita.kit.languages.choosing import choose_language
from tramita.kit.mail.kinds import MailKind
from tramita.kit.mail.writing import NewMail, write_mails
from tramita.orders.lifecycle import ACTIVE, OrderState
from tramita.orders.mails.facts import Due, OrderFacts
from tramita.orders.mails.kinds import (
    INSTALLMENT_PAID,
    INSTALLMENT_REFUSED,
    INSTALLMENTS_FULLY_PAID,
    ORDER_REFUNDED,
    ORDER_VALIDATED,
)
from tramita.payments.lifecycle import InstallmentState
from tramita.payments.queries import standing_of

# What has moved in this very unit of work bears its number; time may be moved meanwhile. What goes back
# after the order was refunded, or alone, was paid later than it was canceled.
_MOVED: Final = f"""
    SELECT h.id, h.to_state, i.id AS installment, i.contract_id AS order_id, o.state
    FROM installments AS i JOIN orders AS o ON o.id = i.contract_id
    JOIN history AS h ON h.subject_id = i.id AND h.subject = 'installments'
    WHERE o.id = ANY($1::uuid[]) AND h.xmin = pg_current_xact_id()::xid
      AND (h.to_state IN ('paid', 'refused') AND h.from_state <> 'canceled'
           AND {one_of("o.state", ACTIVE)}
        OR h.to_state = 'refunded' AND (o.state = 'canceled' OR o.state = 'refunded' AND h.id > (
            SELECT max(r.id) FROM history AS r
            WHERE r.subject_id = o.id AND r.subject = 'orders' AND r.to_state = 'refunded')))
    ORDER BY h.id
"""  # noqa: S608 - constants
# An order is confirmed when it is known what is due when; those of a time without e-mails are not.
_CONFIRMED: Final = f"""
    SELECT o.id AS order_id FROM orders AS o
    WHERE o.id = ANY($1::uuid[]) AND {one_of("o.state", ACTIVE)}
      AND EXISTS (SELECT FROM installments AS i WHERE i.contract_id = o.id)
      AND NOT EXISTS (SELECT FROM mails AS m WHERE m.cause = 'order_validated:' || o.id)
      AND EXISTS (SELECT FROM history AS h, mail_servers AS s
                  WHERE h.subject_id = o.id AND h.subject = 'orders' AND h.to_state = 'pending'
                    AND h.at >= s.since)
    ORDER BY o.id
"""  # noqa: S608 - constants
_ABOUT: Final = """
    SELECT o.id, o.total, o.currency, p.title AS product, c.title AS course,
           coalesce(g.title, '') AS organization, u.name, u.email, u.locale
    FROM orders AS o JOIN course_products AS p ON p.id = o.product_id
    JOIN courses AS c ON c.id = o.course_id JOIN customers AS u ON u.id = o.owner_id
    LEFT JOIN organizations AS g ON g.id = o.organization_id WHERE o.id = ANY($1::uuid[])
"""
_TRIED: Final = """
    SELECT i.id, i.refused_at, tramita_now() AS now, t.last_numbers
    FROM installments AS i LEFT JOIN LATERAL (
        SELECT last_numbers FROM payment_transactions AS t
        WHERE t.installment_id = i.id ORDER BY created_at DESC, id DESC LIMIT 1
    ) AS t ON true WHERE i.id = ANY($1::uuid[])
"""


@dataclass(frozen=True, slots=True)
class Cause:
    """What an e-mail is written for; ``days`` are left until the instalment is debited."""

    kind: MailKind[OrderFacts]
    key: str
    order_id: UUID
    installment: UUID | None = None
    days: int | None = None


async def mail_what_moved(work: UnitOfWork, order_ids: Collection[UUID]) -> None:
    """Confirm orders whose schedule is known, and tell what was paid, refused or given back just now."""
    ids = list(order_ids)
    confirmed = [
        Cause(ORDER_VALIDATED, str(row["order_id"]), row["order_id"])
        for row in await work.fetch(_CONFIRMED, ids)
    ]
    moved = await work.fetch(_MOVED, ids)
    await write_causes(work, [*confirmed, *_causes_of(moved)])


def _causes_of(moved: Sequence[asyncpg.Record]) -> Iterable[Cause]:
    last = {row["order_id"]: row["installment"] for row in moved if row["to_state"] == "paid"}
    for row in moved:
        order, installment = row["order_id"], row["installment"]
        if row["to_state"] == InstallmentState.REFUNDED:
            yield Cause(ORDER_REFUNDED, f"{installment}:{row['id']}", order, installment)
        elif row["to_state"] == InstallmentState.REFUSED:
            yield Cause(INSTALLMENT_REFUSED, f"{installment}:{row['id']}", order, installment)
        elif row["state"] == OrderState.COMPLETED and last[order] == installment:
            yield Cause(INSTALLMENTS_FULLY_PAID, str(order), order, installment)
        else:
            yield Cause(INSTALLMENT_PAID, str(installment), order, installment)


async def mail_refund(work: UnitOfWork, order_id: UUID) -> None:
    """Tell that everything has gone back."""
    await write_causes(work, [Cause(ORDER_REFUNDED, str(order_id), order_id)])


async def write_causes(work: UnitOfWork, causes: Sequence[Cause]) -> int:
    """Write the e-mail of each cause that had none yet; answers how many."""
    if not causes:
        return 0
    ids = list({one.order_id for one in causes})
    orders = {row["id"]: row for row in await work.fetch(_ABOUT, ids)}
    accounts = await standing_of(work, ids)
    tried = {
        row["id"]: row
        for row in await work.fetch(_TRIED, [one.installment for one in causes if one.installment])
    }
    mails = []
    for one in causes:
        row, account = orders[one.order_id], accounts.get(one.order_id)
        installments = account.installments if account else []
        card = account.card.last_numbers if account and account.card else None
        facts = OrderFacts(
            full_name=work.keys.decrypt(row["name"], CUSTOMER_NAME),
            order_id=one.order_id,
            **{name: row[name] for name in _COPIED},
            installments=[
                Due(due.due_date, due.amount, due.state, is_this=due.id == one.installment)
                for due in installments
            ],
            card=card,
            days=one.days,
        )
        if one.installment is not None and one.days is None:
            attempt = tried[one.installment]
            facts.card = attempt["last_numbers"] or card
            facts.refused_at, facts.written_at = attempt["refused_at"], attempt["now"]
        mails.append(_mail(work, one, row, facts))
    return await write_mails(work, [one for one in mails if one.recipient])


_COPIED: Final = ("product", "course", "organization", "total", "currency")


def _mail(work: UnitOfWork, cause: Cause, row: Any, facts: OrderFacts) -> NewMail:
    recipient = work.keys.decrypt(row["email"] or "", CUSTOMER_EMAIL)
    language = choose_language(row["locale"])
    return NewMail(cause.kind, cause.key, cause.order_id, recipient, language, facts)
