"""Use cases of portability: make an envelope, request its link."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID, uuid4

import asyncpg
import msgspec
from msgspec import Struct
from sqlalchemy import select

from tramita.contracts.service import NewContract, create_contracts
from tramita.kit.accounts.model import normalize_email
from tramita.kit.bounds import within
from tramita.kit.calendar import day_in_brazil
from tramita.kit.database.rows import update_rows
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import ConflictError, GoneError, NotFoundError
from tramita.kit.finding import BRAZIL, normalize_name
from tramita.kit.identifiers import new_id
from tramita.kit.operations import ledger
from tramita.kit.transitions import Stateful
from tramita.portability.announcements import announce, publish_progress
from tramita.portability.grouping import want_group
from tramita.portability.journey.insert_proposal import INSERTION
from tramita.portability.lifecycle import (
    CONTRACT,
    ENVELOPE,
    ContractStatus,
    ContractTrigger,
    EnvelopeState,
    EnvelopeTrigger,
    PortabilityStatus,
)
from tramita.portability.model import (
    BACKEND,
    ENVELOPE_LIFE,
    Client,
    Envelope,
    EnvelopeContract,
)
from tramita.portability.provider import PROVIDER
from tramita.portability.sold import Sold
from tramita.portability.stored_pictures import PictureState, find_pictures

ENVELOPES = Stateful(ENVELOPE, "envelopes")
OTHER_CONTRACTS = Stateful(CONTRACT, "envelope_contracts", "contract_status")


class EnvelopeNotFound(NotFoundError):
    """There is no envelope with this token."""


class ContractNumberTaken(ConflictError):
    """Contract number(s) already in use: {numbers}."""


class EnvelopeCancelled(ConflictError):
    """The envelope was cancelled; its link can no longer be requested."""


class PicturesRefused(ConflictError):
    """The provider does not take: {refused}. Send other pictures before the link."""


class EnvelopeExpired(GoneError):
    """The envelope expired on {day}; make a new one."""

    @classmethod
    def at(cls, expires_at: datetime) -> Self:
        """The error for an envelope that expired then."""
        return cls(day=day_in_brazil(expires_at).isoformat())


@dataclass(frozen=True, slots=True)
class LinkSent:
    """What requesting the link did."""

    token: UUID
    contracts: int
    being_inserted: int


class _HeldEnvelope(Struct):
    """An envelope that is ours until the unit of work ends, and the platform's time."""

    id: UUID
    token: UUID
    state: str
    expires_at: datetime
    run: int
    group_key: str | None
    now: datetime


async def create_envelope(
    work: UnitOfWork, client: Client, sold: Sequence[Sold], *, provider: str = PROVIDER
) -> Envelope:
    """Save an envelope with its contracts; raises ``ContractNumberTaken``.

    ``provider`` is where portabilities go that name none.
    """
    await _refuse_taken_numbers(work, [one.number for one in sold])
    now = await work.now()
    # A version-4 UUID, because whoever knows the token may see the envelope: it must
    # not be guessable from the time it was made.
    envelope = Envelope(
        id=new_id(),
        token=uuid4(),
        state=EnvelopeState.DRAFT.value,
        customer=msgspec.to_builtins(client),
        cpf_hash=client.borrower.cpf,
        name_hash=normalize_name(client.borrower.name),
        email_hash=normalize_email(client.borrower.email),
        phone_hash=f"{BRAZIL}{client.borrower.phone.area_code}{client.borrower.phone.number}",
        created_at=now,
        expires_at=now + ENVELOPE_LIFE,
    )
    work.add(envelope)
    contracts = await create_contracts(
        work,
        [
            NewContract(
                name=one.number,
                backend=BACKEND if one.is_portability else one.product.lower(),
                envelope_token=envelope.token,
            )
            for one in sold
        ],
    )
    work.add(
        *(
            _contract_row(contract.id, position, one, envelope, provider)
            for position, (contract, one) in enumerate(zip(contracts, sold, strict=True))
        )
    )
    return envelope


