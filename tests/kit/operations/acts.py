"""A kind of outside act for tests, whose area keeps its things in a table of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id
from tramita.kit.operations import ledger
from tramita.kit.operations.kind import OperationKind, Result, Task
from tramita.kit.operations.lifecycle import OperationTrigger

LEASE = timedelta(seconds=30)
PROVIDER = "acme"
LEASES = {PROVIDER: LEASE}


class Orders:
    """What takes orders: the port of the kind."""


@dataclass
class Area:
    """Loads a request per subject and records decisions; both may be told to fail."""

    without_request: set[UUID] = field(default_factory=set)
    unrecordable: set[UUID] = field(default_factory=set)
    failures: list[Exception] = field(default_factory=list)
    recorded: list[tuple[UUID, str]] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)

    @property
    def kind(self) -> OperationKind[str, str]:
        return OperationKind("test.order", Orders, "test.place_order", self.load, self.record)

    async def load(self, work: UnitOfWork, subjects: Sequence[UUID]) -> Mapping[UUID, str]:
        return {one: f"order {one}" for one in subjects if one not in self.without_request}

    async def record(self, work: UnitOfWork, results: Sequence[Result[str, str]]) -> None:
        if self.failures:
            raise self.failures.pop()
        decided = [(one.task.operation.subject_id, one.decision) for one in results]
        if any(subject in self.unrecordable for subject, _ in decided):
            raise ValueError("this cannot be recorded")
        self.batches.append(len(decided))
        self.recorded += decided


def result(
    task: Task[str] | None, trigger: OperationTrigger = OperationTrigger.DONE, **more: Any
) -> Result[str, str]:
    """A result of ``task``, decided as ``more["decision"]`` says or "ok"."""
    assert task is not None
    return Result(task, more.pop("decision", "ok"), trigger, **more)


async def prepare(
    database: Database, kind: OperationKind[str, Any], count: int = 1, *, provider: str = PROVIDER
) -> list[UUID]:
    """Prepare operations for new subjects; answers the operations in order."""
    subjects = [new_id() for _ in range(count)]
    async with database.unit_of_work(actor="test") as work:
        prepared = await ledger.prepare(
            work, kind, {one: f"order:{one}" for one in subjects}, provider=provider
        )
    return [prepared[one] for one in subjects]


async def rows(database: Database, query: str, *arguments: object) -> list[dict[str, Any]]:
    """Rows of a query as dictionaries."""
    async with database.unit_of_work() as work:
        return [dict(row) for row in await work.fetch(query, *arguments)]


async def state_of(database: Database, operation: UUID) -> str:
    """The state of one operation."""
    (row,) = await rows(database, "SELECT state FROM operations WHERE id = $1", operation)
    state: str = row["state"]
    return state


async def let_lease_run_out(database: Database) -> None:
    """As if every taker had been silent for too long."""
    await rows(database, "UPDATE operations SET lease_until = now() - interval '1 second'")


async def jobs(database: Database) -> list[str]:
    """Names of the jobs in the queue, oldest first."""
    return [
        row["entrypoint"]
        for row in await rows(database, "SELECT entrypoint FROM pgqueuer ORDER BY id")
    ]
