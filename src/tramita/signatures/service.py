"""Use cases of signatures: have a contract signed, no more, or by others.

Each works inside the caller's unit of work and commits nothing; what has to be done outside is
enqueued.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from tramita.contracts.backends import find_answer
from tramita.contracts.model import Contract
from tramita.contracts.service import get_contract
from tramita.kit.database.rows import lock_rows
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import InvalidError
from tramita.kit.identifiers import new_id
from tramita.kit.operations.standing import live
from tramita.signatures.acts import REMOVE, STOP, UPDATE
from tramita.signatures.capability import HasContractsSigned
from tramita.signatures.errors import ContractAlreadySigned, ContractNotSignable
from tramita.signatures.lifecycle import SUBMITTED, SigningState, SigningTrigger
from tramita.signatures.ports import Party, Signatory
from tramita.signatures.rows import (
    TITLE,
    Procedure,
    find_signatories,
    find_standing,
    keep_document,
    lock_procedures,
    move,
    prepare,
    topic_of,
    write,
    write_signatories,
)
from tramita.signatures.rules import Document, find_faults, find_faults_of
from tramita.signatures.settings import SignatureSettings

__all__ = ["Document", "Party", "Signatory", "abort", "request_signature", "signatories_changed"]

PREPARE_JOB: Final = "signatures.prepare_document"
_SIGNED: Final = frozenset({SigningState.HALF_SIGNED, SigningState.SIGNED})


async def request_signature(
    work: UnitOfWork,
    contract_id: UUID,
    document: Document,
    signatories: Sequence[Signatory],
    *,
    settings: SignatureSettings,
) -> UUID:
    """Have a contract signed; answers its signing procedure.

    Asked for again, or by two at once, it is the same procedure as long as the document and who
    signs it are the same and it has not expired; else it is aborted and another takes its place.

    Raises ``InvalidError`` with everything wrong, ``ContractNotFound``, ``ContractNotSignable``
    where the contract's backend cannot be told, and ``ContractAlreadySigned`` when somebody has
    signed it.
    """
    faults = find_faults(document, signatories)
    if faults:
        raise InvalidError(faults)
    contract = await _get_signable(work, contract_id)
    document_id = await keep_document(work, contract_id, document)
    standing = (await find_standing(work, [contract_id])).get(contract_id)
    now = await work.now()
    if standing is not None:
        if standing.state in _SIGNED:
            raise ContractAlreadySigned(id=contract_id, state=standing.state.value)
        if await _is_same(work, standing, document_id, signatories, now):
            return standing.id
        await _abort(work, [standing], "It was submitted anew.")
    made = await _make(work, contract, document_id, document.title, settings, now)
    await write_signatories(work, made, signatories, *Party)
    work.enqueue(PREPARE_JOB, procedure_id=made)
    return made


async def abort(work: UnitOfWork, contract_ids: Collection[UUID], why: str) -> None:
    """Let these contracts be signed no more; what is signed already stays so. Idempotent."""
    standing = await find_standing(work, contract_ids)
    await _abort(work, list(standing.values()), why)


async def signatories_changed(
    work: UnitOfWork, contract_ids: Collection[UUID], party: Party, signatories: Sequence[Signatory]
) -> None:
    """Have others sign for a party, wherever it has not signed yet. Raises ``InvalidError``.

    Each contract's change is an act of its own: one that fails holds up no other.
    """
    faults = find_faults_of(signatories, party)
    if faults:
        raise InvalidError(faults)
    # Operations before contracts, as whoever records what came of a change that is under way.
    rows = await work.fetch(
        "SELECT id FROM signing_procedures WHERE contract_id = ANY($1::uuid[])", list(contract_ids)
    )
    await live(work, [row["id"] for row in rows], [UPDATE], lock=True)
    await lock_rows(work, "contracts", contract_ids)
    # Only now: whoever was submitting one of them at this moment has come to an end.
    standing = await find_standing(work, contract_ids)
    locked = await lock_procedures(work, [one.id for one in standing.values()])
    waiting = [one for one in locked.values() if not one.signed()[party]]
    for one in waiting:
        await write_signatories(work, one.id, signatories, party)
    await write(work, {one.id: {"version": one.version + 1} for one in waiting})
    # Before, they go with the procedure when it is created.
    await prepare(work, UPDATE, [one for one in waiting if one.state in SUBMITTED])


async def _get_signable(work: UnitOfWork, contract_id: UUID) -> Contract:
    contract = await get_contract(work, contract_id, lock=True)
    if not contract.active or find_answer(contract.backend, HasContractsSigned) is None:
        raise ContractNotSignable(id=contract_id, backend=contract.backend)
    return contract


async def _is_same(
    work: UnitOfWork,
    standing: Procedure,
    document_id: UUID,
    signatories: Sequence[Signatory],
    now: datetime,
) -> bool:
    known = (await find_signatories(work, [standing.id]))[standing.id]
    is_same = (document_id, set(signatories)) == (standing.document_id, set(known))
    return is_same and standing.expires_at > now


async def _make(
    work: UnitOfWork,
    contract: Contract,
    document_id: UUID,
    title: str,
    settings: SignatureSettings,
    now: datetime,
) -> UUID:
    made = new_id()
    await work.fetch(
        """
        INSERT INTO signing_procedures
            (id, contract_id, provider, title, document_id, state, created_at, expires_at,
             version, sent_version)
        VALUES ($1, $2, $3, $4, $5, 'prepared', $6, $7, 1, 0)
        """,
        made,
        contract.id,
        settings.provider,
        work.keys.encrypt(title, TITLE),
        document_id,
        now,
        now + settings.valid_for,
    )
    work.publish(topic_of(contract.id), {"state": SigningState.PREPARED.value})
    return made


async def _abort(work: UnitOfWork, standing: Sequence[Procedure], why: str) -> None:
    locked = await lock_procedures(work, [one.id for one in standing])
    was_submitted = {one.id for one in locked.values() if one.state in SUBMITTED}
    moved = await move(work, locked, SigningTrigger.ABORT, why=why)
    await prepare(work, STOP, [one for one in moved if one.id in was_submitted])
    # A draft without a reference is removed when its creation has ended.
    drafts = [one for one in moved if one.id not in was_submitted and one.provider_reference]
    await prepare(work, REMOVE, drafts)
