"""``portability.send_group``: close an envelope's signature group, so that it has its link.

Again gives the same link, so it may be repeated. Nothing is sent into a group any more once
closing it is wanted; one proposal that is on its way just then is waited for, because the
provider would refuse it. Where the provider refuses to close the group, a person is asked:
contracts of it wait for a link.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeAlias
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.jobs import Job
from tramita.kit.operations.kind import OperationKind, Result, Task
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.operations.repeatable import settled
from tramita.kit.outcome import NotSent
from tramita.kit.runtime import Runtime
from tramita.portability.announcements import tell_changes
from tramita.portability.grouping import SEND, UNLINKED, want_sent
from tramita.portability.ports import ProposalGateway

_WHILE_ON_ITS_WAY: Final = timedelta(seconds=0.5)


@dataclass(frozen=True, slots=True)
class Sending:
    """A group to close. ``is_wanted``: a contract waits for its link."""

    group_key: str
    is_wanted: bool
    is_one_on_its_way: bool


SendingResult: TypeAlias = Result[Sending, str | None]


async def load_sendings(work: UnitOfWork, envelopes: Sequence[UUID]) -> Mapping[UUID, Sending]:
    """Groups to close, by envelope."""
    rows = await work.fetch(
        f"""
        SELECT e.id, e.group_key,
               e.state = 'formalizing' AND EXISTS (
                   SELECT FROM envelope_contracts WHERE envelope_id = e.id AND {UNLINKED}
               ) AS is_wanted,
               EXISTS (
                   SELECT FROM envelope_contracts AS c JOIN operations AS o ON o.id = c.insertion_id
                   WHERE c.envelope_id = e.id AND o.state = 'SENT'
               ) AS is_one_on_its_way
        FROM envelopes AS e WHERE e.id = ANY($1::uuid[])
        """,  # noqa: S608 - a constant
        list(envelopes),
    )
    return {
        row["id"]: Sending(row["group_key"], row["is_wanted"], row["is_one_on_its_way"])
        for row in rows
    }


async def record_sendings(work: UnitOfWork, results: Sequence[SendingResult]) -> None:
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
    await work.fetch(
        """
        WITH sent AS (
            SELECT * FROM unnest($1::uuid[], $2::text[]) AS s(id, url)
        ), locked AS (
            SELECT id FROM envelopes WHERE id IN (SELECT id FROM sent)
            ORDER BY id FOR NO KEY UPDATE
        )
        UPDATE envelopes AS e SET group_url = sent.url
        FROM locked JOIN sent USING (id) WHERE e.id = locked.id
        """,
        list(links),
        list(links.values()),
    )
    rows = await work.fetch(
        "SELECT id FROM envelope_contracts "  # noqa: S608 - a constant
        f"WHERE envelope_id = ANY($1::uuid[]) AND {UNLINKED} ORDER BY id",
        list(links),
    )
    await tell_changes(work, [row["id"] for row in rows])


SENDING: Final[OperationKind[Sending, str | None]] = OperationKind(
    name=SEND.name,
    port=ProposalGateway,
    job=SEND.job,
    load=load_sendings,
    record=record_sendings,
    calls=2,  # close, read
)


async def send_group(runtime: Runtime, operation_id: UUID) -> None:
    """Close one group and keep its link."""
    desk = runtime.desk(SENDING)
    task = await desk.take(operation_id)
    if task is None:
        return  # Finished already, or in other hands.
    await desk.hand_in(await _send(runtime, task))


async def _send(runtime: Runtime, task: Task[Sending]) -> SendingResult:
    if not task.request.is_wanted:
        why = "Nothing of the envelope waits for this link any more."
        return Result(task, None, OperationTrigger.WITHDRAW, reason=why)
    if task.request.is_one_on_its_way:
        waits = NotSent("A proposal is on its way into the group.", _WHILE_ON_ITS_WAY)
        return settled(task, waits, refused=OperationTrigger.PARK)
    gateway = runtime.gateway(ProposalGateway, task.operation.provider)
    outcome = await gateway.send_group_to_signature(task.request.group_key, task.attempt)
    return settled(task, outcome, refused=OperationTrigger.PARK)


JOBS: Final[list[Job[Runtime]]] = [Job(SEND.job, send_group)]
