"""Signing procedures, their signatories and documents, as rows.

Lock order: operations, contracts, procedures; each in order of id.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from tramita.contracts.backends import find_answer
from tramita.kit.database.conditions import one_of
from tramita.kit.database.rows import lock_rows, update_rows
from tramita.kit.database.work import UnitOfWork
from tramita.kit.encryption.keys import Keyring
from tramita.kit.encryption.types import encrypted
from tramita.kit.identifiers import new_id
from tramita.kit.operations import ledger
from tramita.kit.operations.kind import ActName
from tramita.kit.transitions import Stateful
from tramita.signatures.capability import HasContractsSigned, SignatureChange
from tramita.signatures.lifecycle import LIFECYCLE, STANDING, SigningState, SigningTrigger
from tramita.signatures.ports import Party, Signatory
from tramita.signatures.rules import Document

PROCEDURES: Final = Stateful(LIFECYCLE, "signing_procedures")

# As what everything that names people, or is of a text that does, is encrypted.
TITLE: Final = "signing_procedures.title"
SIGNATORY: Final = encrypted("signing_procedures.organization_signatory")
_DIGEST: Final = encrypted("signing_procedures.document_digest")
_NAME: Final = "signatories.name"
_EMAIL: Final = "signatories.email"
_DOCUMENT_TITLE: Final = "documents.title"
_TEXT: Final = "documents.text"


def topic_of(contract_id: UUID) -> str:
    """What whoever watches a contract's signatures listens to."""
    return f"signatures:{contract_id}"


@dataclass(frozen=True, slots=True)
class Procedure:
    """A signing procedure. ``document_digest`` is that of the document as the service has it.

    ``version`` counts changes of who may sign, ``sent_version`` is the one that the service has.
    ``lost_since`` is since when the service says that it has none of this reference.
    """

    id: UUID
    contract_id: UUID
    backend: str
    provider: str
    provider_reference: str | None
    title: str
    document_id: UUID
    document_digest: str | None
    state: SigningState
    submitted_for_signature_on: datetime | None
    student_signed_on: datetime | None
    organization_signed_on: datetime | None
    expires_at: datetime
    known_at: datetime | None
    lost_since: datetime | None
    signed_file: str | None
    version: int
    sent_version: int

    def signed(self) -> dict[str, bool]:
        """Who has signed, as a service says it."""
        return {
            "student": self.student_signed_on is not None,
            "organization": self.organization_signed_on is not None,
        }


_COLUMNS: Final = """
    p.id, p.contract_id, c.backend, p.provider, p.provider_reference, p.title, p.document_id,
    p.document_digest, p.state, p.submitted_for_signature_on, p.student_signed_on, p.organization_signed_on,
    p.expires_at, p.known_at, p.lost_since, p.signed_file, p.version, p.sent_version
"""


def _procedure(keys: Keyring, row: asyncpg.Record) -> Procedure:
    known = Procedure(**{**dict(row), "state": SigningState(row["state"])})
    digest = known.document_digest
    return replace(
        known,
        title=keys.decrypt(known.title, TITLE),
        document_digest=digest and keys.decrypt(digest, _DIGEST),
    )


async def find_procedures(work: UnitOfWork, condition: str, *values: object) -> list[Procedure]:
    """Procedures ``p`` of contracts ``c`` for which a condition of ours is true, in order of id."""
    rows = await work.fetch(
        f"SELECT {_COLUMNS} FROM signing_procedures AS p "  # noqa: S608 - our own texts
        f"JOIN contracts AS c ON c.id = p.contract_id WHERE {condition} ORDER BY p.id",
        *values,
    )
    return [_procedure(work.keys, row) for row in rows]


async def get_procedures(work: UnitOfWork, ids: Collection[UUID]) -> dict[UUID, Procedure]:
    """Procedures by id, as they are now."""
    found = await find_procedures(work, "p.id = ANY($1::uuid[])", list(ids))
    return {one.id: one for one in found}


async def lock_procedures(work: UnitOfWork, ids: Collection[UUID]) -> dict[UUID, Procedure]:
    """The same, with their contracts and themselves locked in this order."""
    rows = await work.fetch(
        "SELECT DISTINCT contract_id FROM signing_procedures WHERE id = ANY($1::uuid[])", list(ids)
    )
    await lock_rows(work, "contracts", [row["contract_id"] for row in rows], "id")
    await lock_rows(work, "signing_procedures", ids, "id")
    return await get_procedures(work, ids)


async def find_standing(work: UnitOfWork, contract_ids: Collection[UUID]) -> dict[UUID, Procedure]:
    """By contract the procedure that is live or signed, if there is one."""
    found = await find_procedures(
        work,
        f"p.contract_id = ANY($1::uuid[]) AND {one_of('p.state', STANDING)}",
        list(contract_ids),
    )
    return {one.contract_id: one for one in found}