async def _refuse_taken_numbers(work: UnitOfWork, numbers: list[str]) -> None:
    # Those of the tenant's envelopes, and what its numbers were before there were tenants.
    rows = await work.fetch(
        """
        SELECT DISTINCT c.number FROM envelope_contracts AS c
        JOIN envelopes AS e ON e.id = c.envelope_id
        WHERE c.number = ANY($1::text[]) AND $2 IN (e.tenant, c.number_space) ORDER BY c.number
        """,
        numbers,
        work.bounds.tenant,
    )
    if rows:
        raise ContractNumberTaken(numbers=", ".join(row["number"] for row in rows))


def _contract_row(
    id_: UUID, position: int, one: Sold, envelope: Envelope, provider: str
) -> EnvelopeContract:
    return EnvelopeContract(
        id=id_,
        envelope_id=envelope.id,
        position=position,
        number=one.number,
        number_space=envelope.tenant,
        product=one.product,
        contract_status=ContractStatus.DIGITACAO.value,
        portability_status=PortabilityStatus.DIGITACAO.value if one.is_portability else None,
        provider=(one.provider or provider) if one.is_portability else None,
        cpf_hash=envelope.cpf_hash,
        origin=msgspec.to_builtins(one.origin),
        terms=msgspec.to_builtins(one.terms),
        refinancing=msgspec.to_builtins(one.refinancing),
    )


async def get_envelope(work: UnitOfWork, token: UUID, *, lock: bool = False) -> Envelope:
    """The envelope of a token; raises ``EnvelopeNotFound``."""
    query = select(Envelope).where(Envelope.token == token)
    envelope = await work.session.scalar(
        query.with_for_update(key_share=True) if lock else query,
        # What was read before it was locked may have changed meanwhile.
        execution_options={"populate_existing": True},
    )
    if envelope is None:
        raise EnvelopeNotFound
    return envelope


async def send_formalization_link(
    work: UnitOfWork, token: UUID, *, is_joint: Callable[[str], bool] = lambda _: False
) -> LinkSent:
    """Start a run: every portability contract never sent before is inserted.

    Asking again, during or after a run, starts nothing twice: the contracts are locked,
    and one that has an insertion operation is left alone.
    Where one link is to sign all that a provider has (``is_joint``), the proposals wait for
    their group to be opened.
    """
    # Contracts before their envelope, as everywhere: the other way deadlocks.
    await work.fetch(
        "SELECT c.id FROM envelope_contracts AS c JOIN envelopes AS e ON e.id = c.envelope_id "
        "WHERE e.token = $1 ORDER BY c.id FOR NO KEY UPDATE OF c",
        token,
    )
    envelope = await _hold_envelope(work, token)
    if envelope.state == EnvelopeState.CANCELLED:
        raise EnvelopeCancelled
    is_over = envelope.state in (EnvelopeState.EXPIRED, EnvelopeState.CONCLUDED)
    if is_over or envelope.expires_at <= envelope.now:
        raise EnvelopeExpired.at(envelope.expires_at)
    is_first = envelope.state == EnvelopeState.DRAFT
    contracts = await _find_contracts(work, envelope.id)
    if is_first and any(one["has_pictures"] for one in contracts):
        await _refuse_bad_pictures(work, envelope.id)
    # Those that are no portability wait for the client at once.
    if others := [one["id"] for one in contracts if one["portability_status"] is None]:
        await OTHER_CONTRACTS.move(work, others, ContractTrigger.REQUEST_LINK)
    inserting = await _start_inserting(work, envelope, contracts, is_joint)
    if inserting or is_first:
        await _begin_run(work, envelope, inserting, is_first=is_first)
    return LinkSent(token, len(contracts), inserting)


