"""Held jobs that a person has run again, once the cause is mended."""

from collections.abc import Sequence

from tramita.kit.audit import Subject, note_act
from tramita.kit.database.work import UnitOfWork
from tramita.kit.jobs.held import run_held_jobs


async def run_again(
    work: UnitOfWork, ids: Sequence[int] | None = None, *, name: str | None = None
) -> int:
    """Have these held jobs, or all (of a name), run again, on behalf of the actor of ``work``.

    Answers how many are held no more; it stands in the audit. Raises as ``run_held_jobs`` does.
    """
    count = await run_held_jobs(work.connection, ids, actor=work.actor, name=name)
    if count:
        which = Subject("job", str(ids[0]) if ids and len(ids) == 1 else name)
        await note_act(work, work.actor, "job.run_again", which, count=count)
    return count