async def find_signatories(
    work: UnitOfWork, ids: Collection[UUID]
) -> dict[UUID, tuple[Signatory, ...]]:
    """Who may sign, by procedure: the student first, the others as they were named."""
    rows = await work.fetch(
        "SELECT procedure_id, party, name, email, language FROM signatories "
        "WHERE procedure_id = ANY($1::uuid[]) ORDER BY procedure_id, party DESC, position",
        list(ids),
    )
    found: dict[UUID, tuple[Signatory, ...]] = dict.fromkeys(ids, ())
    for row in rows:
        name, email = work.keys.decrypt(row["name"], _NAME), work.keys.decrypt(row["email"], _EMAIL)
        one = Signatory(Party(row["party"]), name, email, row["language"])
        found[row["procedure_id"]] += (one,)
    return found


async def write_signatories(
    work: UnitOfWork, procedure_id: UUID, signatories: Sequence[Signatory], *parties: Party
) -> None:
    """Have these people sign for these parties, and nobody else."""
    await work.fetch(
        "DELETE FROM signatories WHERE procedure_id = $1 AND party = ANY($2::text[])",
        procedure_id,
        [party.value for party in parties],
    )
    await work.fetch(
        """
        INSERT INTO signatories (id, procedure_id, party, position, name, email, language)
        SELECT id, $2, party, position, name, email, language
        FROM unnest($1::uuid[], $3::text[], $4::text[], $5::text[], $6::text[])
            WITH ORDINALITY AS s(id, party, name, email, language, position)
        """,
        [new_id() for _ in signatories],
        procedure_id,
        [one.party.value for one in signatories],
        [work.keys.encrypt(one.name, _NAME) for one in signatories],
        [work.keys.encrypt(one.email, _EMAIL) for one in signatories],
        [one.language for one in signatories],
    )


async def keep_document(work: UnitOfWork, contract_id: UUID, document: Document) -> UUID:
    """The row of a locked contract's document, which is rendered once however often it is submitted."""
    last = await work.fetch(
        """
        SELECT d.id, d.title, d.text, d.language
        FROM signing_procedures AS p JOIN documents AS d ON d.id = p.document_id
        WHERE p.contract_id = $1 ORDER BY p.id DESC LIMIT 1
        """,
        contract_id,
    )
    for row in last:
        known: UUID = row["id"]
        if document == _document(work.keys, row):
            return known
    made = new_id()
    await work.fetch(
        "INSERT INTO documents (id, title, text, language, created_at) "
        "VALUES ($1, $2, $3, $4, tramita_now())",
        made,
        work.keys.encrypt(document.title, _DOCUMENT_TITLE),
        work.keys.encrypt(document.text, _TEXT),
        document.language,
    )
    return made


async def find_document(work: UnitOfWork, document_id: UUID) -> tuple[Document, str | None]:
    """A document, and the digest of the file that was made of it, once it is."""
    [row] = await work.fetch(
        "SELECT title, text, language, file FROM documents WHERE id = $1", document_id
    )
    return _document(work.keys, row), row["file"]


def _document(keys: Keyring, row: asyncpg.Record) -> Document:
    title, text = keys.decrypt(row["title"], _DOCUMENT_TITLE), keys.decrypt(row["text"], _TEXT)
    return Document(title, text, row["language"])


async def prepare(
    work: UnitOfWork, act: ActName, procedures: Sequence[Procedure], *, at_once: bool = True
) -> None:
    """Have an act done about each of them, unless one of its kind is under way.

    Without ``at_once`` it is done some minutes later.
    """
    if not procedures:
        return
    await ledger.prepare(
        work,
        act,
        {one.id: f"{act.name}:{new_id()}" for one in procedures},
        provider={one.id: one.provider for one in procedures},
        owners={one.id: one.contract_id for one in procedures},
        at_once=at_once,
    )


async def move(
    work: UnitOfWork, ids: Collection[UUID], trigger: SigningTrigger, *, why: str | None = None
) -> list[Procedure]:
    """Move locked procedures that take the trigger, and tell their contracts' backends."""
    moved = await PROCEDURES.move(work, list(ids), trigger, cause=why)
    if not moved:
        return []
    if why is not None:
        await update_rows(
            work, "signing_procedures", {id_: {"reason": why} for id_ in moved}, are_locked=True
        )
    procedures = list((await get_procedures(work, moved)).values())
    await _tell(work, procedures, why)
    return procedures


async def write(work: UnitOfWork, rows: Mapping[UUID, Mapping[str, object]]) -> None:
    """Write columns of locked procedures."""
    await update_rows(work, "signing_procedures", rows, are_locked=True)


async def _tell(work: UnitOfWork, procedures: Sequence[Procedure], why: str | None) -> None:
    changes: dict[str, list[SignatureChange]] = {}
    for one in procedures:
        work.publish(topic_of(one.contract_id), {"state": one.state.value})
        change = SignatureChange(
            one.contract_id,
            one.id,
            one.state,
            one.submitted_for_signature_on,
            one.student_signed_on,
            one.organization_signed_on,
            why,
        )
        changes.setdefault(one.backend, []).append(change)
    for backend, said in changes.items():
        listener = find_answer(backend, HasContractsSigned)
        if listener is not None:
            await listener.signature_changed(work, said)
