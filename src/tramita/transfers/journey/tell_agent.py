"""``transfers.tell_agent``: the office hears that another agent works on an application.

It may be repeated: the same name twice is the same. Whoever takes it over meanwhile is told anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.act import Act
from tramita.kit.operations.kind import Result
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.outcome import Outcome
from tramita.transfers.acts import TELL_AGENT
from tramita.transfers.journey.ending import begin_ending, end, refuse_marked
from tramita.transfers.journey.send_application import AT_ONCE, repeatable
from tramita.transfers.journey.telling import find_listener
from tramita.transfers.lifecycle import ApplicationState
from tramita.transfers.model import AGENT_NAME
from tramita.transfers.naming.reasons import NOT_UNDER_WAY
from tramita.transfers.office.loading import WANTED
from tramita.transfers.office.messages import numbers_of
from tramita.transfers.office.records import record_told
from tramita.transfers.ports import AgentTold, BackOffice

_AGENTS: Final = """
    SELECT a.id, a.state, g.name FROM applications AS a JOIN agents AS g ON g.id = a.agent_id
    WHERE a.id = ANY($1::uuid[])
"""


@dataclass(frozen=True, slots=True)
class Naming:
    """Whose an application is, and how it stands here."""

    told: AgentTold
    state: ApplicationState


async def _load(work: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, Naming]:
    numbers = await numbers_of(work, TELL_AGENT, ids)
    return {
        row["id"]: Naming(
            AgentTold(
                str(row["id"]),
                numbers.get(row["id"], 0),
                work.keys.decrypt(row["name"], AGENT_NAME),
            ),
            ApplicationState(row["state"]),
        )
        for row in await work.fetch(_AGENTS, list(ids))
    }


def _why_not(one: Naming) -> str | None:
    return None if one.state in WANTED else NOT_UNDER_WAY


async def _tell(office: BackOffice, one: Naming, attempt: Attempt) -> Outcome[None]:
    return await office.set_agent(one.told, attempt)


async def _find(office: BackOffice, one: Naming, attempt: Attempt) -> Outcome[None] | None:
    return await find_listener(office, one.told.external_id, attempt)


async def _record(work: UnitOfWork, results: Sequence[Result[Naming, None]]) -> None:
    await begin_ending(work, results)
    heard = [one.task.operation for one in results if one.trigger is OperationTrigger.DONE]
    await record_told(
        work, TELL_AGENT, [one.subject_id for one in heard], [one.id for one in heard]
    )
    await end(work, TELL_AGENT, results)


NAMING: Final[Act[Naming, None]] = Act(
    name=TELL_AGENT,
    load=_load,
    call=_tell,
    ask=_find,
    unwanted=_why_not,
    record=_record,
    refuse=partial(refuse_marked, TELL_AGENT),
    reference=lambda _: None,
    caution=repeatable,
    keeps_codes=True,
    concurrency=AT_ONCE,
)
