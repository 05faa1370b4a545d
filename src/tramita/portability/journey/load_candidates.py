"""Loading what proposals are made of, for many contracts in one statement."""

from collections.abc import Mapping, Sequence
from typing import TypeVar
from uuid import UUID

import asyncpg
import msgspec

from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.lifecycle import HOPEFUL
from tramita.kit.operations.standing import has_operation
from tramita.portability.acts import OPEN_GROUP
from tramita.portability.grouping import ALONE, Grouping, find_groups
from tramita.portability.journey.decisions import Candidate
from tramita.portability.lifecycle import DEAD
from tramita.portability.model import CUSTOMER, Client
from tramita.portability.ports import OriginContract, Proposal, Terms
from tramita.portability.stored_pictures import PictureState, StoredPicture, find_pictures

T = TypeVar("T")


async def load_candidates(work: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, Candidate]:
    """Candidates by contract id.

    Of several live contracts for the same origin contract the one whose link was requested
    first goes ahead, the others have a rival; so two that are sent together cannot block each
    other, and one that nobody asked to be sent blocks nobody.
    """
    rows = await work.fetch(
        f"""
        SELECT c.id, c.envelope_id, c.provider, c.decides_by, c.number_at_provider, c.origin::text, c.terms::text,
               c.refinancing::text, e.customer::text,
               c.contract_status = 'CANCELADO' OR NOT k.active AS is_cancelled,
               EXISTS (SELECT FROM envelope_documents WHERE envelope_id = e.id) AS has_pictures,
               e.group_key IS NOT NULL OR {has_operation("e.id", "= $3", HOPEFUL)} AS is_grouped,
               ARRAY(SELECT proposal_key FROM unwanted_proposals WHERE contract_id = c.id)
                   AS unwanted,
               EXISTS (
                   SELECT FROM envelope_contracts AS rival
                   WHERE rival.cpf_hash = c.cpf_hash
                     AND rival.origin ->> 'ispb' = c.origin ->> 'ispb'
                     AND rival.origin ->> 'contract_number' = c.origin ->> 'contract_number'
                     AND rival.portability_status IS NOT NULL
                     AND rival.portability_status <> ALL ($2::text[])
                     AND rival.insertion_id < c.insertion_id
               ) AS has_rival
        FROM envelope_contracts AS c JOIN envelopes AS e ON e.id = c.envelope_id
        JOIN contracts AS k ON k.id = c.id
        WHERE c.id = ANY($1::uuid[])
        """,  # noqa: S608 - constants
        list(ids),
        [status.value for status in DEAD],
        OPEN_GROUP.name,
    )
    clients = {row["envelope_id"]: row["customer"] for row in rows}
    decoded = {
        envelope: _decode(work.keys.decrypt_json(client, CUSTOMER), Client)
        for envelope, client in clients.items()
    }
    pictured = {row["envelope_id"] for row in rows if row["has_pictures"]}
    pictures = await find_pictures(work, list(pictured)) if pictured else {}
    grouped = {row["envelope_id"] for row in rows if row["is_grouped"]}
    groups = await find_groups(work, list(grouped)) if grouped else {}
    return {
        row["id"]: _candidate(
            row,
            decoded[row["envelope_id"]],
            pictures=[
                one
                for one in pictures.get(row["envelope_id"], ())
                if one.provider == row["provider"]
            ],
            group=groups.get(row["envelope_id"], ALONE),
        )
        for row in rows
    }


def _candidate(
    row: asyncpg.Record, client: Client, *, pictures: Sequence[StoredPicture], group: Grouping
) -> Candidate:
    proposal = Proposal(
        contract_number=row["number_at_provider"],
        borrower=client.borrower,
        benefit=client.benefit,
        bank_account=client.bank_account,
        origin=_decode(row["origin"], OriginContract),
        terms=_decode(row["terms"], Terms),
        refinancing=_decode(row["refinancing"], Terms) if row["refinancing"] else None,
        documents=tuple(one.document for one in pictures),
        signature_group=group.key,
    )
    return Candidate(
        proposal,
        has_rival=row["has_rival"],
        is_cancelled=row["is_cancelled"],
        unwanted=frozenset(row["unwanted"]),
        decides_by=row["decides_by"],
        waits_for=_missing(pictures, group),
        refused_pictures=tuple(
            f"The provider does not take the picture {one.kind}: {one.refusal}"
            for one in pictures
            if one.state is PictureState.REFUSED
        ),
    )


def _missing(pictures: Sequence[StoredPicture], group: Grouping) -> str | None:
    """What has to be at the provider before the proposal can name it."""
    uploading = [one.kind for one in pictures if one.state is PictureState.UPLOADING]
    if uploading:
        return f"The picture {uploading[0]} is not uploaded yet."
    return "The signature group is not open yet." if group.is_awaited else None


def _decode(text: str, kind: type[T]) -> T:
    return msgspec.json.decode(text, type=kind)
