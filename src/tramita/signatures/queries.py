"""How contracts' signatures stand, as pages and answers show it: one statement, no writes."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg
from msgspec import Struct, convert

from tramita.kit.database.conditions import one_of
from tramita.kit.database.work import UnitOfWork
from tramita.signatures.errors import NotSubmittedForSignature
from tramita.signatures.lifecycle import STANDING, SUBMITTED, SigningState


class SignatureView(Struct):
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


def standing_column(contract: str) -> str:
    """The column that ``read_standing`` reads: how the signatures of a contract stand."""
    return f"""(
        SELECT (s.contract_id, s.id, s.state, s.student_signed_on IS NOT NULL,
                s.organization_signed_on IS NOT NULL, s.submitted_for_signature_on,
                s.student_signed_on, s.organization_signed_on, s.expires_at, s.known_at, s.reason,
                s.signed_file IS NOT NULL,
                (SELECT tramita_now()) - greatest(s.known_at, s.asked_at))
        FROM signing_procedures AS s WHERE s.contract_id = {contract}
        ORDER BY {one_of("s.state", STANDING)} DESC, s.id DESC LIMIT 1
    ) AS signature"""  # noqa: S608 - constants


def read_standing(row: asyncpg.Record) -> SignatureStanding | None:
    """What was found by ``standing_column``; ``None``: nobody was ever asked to sign."""
    if row["signature"] is None:
        return None
    contract_id, procedure_id, state, *others = row["signature"]
    return SignatureStanding(contract_id, procedure_id, SigningState(state), *others)


async def signature_states(
    work: UnitOfWork, contract_ids: Collection[UUID]
) -> Mapping[UUID, SignatureStanding]:
    """By contract, for those that were ever submitted for signature."""
    rows = await work.fetch(
        f"SELECT {standing_column('c.id')} FROM unnest($1::uuid[]) AS c(id)",  # noqa: S608 - ours
        list(contract_ids),
    )
    found = (read_standing(row) for row in rows)
    return {one.contract_id: one for one in found if one is not None}


async def signature_state(work: UnitOfWork, contract_id: UUID) -> SignatureView:
    """Of one contract; raises ``NotSubmittedForSignature``."""
    found = await signature_states(work, [contract_id])
    if contract_id not in found:
        raise NotSubmittedForSignature(id=contract_id)
    return convert(found[contract_id], SignatureView, from_attributes=True)


HALF_SIGNED: Final = "p.student_signed_on IS NOT NULL AND p.organization_signed_on IS NULL"
"""The condition on a procedure that its student has signed, and the organization has not."""
SIGNED: Final = f"p.state = '{SigningState.SIGNED}'"
"""The condition that both have."""


def has_procedure(contract: str, condition: str) -> str:
    """The condition that a contract has a procedure of which ``condition`` is so."""
    return (
        f"EXISTS (SELECT FROM signing_procedures AS p WHERE p.contract_id = {contract} "
        f"AND {condition})"
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
