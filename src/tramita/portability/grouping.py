"""One link for a whole envelope: the provider's signature group.

With ``TRAMITA_PORTABILITY_SIGNING=group``, requesting an envelope's link first opens a
group at the provider (``portability.open_group``). When its key is known the contracts are
sent, each into the group; so none of them gets a link of its own. When the run is over, and
at least one contract waits for the client, the group is closed (``portability.send_group``),
and the address of its one link belongs to the envelope.

- A group is one provider's. An envelope whose portabilities go to several has none: each
  contract has its own link.
- A provider that has no groups (``SignatureGroups``) is asked for none: no group is wanted.
- The provider opens none (it refuses): the contracts are sent without one, and
  each has its own link.
- A proposal cannot join a group that was closed. A contract that is sent after that (it was
  left to a person, who had it sent again) is sent without the group and has a link of its
  own beside the group's. One whose proposal was in the group all along, and only became
  known later, is signed with the others.
- A proposal that is cancelled leaves the group by itself, at the provider.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from tramita.kit.database.rows import lock_rows
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations import ledger
from tramita.kit.operations.lifecycle import HOPEFUL, OperationState
from tramita.kit.operations.standing import has_operation, in_states
from tramita.portability.acts import OPEN_GROUP, SEND_GROUP

# What waits for the client without a link of its own.
UNLINKED: Final = "portability_status = 'FORMALIZACAO_CLIENTE' AND signature_url IS NULL"


@dataclass(frozen=True, slots=True)
class Grouping:
    """The group a proposal is to join now, if any; ``is_awaited``: it is being opened."""

    key: str | None = None
    is_awaited: bool = False


ALONE: Final = Grouping()


async def want_group(work: UnitOfWork, envelope_id: UUID, provider: str) -> None:
    """Have a group opened for an envelope, at its contracts' provider. Again is nothing."""
    await ledger.prepare(
        work, OPEN_GROUP, {envelope_id: f"{OPEN_GROUP.name}:{envelope_id}"}, provider=provider
    )


async def want_sent(work: UnitOfWork, envelopes: Sequence[UUID]) -> None:
    """Have the groups of envelopes closed in whose last run something was accepted.

    Called where a run ends. A group that was closed, or is being closed, is left alone; it
    is looked for before, because a conflict would wait for whoever is settling that
    operation, and they may be waiting for the envelope.
    """
    await lock_rows(work, "envelopes", envelopes)
    rows = await work.fetch(
        f"""
        SELECT e.id, e.version,
               (SELECT max(provider) FROM envelope_contracts WHERE envelope_id = e.id) AS provider
        FROM envelopes AS e
        WHERE e.id = ANY($1::uuid[]) AND e.group_key IS NOT NULL AND e.group_url IS NULL
          AND e.state = 'formalizing' AND e.run_left = 0
          AND EXISTS (SELECT FROM envelope_contracts WHERE envelope_id = e.id AND {UNLINKED})
          AND NOT {has_operation("e.id", "= $2", HOPEFUL)}
        """,  # noqa: S608 - a constant
        list(envelopes),
        SEND_GROUP.name,
    )
    if rows:
        # A group that was not worth closing then may be now, so a key is not for ever.
        keys = {row["id"]: f"{SEND_GROUP.name}:{row['id']}:{row['version']}" for row in rows}
        providers = {row["id"]: row["provider"] for row in rows}
        await ledger.prepare(work, SEND_GROUP, keys, provider=providers)


async def want_late_sent(work: UnitOfWork, contracts: Sequence[UUID]) -> None:
    """As ``want_sent``, for contracts that were accepted after their run was over."""
    rows = await work.fetch(
        "SELECT DISTINCT envelope_id FROM envelope_contracts WHERE id = ANY($1::uuid[])",
        list(contracts),
    )
    await want_sent(work, [row["envelope_id"] for row in rows])


async def enqueue_waiting(work: UnitOfWork, envelopes: Sequence[UUID]) -> None:
    """Have the contracts sent that waited for their envelopes' groups."""
    rows = await work.fetch(
        f"""
        SELECT o.id, o.job FROM operations AS o
        JOIN envelope_contracts AS c ON c.insertion_id = o.id
        WHERE c.envelope_id = ANY($1::uuid[]) AND {in_states("o", OperationState.PREPARED)} ORDER BY o.id
        """,  # noqa: S608 - constants
        list(envelopes),
    )
    for row in rows:
        work.enqueue(row["job"], operation_id=row["id"])


async def find_groups(work: UnitOfWork, envelopes: Sequence[UUID]) -> Mapping[UUID, Grouping]:
    """What a proposal that is sent now has to do with its envelope's group, by envelope."""
    rows = await work.fetch(
        f"""
        SELECT e.id, e.group_key, {has_operation("e.id", "= $2", HOPEFUL)} AS is_wanted,
               {has_operation("e.id", "= $3", HOPEFUL)} AS is_closed
        FROM envelopes AS e WHERE e.id = ANY($1::uuid[])
        """,  # noqa: S608 - constants
        list(envelopes),
        OPEN_GROUP.name,
        SEND_GROUP.name,
    )
    return {
        row["id"]: Grouping(
            None if row["is_closed"] else row["group_key"],
            is_awaited=row["is_wanted"] and row["group_key"] is None,
        )
        for row in rows
    }
