"""Use cases that end envelopes and their contracts: cancelled, or their time is over.

A contract may be cancelled alone, through the core; its envelope and the others go on.
Locks are taken as everywhere: operations, contracts, the envelope last. What lives at the
provider for a contract that ends here is cancelled there.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from tramita.contracts.model import Contract
from tramita.contracts.service import cancel_contracts
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import ConflictError
from tramita.kit.operations import doubts
from tramita.kit.operations.lifecycle import OperationState as S
from tramita.kit.operations.standing import in_states
from tramita.portability.acts import ACCEPT
from tramita.portability.announcements import count_down, tell_changes
from tramita.portability.events import ENDED, tell_partners
from tramita.portability.journey.compensation import want_gone
from tramita.portability.journey.record_insertions import PORTABILITIES
from tramita.portability.lifecycle import (
    PAYING,
    UNSIGNED,
    ContractStatus,
    ContractTrigger,
    EnvelopeState,
    EnvelopeTrigger,
    PortabilityTrigger,
)
from tramita.portability.model import Envelope
from tramita.portability.reasons import Reason
from tramita.portability.service import (
    ENVELOPES,
    OTHER_CONTRACTS,
    EnvelopeExpired,
    EnvelopeNotFound,
    get_envelope,
)
from tramita.portability.words import CONTRACT_CANCELLED, ENVELOPE_CANCELLED, ENVELOPE_EXPIRED

_NEVER_SENT: Final = frozenset({S.PREPARED, S.NOT_SENT})
_UNSIGNED_OTHERS: Final = frozenset(
    {ContractStatus.DIGITACAO, ContractStatus.AGUARDANDO_FORMALIZACAO}
)


class EnvelopeBeingPaid(ConflictError):
    """Contract(s) {numbers} are being paid or were paid; the envelope cannot be cancelled."""


class ContractBeingPaid(ConflictError):
    """Contract {number} is being paid or was paid; money cannot be called back, so the contract goes on."""


@dataclass(frozen=True, slots=True)
class _Contract:
    """A contract that is to end, and the operation of its insertion."""

    id: UUID
    number: str
    contract_status: str
    portability_status: str | None
    operation_id: UUID | None
    operation_state: str | None
    reference: str | None

    @property
    def is_unsigned(self) -> bool:
        """Whether the client has not signed it (yet)."""
        if self.portability_status is None:
            return self.contract_status in _UNSIGNED_OTHERS
        return self.portability_status in UNSIGNED

    @property
    def is_being_paid(self) -> bool:
        """Whether its money is on its way, or has arrived."""
        if self.portability_status is None:
            return self.contract_status == ContractStatus.PAGO
        return self.portability_status in PAYING

    @property
    def is_over(self) -> bool:
        """Whether it has ended without success."""
        return self.contract_status == ContractStatus.CANCELADO


async def cancel_envelope(work: UnitOfWork, token: UUID) -> Envelope:
    """Cancel an envelope with all its contracts. Again is fine.

    Contracts at the provider are cancelled there too, also those of which nobody knows
    yet whether they arrived. Raises ``EnvelopeNotFound``, ``EnvelopeExpired`` (it has
    ended already) and ``EnvelopeBeingPaid``.
    """
    envelope = await get_envelope(work, token)
    contracts = await _lock(work, envelope.id)
    envelope = await get_envelope(work, token, lock=True)
    match EnvelopeState(envelope.state):
        case EnvelopeState.CANCELLED:
            return envelope
        case EnvelopeState.EXPIRED | EnvelopeState.CONCLUDED:
            raise EnvelopeExpired.at(envelope.expires_at)
        case EnvelopeState.DRAFT | EnvelopeState.FORMALIZING:
            paying = await _find_paying(work, contracts)
            if paying:
                raise EnvelopeBeingPaid(numbers=", ".join(paying))
    await ENVELOPES.move_one(work, envelope.id, EnvelopeTrigger.CANCEL)
    await _end(work, contracts, Reason(ENVELOPE_CANCELLED, "The envelope was cancelled."))
    await tell_partners(work, ENDED, [envelope.id])
    await work.session.refresh(envelope)
    return envelope


async def cancel_contract(work: UnitOfWork, contract: Contract, reason: str) -> None:
    """Cancel one contract of an envelope, here and at the provider. Again is fine.

    Raises ``ContractBeingPaid``. The rest of the envelope goes on.
    """
    if contract.envelope_token is None:
        raise EnvelopeNotFound
    envelope = await get_envelope(work, contract.envelope_token)
    contracts = [one for one in await _lock(work, envelope.id) if one.id == contract.id]
    await get_envelope(work, contract.envelope_token, lock=True)
    if all(one.is_over for one in contracts):
        return
    paying = await _find_paying(work, contracts)
    if paying:
        raise ContractBeingPaid(number=paying[0])
    await _end(work, contracts, Reason(CONTRACT_CANCELLED, "The contract was cancelled."), reason)


async def _find_paying(work: UnitOfWork, contracts: Sequence[_Contract]) -> list[str]:
    """Numbers of those whose money is on its way, or will be by our own word."""
    paying = [one.number for one in contracts if one.is_being_paid]
    return paying + await _find_agreed(work, [one.id for one in contracts])


async def _find_agreed(work: UnitOfWork, ids: Sequence[UUID]) -> list[str]:
    """Contracts whose balance we have agreed to, of whose payment nobody has told us yet.

    Also where nobody knows whether our word arrived: no answer, or an error of theirs.
    """
    rows = await work.fetch(
        f"""
        SELECT c.number FROM envelope_contracts AS c
        WHERE c.id = ANY($1::uuid[]) AND c.portability_status = 'SALDO_RETORNADO' AND EXISTS (
            SELECT FROM operations AS o WHERE o.subject_id = c.id AND o.kind = $2
              AND ({in_states("o", S.SENT, S.UNKNOWN)} OR {in_states("o", S.SUCCEEDED)} AND EXISTS (
                       SELECT FROM exchanges AS e
                       WHERE e.operation_id = o.id AND e.method <> 'GET')))
        ORDER BY c.id
        """,  # noqa: S608 - constants
        list(ids),
        ACCEPT.name,
    )
    return [row["number"] for row in rows]


async def expire_envelope(work: UnitOfWork, token: UUID) -> None:
    """End an envelope whose time is over: what was not signed ends, the rest goes on."""
    envelope = await get_envelope(work, token)
    contracts = await _lock(work, envelope.id)
    envelope = await get_envelope(work, token, lock=True)
    is_open = envelope.state in (EnvelopeState.DRAFT, EnvelopeState.FORMALIZING)
    if not is_open or envelope.expires_at > await work.now():
        return
    unsigned = [one for one in contracts if one.is_unsigned]
    trigger = EnvelopeTrigger.EXPIRE if unsigned else EnvelopeTrigger.CONCLUDE
    await ENVELOPES.move_one(work, envelope.id, trigger)
    await _end(work, unsigned, Reason(ENVELOPE_EXPIRED, "The envelope expired unsigned."))
    await tell_partners(work, ENDED, [envelope.id])


async def _lock(work: UnitOfWork, envelope_id: UUID) -> list[_Contract]:
    """Operations, then contracts; both stay as they are until this transaction ends.

    Beside insertions those that agree to a balance: whoever takes one now waits, and finds
    its contract ended. What a person has to look at is left to whoever holds the contract.
    """
    await work.fetch(
        f"""
        SELECT o.id FROM operations AS o
        JOIN envelope_contracts AS c ON c.id = o.subject_id
        WHERE c.envelope_id = $1
          AND (c.insertion_id = o.id OR o.kind = $2 AND NOT {in_states("o", S.NEEDS_ATTENTION)})
        ORDER BY o.id FOR UPDATE OF o
        """,  # noqa: S608 - constants
        envelope_id,
        ACCEPT.name,
    )
    await work.fetch(
        "SELECT id FROM envelope_contracts WHERE envelope_id = $1 ORDER BY id FOR NO KEY UPDATE",
        envelope_id,
    )
    # Read once more: what was waited for may have changed what the locking statements saw.
    rows = await work.fetch(
        """
        SELECT c.id, c.number, c.contract_status, c.portability_status,
               o.id AS operation_id, o.state AS operation_state, o.reference
        FROM envelope_contracts AS c LEFT JOIN operations AS o ON o.id = c.insertion_id
        WHERE c.envelope_id = $1 ORDER BY c.id
        """,
        envelope_id,
    )
    return [_Contract(**row) for row in rows]


async def _end(
    work: UnitOfWork, contracts: Sequence[_Contract], reason: Reason, words: str | None = None
) -> None:
    """Cancel contracts here, and at the provider what lives of them there.

    Somebody's own ``words`` are told to the core alone, which keeps them encrypted.
    """
    ids = [one.id for one in contracts]
    portabilities = await PORTABILITIES.move(work, ids, PortabilityTrigger.CANCEL)
    others = [one.id for one in contracts if one.portability_status is None]
    await OTHER_CONTRACTS.move(work, others, ContractTrigger.CANCEL)
    await cancel_contracts(work, ids, words or reason.sentence)
    await _settle_insertions(work, contracts, reason.sentence)
    rows = await _stop(work, list(portabilities), reason)
    known = [(row["proposal_key"], row["id"], reason.sentence) for row in rows]
    # What a lender has taken and not decided about has no key here yet, but there.
    known += [
        (one.reference, one.id, reason.sentence)
        for one in contracts
        if one.operation_state == S.PENDING
    ]
    await want_gone(work, [one for one in known if one[0] is not None])
    await count_down(work, Counter(row["envelope_id"] for row in rows if row["was_being_inserted"]))
    await tell_changes(work, ids)


async def _settle_insertions(work: UnitOfWork, contracts: Sequence[_Contract], why: str) -> None:
    """What was never sent is withdrawn; what a person was to decide is asked about once more.

    What is on its way, or asked about already, is left alone: whoever learns that it lives
    at the provider has it cancelled.
    """
    never_sent = [
        one.operation_id
        for one in contracts
        if one.operation_id is not None and one.operation_state in _NEVER_SENT
    ]
    parked = [
        one.operation_id
        for one in contracts
        if one.operation_id is not None and one.operation_state == S.NEEDS_ATTENTION
    ]
    if never_sent:
        await doubts.withdraw(work, never_sent, cause=why)
    if parked:
        await doubts.ask_now(work, parked)


async def _stop(
    work: UnitOfWork, portabilities: Sequence[UUID], reason: Reason
) -> Sequence[asyncpg.Record]:
    return await work.fetch(
        """
        WITH before AS (
            SELECT id, is_proposal_being_inserted AS was_being_inserted
            FROM envelope_contracts WHERE id = ANY($1::uuid[])
        )
        UPDATE envelope_contracts AS c SET
            is_proposal_being_inserted = false, poll_at = NULL, reasons = $2::jsonb
        FROM before WHERE c.id = before.id
        RETURNING c.id, c.envelope_id, c.proposal_key, before.was_being_inserted
        """,
        list(portabilities),
        msgspec.json.encode([reason]).decode(),
    )