async def _hold_envelope(work: UnitOfWork, token: UUID) -> _HeldEnvelope:
    """Lock the envelope, and wait for other requests of the same client.

    Which of a client's loans goes ahead is which was first.
    """
    held = await work.read(
        _HeldEnvelope,
        f"""
        WITH held AS (
            SELECT id, token, state, expires_at, run, group_key, cpf_hash FROM envelopes
            WHERE token = $1 AND {within("envelopes", 2)} FOR NO KEY UPDATE
        )
        SELECT *, tramita_now() AS now,
               pg_advisory_xact_lock(hashtextextended(cpf_hash::text, 21)) FROM held
        """,  # noqa: S608 - a constant
        token,
        *work.bounds.limits,
    )
    if not held:
        raise EnvelopeNotFound
    return held[0]


async def _refuse_bad_pictures(work: UnitOfWork, envelope_id: UUID) -> None:
    """Later there is no way to send another picture, and the contracts would be lost.

    A picture that is refused after this ends its contracts before they are sent.
    """
    pictures = (await find_pictures(work, [envelope_id])).get(envelope_id, ())
    refused = [
        f"{one.kind} ({one.refusal})" for one in pictures if one.state is PictureState.REFUSED
    ]
    if refused:
        raise PicturesRefused(refused=", ".join(refused))


async def _find_contracts(work: UnitOfWork, envelope_id: UUID) -> Sequence[asyncpg.Record]:
    return await work.fetch(
        """
        SELECT c.id, c.portability_status, c.provider, c.number_at_provider AS name,
               c.portability_status = 'DIGITACAO' AND c.insertion_id IS NULL AND k.active
                   AS is_to_be_inserted,
               EXISTS (SELECT FROM envelope_documents WHERE envelope_id = $1) AS has_pictures
        FROM envelope_contracts AS c JOIN contracts AS k ON k.id = c.id
        WHERE c.envelope_id = $1 ORDER BY c.id
        """,
        envelope_id,
    )


async def _start_inserting(
    work: UnitOfWork,
    envelope: _HeldEnvelope,
    contracts: Sequence[asyncpg.Record],
    is_joint: Callable[[str], bool],
) -> int:
    rows = [one for one in contracts if one["is_to_be_inserted"]]
    if not rows:
        return 0
    joint = _joint_provider(contracts, is_joint)
    is_group_first = joint is not None and envelope.group_key is None
    if joint is not None and is_group_first:
        await want_group(work, envelope.id, joint)
    operations = await ledger.prepare(
        work,
        INSERTION,
        {row["id"]: f"insert_proposal:{row['name']}" for row in rows},
        provider={row["id"]: row["provider"] for row in rows},
        at_once=not is_group_first,
    )
    begun = {
        contract: {"insertion_id": operation, "is_proposal_being_inserted": True}
        for contract, operation in operations.items()
    }
    await update_rows(work, "envelope_contracts", begun, are_locked=True)
    return len(operations)


def _joint_provider(
    contracts: Sequence[asyncpg.Record], is_joint: Callable[[str], bool]
) -> str | None:
    """The provider of all portabilities, where one link is to sign all that it has."""
    providers = {one["provider"] for one in contracts if one["provider"] is not None}
    return next(iter(providers)) if len(providers) == 1 and is_joint(*providers) else None


async def _begin_run(
    work: UnitOfWork, envelope: _HeldEnvelope, inserting: int, *, is_first: bool
) -> None:
    run = envelope.run + 1
    counts = {"run": run, "run_total": inserting, "run_left": inserting}
    if is_first:
        await ENVELOPES.move_one(work, envelope.id, EnvelopeTrigger.REQUEST_LINK, values=counts)
    else:
        await update_rows(work, "envelopes", {envelope.id: counts}, are_locked=True)
    if inserting:
        publish_progress(work, envelope.token, run=run, done=0, total=inserting)
    else:
        await announce(work, envelope.id, envelope.token, run)
