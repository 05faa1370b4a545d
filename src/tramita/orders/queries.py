"""Read models of orders: one statement each, whatever the page's size."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

import asyncpg

from tramita.kit.bounds import within
from tramita.kit.database.conditions import one_of, only_given
from tramita.kit.database.work import UnitOfWork
from tramita.kit.jwt_users import JWTUser
from tramita.kit.money import Money
from tramita.orders.errors import OfferingNotFound, OrderNotFound
from tramita.orders.learners import known_by, read_username
from tramita.orders.lifecycle import ACTIVE, UNSIGNED, EnrollmentState, OrderState
from tramita.orders.model import MEMBER_EMAIL, MEMBER_NAME, MEMBER_USERNAME, ProductType
from tramita.orders.views import (
    CreditCard,
    DefinitionOfContract,
    EnrollmentAnswer,
    Installment,
    MemberAnswer,
    Named,
    OrderAnswer,
    OrderContract,
    Product,
    Shown,
    TargetEnrollment,
)
from tramita.payments.queries import (
    AccountView,
    CardView,
    account_columns,
    read_account,
    standing_of,
)
from tramita.payments.rules.schedule import Terms
from tramita.signatures.queries import (
    HALF_SIGNED,
    SIGNED,
    SignatureStanding,
    has_procedure,
    read_standing,
    standing_column,
)

# What belongs together comes as one record: to make JSON of it costs more than all the rest.
_ORDERS: Final = f"""
    SELECT o.id, o.state, o.created_at, l.username AS owner,
           (p.id, p.title, p.type) AS product, (c.id, c.code, c.title) AS course,
           CASE WHEN g.id IS NOT NULL THEN (g.id, g.code, g.title) END AS organization,
           o.enrollment_id,
           CASE WHEN d.id IS NOT NULL THEN
               (d.id, d.title, d.description, d.language, o.contract_definition_version)
           END AS definition,
           o.total::float, o.currency, o.has_waived_withdrawal_right,
           ARRAY(SELECT (k.id, k.code, k.title) FROM order_target_courses AS t
                 JOIN courses AS k ON k.id = t.course_id
                 WHERE t.order_id = o.id ORDER BY t.position) AS courses,
           ARRAY(SELECT (e.id, e.course_id, e.state, e.opened_at) FROM enrollments AS e
                 WHERE e.order_id = o.id ORDER BY e.id) AS enrollments,
           {standing_column("o.id")}, {account_columns("o.id")}
    FROM orders AS o JOIN learners AS l ON l.id = o.owner_id JOIN courses AS c ON c.id = o.course_id
    JOIN course_products AS p ON p.id = o.product_id
    LEFT JOIN organizations AS g ON g.id = o.organization_id
    LEFT JOIN contract_definitions AS d ON d.id = o.contract_definition_id
"""  # noqa: S608 - ours
_OWN: Final = "o.owner_id = (SELECT id FROM learners WHERE tenant = $1 AND username_hash = $2)"

_HAS_CONTRACT: Final = f"o.contract_definition_id IS NOT NULL AND {one_of('o.state', ACTIVE)}"


class SignatureFilter(StrEnum):
    """Who has signed a contract: nobody, its learner alone, or both."""

    UNSIGNED = "unsigned"
    HALF_SIGNED = "half_signed"
    SIGNED = "signed"


_BY_PROCEDURE: Final[Mapping[SignatureFilter | None, str]] = {
    SignatureFilter.HALF_SIGNED: HALF_SIGNED,
    SignatureFilter.SIGNED: SIGNED,
}
_BY_SIGNATURE: Final[Mapping[SignatureFilter | None, str]] = {
    None: "true",
    SignatureFilter.UNSIGNED: one_of("o.state", UNSIGNED),
    **{name: has_procedure("o.id", one) for name, one in _BY_PROCEDURE.items()},
}


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders; what is empty does not matter."""

    states: Sequence[OrderState] = ()
    but_states: Sequence[OrderState] = ()
    product_id: UUID | None = None
    course_code: str | None = None

    def conditions(self, before: UUID | None, *, first: int) -> tuple[str, list[object]]:
        """As SQL on ``o`` and ``c``, with its values from ``$first`` on."""
        asked = {
            "o.product_id =": self.product_id,
            "c.code =": self.course_code,
            "o.id <": before,
        }
        where, values = only_given({}, asked, first=first)
        states = one_of("o.state", self.states) if self.states else "true"
        others = f"NOT {one_of('o.state', self.but_states)}" if self.but_states else "true"
        return f"{where} AND {states} AND {others}", values


def _newest(limit: int) -> str:
    """Written out: not knowing how few rows are wanted, PostgreSQL would plan it anew each time."""
    return f"ORDER BY o.id DESC LIMIT {limit + 1:d}"


async def list_own_orders(
    work: UnitOfWork, user: JWTUser, wanted: OrderFilter, *, before: UUID | None, limit: int
) -> list[Shown]:
    """A learner's orders, newest first; one more than ``limit`` if there are more."""
    where, values = wanted.conditions(before, first=3)
    statement = f"{_ORDERS} WHERE {_OWN} AND {where} {_newest(limit)}"
    return await _read(work, statement, *known_by(work, user), *values)


