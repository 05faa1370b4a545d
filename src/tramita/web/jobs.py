"""``/api/v1/admin/jobs``: how the queue is, and jobs that an error of our own holds."""

from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.params import JSONBody

from tramita.kit.http.actors import ACTOR
from tramita.kit.http.answers import answered
from tramita.kit.http.dependencies import FromActor, FromRuntime
from tramita.kit.http.pages import DEFAULT_LIMIT, Cursor, Limit, Page, decode_cursor, to_page
from tramita.kit.jobs.held import HeldJob, find_held_jobs
from tramita.kit.jobs.standing import QueueStanding, tell_queue
from tramita.kit.letting_go import run_again

READ: Final[dict[str, Any]] = {"scope": "jobs:read"}
WRITE: Final[dict[str, Any]] = {"scope": "jobs:write", "idempotent": True, "problems": [409]}

JobId = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]


class HeldView(msgspec.Struct):
    """A held job; ``carries`` are the ids of what stands still with it, ``error`` is masked."""

    id: int
    name: str
    carries: dict[str, UUID]
    error: str

    @classmethod
    def of(cls, job: HeldJob) -> "HeldView":
        """As callers see it."""
        return cls(job.id, job.name, dict(job.carries), job.error)


class RunAgainBody(msgspec.Struct, forbid_unknown_fields=True):
    """These jobs, or all of a name; with neither, every job that is held."""

    ids: Annotated[list[JobId], msgspec.Meta(max_length=1000)] | None = None
    name: Annotated[str, msgspec.Meta(max_length=200)] | None = None


class RunAgainAnswer(msgspec.Struct):
    """How many are held no more; what fails once more is held again."""

    run_again: int


class JobsController(Controller):
    """The queue as operators see it."""

    path = "/api/v1/admin/jobs"
    tags = ["Jobs"]  # noqa: RUF012 - Litestar's own declaration
    dependencies = ACTOR

    @get(opt=READ)
    async def index(self, runtime: FromRuntime) -> QueueStanding:
        """How deep the queue is, how late, what is held, and what runs by the clock."""
        async with runtime.database.unit_of_work() as work:
            return await tell_queue(work.connection)

    @get("/held", opt=READ)
    async def held(
        self, runtime: FromRuntime, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
    ) -> Page[HeldView]:
        """Held jobs, oldest first, each with its error."""
        after = decode_cursor(cursor, JobId)
        async with runtime.database.unit_of_work() as work:
            found = await find_held_jobs(work.connection, after=after, limit=limit + 1)
        return to_page(found, limit, present=HeldView.of, key=lambda one: one.id)

    @post("/run-again", status_code=200, opt=WRITE)
    async def run(
        self, data: JSONBody[RunAgainBody], runtime: FromRuntime, actor: FromActor
    ) -> RunAgainAnswer:
        """Have held jobs run again; what is done already is not repeated."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            count = await run_again(work, data.ids, name=data.name)
            return await answered(work, RunAgainAnswer(count))
