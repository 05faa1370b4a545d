"""How contracts' signatures stand, as pages and answers show it: one statement, no writes."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

import msgspec

from tramita.kit.database.conditions import one_of
from tramita.kit.database.work import UnitOfWork
from tramita.signatures.errors import NotSubmittedForSignature
from tramita.signatures.lifecycle import STANDING, SUBMITTED, SigningState

_COLUMNS = """
    contract_id, id AS procedure_id, state,
    student_signed_on IS NOT NULL AS student, organization_signed_on IS NOT NULL AS organization,
    submitted_for_signature_on, student_signed_on, organization_signed_on, expires_at, known_at,
    reason, signed_file IS NOT NULL AS has_signed_file
"""
_SILENCE = "tramita_now() - greatest(known_at, asked_at) AS silent_for"


V = TypeVar("V", bound="SignatureView")


class SignatureView(msgspec.Struct):
    """How a contract's signatures stand; ``known_at`` is when the service said so.

    ``student`` and ``organization``: whether they have signed. ``reason`` goes with an end that
    was not wanted. Of several procedures, it is the one that counts: the live or signed one,
    else the last.
    """

    contract_id: UUID
    procedure_id: UUID
    state: SigningState
    student: bool
    organization: bool
    submitted_for_signature_on: datetime | None
    student_signed_on: datetime | None
    organization_signed_on: datetime | None
    expires_at: datetime
    known_at: datetime | None
    reason: str | None
    has_signed_file: bool


class SignatureStanding(SignatureView):
    """The same, with how long its service was neither heard nor asked."""

    silent_for: timedelta | None = None

    def is_stale(self, stale_after: timedelta) -> bool:
        """Whether its service may know more than we do, and should be asked."""
        silent_for = self.silent_for
        return self.state in SUBMITTED and silent_for is not None and silent_for >= stale_after


async def signature_states(
    work: UnitOfWork, contract_ids: Collection[UUID]
) -> Mapping[UUID, SignatureStanding]:
    """By contract, for those that were ever submitted for signature."""
    found = await _find(work, SignatureStanding, f"{_COLUMNS}, {_SILENCE}", contract_ids)
    return {one.contract_id: one for one in found}


async def signature_state(work: UnitOfWork, contract_id: UUID) -> SignatureView:
    """Of one contract; raises ``NotSubmittedForSignature``."""
    found = await _find(work, SignatureView, _COLUMNS, [contract_id])
    if not found:
        raise NotSubmittedForSignature(id=contract_id)
    return found[0]


async def _find(
    work: UnitOfWork, kind: type[V], columns: str, contract_ids: Collection[UUID]
) -> list[V]:
    return await work.read(
        kind,
        f"""
        SELECT DISTINCT ON (contract_id) {columns} FROM signing_procedures
        WHERE contract_id = ANY($1::uuid[])
        ORDER BY contract_id, {one_of("state", STANDING)} DESC, id DESC
        """,  # noqa: S608 - constants
        list(contract_ids),
    )


def waits_for_organization(contract: str) -> str:
    """The condition that the student of a contract has signed, and the organization has not."""
    return (
        f"EXISTS (SELECT FROM signing_procedures AS p WHERE p.contract_id = {contract} "
        "AND p.student_signed_on IS NOT NULL AND p.organization_signed_on IS NULL)"
    )


def is_signed_by_both(contract: str) -> str:
    """The condition that both have signed a contract."""
    return (
        f"EXISTS (SELECT FROM signing_procedures AS p WHERE p.contract_id = {contract} "
        f"AND p.state = '{SigningState.SIGNED}')"
    )


async def parts_of(work: UnitOfWork, contract_id: UUID) -> list[UUID]:
    """The procedures that a contract has, or had."""
    rows = await work.fetch(
        "SELECT id FROM signing_procedures WHERE contract_id = $1 ORDER BY id", contract_id
    )
    return [row["id"] for row in rows]


async def signed_file(work: UnitOfWork, contract_id: UUID) -> str | None:
    """The digest of the file that both have signed, once it is kept (``runtime.files``)."""
    rows = await work.fetch(
        "SELECT signed_file FROM signing_procedures WHERE contract_id = $1 AND state = $2",
        contract_id,
        SigningState.SIGNED.value,
    )
    return rows[0]["signed_file"] if rows else None