async def get_own_order(work: UnitOfWork, user: JWTUser, order_id: UUID) -> Shown:
    """A learner's order; raises ``OrderNotFound``, of somebody else's too."""
    statement = f"{_ORDERS} WHERE {_OWN} AND o.id = $3"
    found = await _read(work, statement, *known_by(work, user), order_id)
    return _only(found, order_id)


async def list_orders(
    work: UnitOfWork, wanted: OrderFilter, *, before: UUID | None, limit: int
) -> list[Shown]:
    """Everybody's orders within the caller's bounds, newest first."""
    where, values = wanted.conditions(before, first=3)
    statement = f"{_ORDERS} WHERE {within('o', 1)} AND {where} {_newest(limit)}"
    return await _read(work, statement, *work.bounds.limits, *values)


async def get_order(work: UnitOfWork, order_id: UUID) -> Shown:
    """An order within the caller's bounds; raises ``OrderNotFound``."""
    statement = f"{_ORDERS} WHERE {within('o', 1)} AND o.id = $3"
    found = await _read(work, statement, *work.bounds.limits, order_id)
    return _only(found, order_id)


async def list_watched(
    work: UnitOfWork, learner_id: UUID, *, before: UUID | None, limit: int
) -> list[UUID]:
    """The orders that a page of them shows."""
    where, values = only_given({}, {"id <": before}, first=3)
    rows = await work.fetch(
        f"SELECT id FROM orders WHERE owner_id = $1 AND {where} ORDER BY id DESC LIMIT $2",  # noqa: S608 - ours
        learner_id,
        limit,
        *values,
    )
    return [row["id"] for row in rows]


async def check_own_order(work: UnitOfWork, user: JWTUser, order_id: UUID) -> None:
    """Raise ``OrderNotFound`` for whatever is not an order of this learner."""
    statement = f"SELECT FROM orders AS o WHERE {_OWN} AND o.id = $3"
    if not await work.fetch(statement, *known_by(work, user), order_id):
        raise OrderNotFound(id=order_id)


async def check_order(work: UnitOfWork, order_id: UUID) -> None:
    """Raise ``OrderNotFound`` for whatever is not an order within the caller's bounds."""
    statement = f"SELECT FROM orders AS o WHERE {within('o', 1)} AND o.id = $3"
    if not await work.fetch(statement, *work.bounds.limits, order_id):
        raise OrderNotFound(id=order_id)


async def _read(work: UnitOfWork, statement: str, *values: object) -> list[Shown]:
    """Orders with how they are signed and paid."""
    rows = await work.fetch(statement, *values)
    owners = {stored: read_username(work, stored) for stored in {row["owner"] for row in rows}}
    return [_shown(row, owners[row["owner"]]) for row in rows]


def _shown(row: asyncpg.Record, owner: str) -> Shown:
    signature, account = read_standing(row), read_account(row)
    product_id, title, type_ = row["product"]
    order = OrderAnswer(
        id=row["id"],
        state=OrderState(row["state"]),
        created_on=row["created_at"],
        owner=owner,
        product_id=product_id,
        course=Named(*row["course"]),
        organization=Named(*row["organization"]) if row["organization"] else None,
        enrollment=row["enrollment_id"],
        contract=_contract(row, signature) if row["definition"] else None,
        total=row["total"],
        total_currency=row["currency"],
        has_waived_withdrawal_right=row["has_waived_withdrawal_right"],
        target_courses=[Named(*one) for one in row["courses"]],
        target_enrollments=[
            TargetEnrollment(id_, course, EnrollmentState(state), opened_at)
            for id_, course, state, opened_at in row["enrollments"]
        ],
    )
    if account is not None:
        order.credit_card = _card(account.card) if account.card else None
        order.main_invoice_reference = account.main_invoice
        order.payment_schedule = _schedule(account)
    return Shown(order, Product(product_id, title, ProductType(type_)), signature)


def _contract(row: asyncpg.Record, signature: SignatureStanding | None) -> OrderContract:
    contract = OrderContract(row["id"], DefinitionOfContract(*row["definition"]))
    if signature is not None:
        contract.submitted_for_signature_on = signature.submitted_for_signature_on
        contract.student_signed_on = signature.student_signed_on
        contract.organization_signed_on = signature.organization_signed_on
    return contract


def _card(card: CardView) -> CreditCard:
    """Without what it can be used for."""
    return CreditCard(
        card.id, card.brand, card.expiration_month, card.expiration_year, card.last_numbers
    )


def _schedule(account: AccountView) -> list[Installment]:
    """As front ends know it: an amount is a number."""
    return [
        Installment(one.id, one.due_date, float(one.amount), one.currency, one.state)
        for one in account.installments
    ]


def _only(found: Sequence[Shown], order_id: UUID) -> Shown:
    if not found:
        raise OrderNotFound(id=order_id)
    return found[0]


