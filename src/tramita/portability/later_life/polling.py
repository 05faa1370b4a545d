"""Finding contracts of which the provider should have told something by now.

``poll_at`` is the platform's time. A sweep takes what is due, sets the next time, so that
a lost job costs one question and never the contract, and spreads the questions.
"""

from collections.abc import Sequence
from datetime import timedelta
from random import random
from typing import Final

from tramita.kit.database.rows import update_rows
from tramita.kit.jobs import Schedule
from tramita.kit.runtime import Runtime
from tramita.portability.later_life.expected_times import next_poll
from tramita.portability.later_life.lives import standing_of
from tramita.portability.settings import PortabilitySettings

POLL: Final = "portability.poll_proposal"
AT_ONCE: Final = 100


async def poll_due(runtime: Runtime) -> None:
    """Enqueue a question for every contract that is due, at most a hundred at a time."""
    spread = runtime.configured(PortabilitySettings).poll_spread
    async with runtime.database.unit_of_work(actor="timer") as work:
        rows = await work.fetch(
            """
            SELECT *, tramita_now() AS now FROM envelope_contracts
            WHERE poll_at <= tramita_now() ORDER BY poll_at LIMIT $1
            FOR NO KEY UPDATE SKIP LOCKED
            """,
            AT_ONCE,
        )
        if not rows:
            return
        next_times = {
            row["id"]: next_poll(standing_of(row), row["now"], dice=random())  # noqa: S311 - no secret
            for row in rows
        }
        polls = {id_: {"poll_at": at} for id_, at in next_times.items()}
        await update_rows(work, "envelope_contracts", polls, are_locked=True)
        # A full batch takes the whole spread, a single contract is asked about at once.
        asked = [id_ for id_, at in next_times.items() if at is not None]
        for place, id_ in enumerate(asked):
            delay = timedelta(seconds=spread * place / AT_ONCE)
            work.enqueue(POLL, delay=delay, key=f"poll:{id_}", is_sweep=True, contract_id=id_)


SCHEDULES: Final[Sequence[Schedule[Runtime]]] = [
    Schedule("portability.poll_due", "* * * * * */5", poll_due)
]
