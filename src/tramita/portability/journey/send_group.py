"""``portability.send_group``: close an envelope's signature group, so that it has its link.

Again gives the same link, so it may be repeated. Nothing is sent into a group any more once
closing it is wanted; one proposal that is on its way just then is waited for, because the
provider would refuse it. Where the provider refuses to close the group, a person is asked:
contracts of it wait for a link.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.database.rows import update_rows
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.act import Act
from tramita.kit.operations.kind import Result
from tramita.kit.operations.lifecycle import OperationState, OperationTrigger
from tramita.kit.operations.standing import in_states
from tramita.kit.outcome import NotSent, Outcome
from tramita.portability.acts import SEND_GROUP
from tramita.portability.announcements import tell_changes
from tramita.portability.grouping import UNLINKED, want_sent
from tramita.portability.ports import SignatureGroups

_WHILE_ON_ITS_WAY: Final = timedelta(seconds=0.5)
# Insertions that are sent, or that somebody may be taking in this moment.
_MAY_BE_TAKEN: Final = (OperationState.PREPARED, OperationState.NOT_SENT, OperationState.SENT)


@dataclass(frozen=True, slots=True)
class Sending:
    """A group to close. ``is_wanted``: a contract waits for its link."""

    group_key: str
    is_wanted: bool
    is_one_on_its_way: bool


async def load_sendings(work: UnitOfWork, envelopes: Sequence[UUID]) -> Mapping[UUID, Sending]:
    """Groups to close, by envelope.

    Whoever is just taking a proposal is waited for: it may have seen the group open. Who takes
    one later sees that it is being closed.
    """
    unsent = await work.fetch(
        f"""
        SELECT c.envelope_id, {in_states("o", OperationState.SENT)} AS is_on_its_way
        FROM operations AS o JOIN envelope_contracts AS c ON c.insertion_id = o.id
        WHERE c.envelope_id = ANY($1::uuid[]) AND {in_states("o", *_MAY_BE_TAKEN)}
        ORDER BY o.id FOR SHARE OF o
        """,  # noqa: S608 - constants
        list(envelopes),
    )
    on_their_way = {row["envelope_id"] for row in unsent if row["is_on_its_way"]}
    rows = await work.fetch(
        f"""
        SELECT e.id, e.group_key,
               e.state = 'formalizing' AND EXISTS (
                   SELECT FROM envelope_contracts WHERE envelope_id = e.id AND {UNLINKED}
               ) AS is_wanted
        FROM envelopes AS e WHERE e.id = ANY($1::uuid[])
        """,  # noqa: S608 - a constant
        list(envelopes),
    )
    return {
        row["id"]: Sending(row["group_key"], row["is_wanted"], row["id"] in on_their_way)
        for row in rows
    }


async def record_sendings(work: UnitOfWork, results: Sequence[Result[Sending, str | None]]) -> None:
    """Keep the links and say so; what the provider refused is left to a person."""
    unwanted = [
        one.task.operation.subject_id for one in results if one.trigger is OperationTrigger.WITHDRAW
    ]
    if unwanted:
        # Something may have been accepted since it was looked at, and found this one open.
        await want_sent(work, unwanted)
    links = {
        one.task.operation.subject_id: one.decision for one in results if one.decision is not None
    }
    if not links:
        return
    await update_rows(work, "envelopes", {id_: {"group_url": url} for id_, url in links.items()})
    rows = await work.fetch(
        "SELECT id FROM envelope_contracts "  # noqa: S608 - a constant
        f"WHERE envelope_id = ANY($1::uuid[]) AND {UNLINKED} ORDER BY id",
        list(links),
    )
    await tell_changes(work, [row["id"] for row in rows])


async def _send(gateway: SignatureGroups, one: Sending, attempt: Attempt) -> Outcome[str]:
    if one.is_one_on_its_way:
        return NotSent("A proposal is on its way into the group.", _WHILE_ON_ITS_WAY)
    return await gateway.send_group_to_signature(one.group_key, attempt)


def _why_not(one: Sending) -> str | None:
    return None if one.is_wanted else "Nothing of the envelope waits for this link any more."


SENDING: Final[Act[Sending, str]] = Act(
    name=SEND_GROUP,
    load=load_sendings,
    call=_send,
    unwanted=_why_not,
    on_refused=OperationTrigger.PARK,
    record=record_sendings,
)
JOBS: Final = SENDING.jobs