async def list_own_contracts(
    work: UnitOfWork,
    user: JWTUser,
    signed: SignatureFilter | None = None,
    *,
    before: UUID | None,
    limit: int,
) -> list[Shown]:
    """A learner's orders that are sold by a contract and not canceled, newest first."""
    where, values = only_given({}, {"o.id <": before}, first=3)
    statement = (
        f"{_ORDERS} WHERE {_OWN} AND {_HAS_CONTRACT} AND {_BY_SIGNATURE[signed]} "
        f"AND {where} {_newest(limit)}"
    )
    return await _read(work, statement, *known_by(work, user), *values)


async def list_organization_contracts(
    work: UnitOfWork,
    organization_id: UUID,
    signed: SignatureFilter | None = None,
    *,
    before: UUID | None,
    limit: int,
) -> list[Shown]:
    """An organization's orders that are sold by a contract and not canceled, newest first.

    With which card somebody pays is none of its business.
    """
    chosen, values = _of_organization(signed, before, limit)
    statement = f"{_ORDERS} WHERE {chosen} {_newest(limit)}"
    found = await _read(work, statement, organization_id, *values)
    for one in found:
        one.order.credit_card = None
    return found


def _of_organization(
    signed: SignatureFilter | None, before: UUID | None, limit: int
) -> tuple[str, list[object]]:
    """The condition of such a page, and its values from ``$2`` on."""
    procedure = _BY_PROCEDURE.get(signed)
    if procedure is None:
        where, values = only_given({}, {"o.id <": before}, first=2)
        condition = f"o.organization_id = $1 AND {_HAS_CONTRACT} AND {_BY_SIGNATURE[signed]}"
        return f"{condition} AND {where}", values
    # However rare these are among what the organization has sold: those of the page come first.
    where, values = only_given({}, {"p.contract_id <": before}, first=2)
    page = f"""
        SELECT DISTINCT p.contract_id
        FROM signing_procedures AS p JOIN orders AS o ON o.id = p.contract_id
        WHERE p.organization_id = $1 AND {procedure} AND {_HAS_CONTRACT} AND {where}
        ORDER BY p.contract_id DESC LIMIT {limit + 1:d}
    """  # noqa: S608 - ours
    return f"o.id = ANY(ARRAY({page}))", values


async def find_terms(work: UnitOfWork, offering_id: UUID, today: date) -> Terms:
    """By what the instalments of an order made today would go; raises ``OfferingNotFound``."""
    rows = await work.fetch(
        "SELECT c.starts_on, c.ends_on, p.price, p.currency, p.type FROM offerings AS o "
        "JOIN courses AS c ON c.id = o.course_id JOIN course_products AS p ON p.id = o.product_id "
        "WHERE o.id = $1 AND o.is_open",
        offering_id,
    )
    if not rows:
        raise OfferingNotFound(id=offering_id)
    [row] = rows
    at_once = row["type"] == ProductType.CERTIFICATE
    total = Money(row["price"], row["currency"])
    return Terms(total, today, row["starts_on"], row["ends_on"], at_once)


async def list_enrollments(
    work: UnitOfWork, user: JWTUser, *, before: UUID | None, limit: int
) -> list[EnrollmentAnswer]:
    """A learner's enrollments, newest first."""
    where, values = only_given({}, {"e.id <": before}, first=4)
    found = await work.read(
        EnrollmentAnswer,
        f"""
        SELECT e.id, jsonb_build_object('id', c.id, 'code', c.code, 'title', c.title) AS course, e.order_id, e.state,
               e.opened_at AS opened_on, e.closed_at AS closed_on
        FROM enrollments AS e JOIN courses AS c ON c.id = e.course_id
        JOIN learners AS l ON l.id = e.learner_id
        WHERE l.tenant = $1 AND l.username_hash = $2 AND {where} ORDER BY e.id DESC LIMIT $3
        """,  # noqa: S608 - ours
        *known_by(work, user),
        limit + 1,
        *values,
    )
    accounts = await standing_of(work, [one.order_id for one in found])
    for one in found:
        if one.order_id in accounts:
            one.payment_schedule = _schedule(accounts[one.order_id])
    return found


async def list_members(work: UnitOfWork, organization_id: UUID) -> list[MemberAnswer]:
    """Everybody who acts for an organization, owners first."""
    found = await work.read(
        MemberAnswer,
        f"""
        SELECT m.id, m.username, m.full_name, m.email, m.language, m.role, m.created_at
        FROM organization_members AS m JOIN organizations AS o ON o.id = m.organization_id
        WHERE o.id = $3 AND {within("o", 1)}
        ORDER BY array_position(ARRAY['owner', 'administrator', 'member'], m.role), m.id
        """,  # noqa: S608 - ours
        *work.bounds.limits,
        organization_id,
    )
    for one in found:
        one.username = work.keys.decrypt(one.username, MEMBER_USERNAME)
        one.full_name = work.keys.decrypt(one.full_name, MEMBER_NAME)
        one.email = work.keys.decrypt(one.email, MEMBER_EMAIL)
    return found
