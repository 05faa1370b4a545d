"""What members of an organization may do, by their roles, and with which contracts."""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Final
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.jwt_users import JWTUser
from tramita.orders.errors import OrderNotFound, OrganizationNotFound, RoleNotEnough
from tramita.orders.learners import known_by
from tramita.orders.model import MEMBER_EMAIL, Role
from tramita.signatures.lifecycle import SigningState
from tramita.signatures.queries import HALF_SIGNED, signature_states


class Action(StrEnum):
    """What somebody may want of an organization."""

    SEE_CONTRACTS = "see contracts"
    SEE_INVOICES = "see invoices"
    SIGN = "sign contracts"


MAY: Final[Mapping[Action, frozenset[Role]]] = {
    Action.SEE_CONTRACTS: frozenset({Role.OWNER, Role.ADMINISTRATOR}),
    Action.SEE_INVOICES: frozenset({Role.OWNER, Role.ADMINISTRATOR}),
    Action.SIGN: frozenset({Role.OWNER}),
}
_MEMBER: Final = """
    SELECT m.role, m.email FROM organization_members AS m
    JOIN organizations AS o ON o.id = m.organization_id
    WHERE o.id = $1 AND o.tenant = $2 AND m.username_hash = $3
"""
_CONTRACTS: Final = f"""
    SELECT DISTINCT o.id FROM signing_procedures AS p JOIN orders AS o ON o.id = p.contract_id
    WHERE p.organization_id = $1 AND {HALF_SIGNED}
    AND ($2::uuid[] IS NULL OR o.id = ANY($2)) AND o.state NOT IN ('canceled', 'refunding', 'refunded')
    ORDER BY o.id
"""  # noqa: S608 - ours


async def check_may(work: UnitOfWork, user: JWTUser, organization_id: UUID, action: Action) -> str:
    """The address by which a member is known who may do this.

    Raises ``OrganizationNotFound`` for whoever is no member, and ``RoleNotEnough``.
    """
    rows = await work.fetch(_MEMBER, organization_id, *known_by(work, user))
    if not rows:
        raise OrganizationNotFound(id=organization_id)
    role, email = rows[0]
    if role not in MAY[action]:
        raise RoleNotEnough(role=role, action=action.value)
    return work.keys.decrypt(email, MEMBER_EMAIL)


async def check_has_order(work: UnitOfWork, organization_id: UUID, order_id: UUID) -> None:
    """Raise ``OrderNotFound`` for whatever is not an order that the organization has sold."""
    statement = "SELECT FROM orders WHERE id = $1 AND organization_id = $2"
    if not await work.fetch(statement, order_id, organization_id):
        raise OrderNotFound(id=order_id)


async def find_to_sign(
    work: UnitOfWork, organization_id: UUID, wanted: Collection[UUID] | None
) -> Sequence[UUID]:
    """Contracts that their learners have signed and the organization has not, perhaps of these."""
    rows = await work.fetch(_CONTRACTS, organization_id, list(wanted) if wanted else None)
    states = await signature_states(work, [row["id"] for row in rows])
    return [id_ for id_, one in states.items() if one.state is SigningState.HALF_SIGNED]
