"""Orders as rows of a spreadsheet, page after page: however many, a page is in memory."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from msgspec import Struct

from tramita.contracts.model import CUSTOMER_EMAIL, CUSTOMER_NAME
from tramita.kit.bounds import within
from tramita.kit.database.work import UnitOfWork
from tramita.kit.languages.words import Words, to_translate
from tramita.kit.runtime import Runtime
from tramita.kit.spreadsheets import MARK, Cell, write_rows
from tramita.orders.queries import OrderFilter
from tramita.payments.queries import AccountView, standing_of
from tramita.payments.settings import PaymentSettings
from tramita.signatures.queries import SignatureView, signature_states

_AT_ONCE: Final = 500
_ROWS: Final = """
    SELECT o.id, p.title AS product, k.name, k.email, g.title AS organization, o.state,
           o.created_at, (SELECT max(h.at) FROM history AS h WHERE h.subject_id = o.id) AS changed_at,
           p.type, ec.title AS session, e.state AS session_state, e.opened_at AS enrolled_at,
           o.total, o.currency, o.has_waived_withdrawal_right, d.title AS contract, m.kind AS invoice,
           m.total AS billed, t.paid, t.given_back
    FROM orders AS o JOIN customers AS k ON k.id = o.owner_id
    JOIN courses AS c ON c.id = o.course_id JOIN course_products AS p ON p.id = o.product_id
    LEFT JOIN organizations AS g ON g.id = o.organization_id
    LEFT JOIN contract_definitions AS d ON d.id = o.contract_definition_id
    LEFT JOIN enrollments AS e ON e.id = o.enrollment_id LEFT JOIN courses AS ec ON ec.id = e.course_id
    LEFT JOIN invoices AS m ON m.contract_id = o.id AND m.kind = 'main'
    LEFT JOIN LATERAL (
        SELECT coalesce(sum(amount) FILTER (WHERE kind = 'payment'), 0) AS paid,
               coalesce(sum(amount) FILTER (WHERE kind = 'refund'), 0) AS given_back
        FROM payment_transactions WHERE contract_id = o.id
    ) AS t ON true
"""
COLUMNS: Final = (
    to_translate("Order reference"),
    to_translate("Product"),
    to_translate("Owner"),
    to_translate("Email"),
    to_translate("Organization"),
    to_translate("Order state"),
    to_translate("Creation date"),
    to_translate("Last modification date"),
    to_translate("Product type"),
    to_translate("Enrollment session"),
    to_translate("Session status"),
    to_translate("Enrolled on"),
    to_translate("Price"),
    to_translate("Currency"),
    to_translate("Waived withdrawal right"),
    to_translate("Contract"),
    to_translate("Submitted for signature"),
    to_translate("Student signature date"),
    to_translate("Organization signature date"),
    to_translate("Type"),
    to_translate("Total (on invoice)"),
    to_translate("Balance (on invoice)"),
    to_translate("Billing state"),
    to_translate("Card type"),
    to_translate("Last card digits"),
    to_translate("Card expiration date"),
)
# Of each instalment, as many times as there may be instalments.
OF_INSTALLMENTS: Final = (
    to_translate("Payment date %(num)s"),
    to_translate("Payment amount %(num)s"),
    to_translate("Payment state %(num)s"),
)
# Front ends know this many, whatever the settings say.
_LEAST: Final = 4


class Row(Struct):
    """An order with what stands beside it; names and addresses as they are kept."""

    id: UUID
    product: str
    name: str
    email: str | None
    organization: str | None
    state: str
    created_at: datetime
    changed_at: datetime | None
    type: str
    session: str | None
    session_state: str | None
    enrolled_at: datetime | None
    total: Decimal
    currency: str
    has_waived_withdrawal_right: bool
    contract: str | None
    invoice: str | None
    billed: Decimal | None
    paid: Decimal
    given_back: Decimal

    @property
    def balance(self) -> Decimal | None:
        """What was paid beyond what was billed; below nothing where something is still due."""
        return None if self.billed is None else self.paid - self.given_back - self.billed

    @property
    def billing_state(self) -> str | None:
        """Whether the invoice is paid."""
        if self.balance is None:
            return None
        if self.balance >= 0:
            return "paid"
        return "refunded" if self.paid and self.paid == self.given_back else "unpaid"


async def export_orders(
    runtime: Runtime, wanted: OrderFilter, words: Words
) -> AsyncIterator[bytes]:
    """Orders within the caller's bounds, newest first, as CSV with a heading."""
    policy = runtime.configured(PaymentSettings).policy
    most = max(_LEAST, *(len(parts) for parts in policy.limits.values()))
    heading = [words.gettext(one) for one in COLUMNS]
    heading += [words.gettext(one, num=n) for n in range(1, most + 1) for one in OF_INSTALLMENTS]
    yield MARK + write_rows([heading], words)
    before: UUID | None = None
    while True:
        async with runtime.database.unit_of_work() as work:
            rows = await read_rows(work, wanted, before=before, limit=_AT_ONCE)
            ids = [row.id for row in rows]
            signatures, accounts = await signature_states(work, ids), await standing_of(work, ids)
        yield write_rows(
            (_cells(row, signatures.get(row.id), accounts.get(row.id), most) for row in rows), words
        )
        if len(rows) < _AT_ONCE:
            return
        before = rows[-1].id


async def read_rows(
    work: UnitOfWork, wanted: OrderFilter, *, before: UUID | None, limit: int
) -> list[Row]:
    """A page of them."""
    where, values = wanted.conditions(before, first=4)
    statement = f"{_ROWS} WHERE {within('o', 1)} AND {where} ORDER BY o.id DESC LIMIT $3"
    rows = await work.read(Row, statement, *work.bounds.limits, limit, *values)
    for row in rows:
        row.name = work.keys.decrypt(row.name, CUSTOMER_NAME)
        row.email = row.email and work.keys.decrypt(row.email, CUSTOMER_EMAIL)
    return rows


def _cells(
    row: Row, signature: SignatureView | None, account: AccountView | None, most: int
) -> Sequence[Cell]:
    cells: list[Cell] = [
        str(row.id),
        row.product,
        row.name,
        row.email,
        row.organization,
        row.state,
        row.created_at,
        row.changed_at or row.created_at,
        row.type,
        row.session,
        row.session_state,
        row.enrolled_at,
        row.total,
        row.currency,
        row.has_waived_withdrawal_right,
        row.contract,
        *_signed(signature),
        row.invoice,
        row.billed,
        row.balance,
        row.billing_state,
        *_card(account),
    ]
    installments = account.installments if account else []
    for one in installments:
        cells += [one.due_date, one.amount, one.state.value]
    return cells + [None] * (3 * (most - len(installments)))


def _signed(signature: SignatureView | None) -> tuple[Cell, Cell, Cell]:
    if signature is None:
        return None, None, None
    return (
        signature.submitted_for_signature_on,
        signature.student_signed_on,
        signature.organization_signed_on,
    )


def _card(account: AccountView | None) -> tuple[Cell, Cell, Cell]:
    card = account.card if account else None
    if card is None:
        return None, None, None
    until = f"{card.expiration_month:02}/{card.expiration_year}"
    return card.brand, card.last_numbers, until
