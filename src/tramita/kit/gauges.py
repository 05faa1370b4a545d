"""What stands where, as gauges for whoever watches: looked up in the database when asked for."""

from dataclasses import dataclass, field
from typing import Final

from prometheus_client import Gauge

from tramita.kit.attention import find_groups
from tramita.kit.database.conditions import one_of
from tramita.kit.jobs.standing import tell_queue
from tramita.kit.operations.board import ProviderStanding, tell_providers
from tramita.kit.outbox.lifecycle import OPEN
from tramita.kit.runtime import Runtime
from tramita.kit.seldom import Seldom

WAITING: Final = Gauge(
    "tramita_operations_waiting", "Outside acts to be done or asked about", ["provider"]
)
OLDEST: Final = Gauge(
    "tramita_operations_oldest_waiting_seconds",
    "Since when the oldest outside act without an outcome is wanted",
    ["provider"],
)
PAUSED: Final = Gauge("tramita_provider_paused", "Whether a person has paused it", ["provider"])
ATTENTION: Final = Gauge(
    "tramita_needs_attention", "What waits for a person now, by what it is", ["source"]
)
JOBS_DUE: Final = Gauge("tramita_jobs_due", "Jobs whose time has come and that do not run yet")
JOBS_LAG: Final = Gauge("tramita_jobs_lag_seconds", "How long the first of these has waited")
JOBS_HELD: Final = Gauge("tramita_jobs_held", "Jobs held by an error of our own")
DELIVERIES: Final = Gauge(
    "tramita_deliveries_open", "Outgoing webhooks and e-mails that are not settled", ["channel"]
)

_SOURCES: Final = ("operations", "jobs", "messages", "endpoints")
_EVERY: Final = 10.0
_OPEN: Final = " UNION ALL ".join(
    f"SELECT '{name}' AS channel, count(*) AS n FROM {table} WHERE {one_of('state', OPEN)}"  # noqa: S608 - ours
    for name, table in (("webhooks", "webhook_deliveries"), ("mails", "mail_deliveries"))
)


@dataclass(slots=True)
class Standings:
    """The gauges of one process; many who ask at once are one look."""

    _seldom: Seldom = field(default_factory=lambda: Seldom("standings", _EVERY))

    async def look(self, runtime: Runtime) -> None:
        """Set them, unless that was a moment ago."""

        async def see() -> None:
            await see_standings(runtime)

        await self._seldom.look(see)


async def see_standings(runtime: Runtime) -> None:
    """Set every gauge to what is so now."""
    async with runtime.database.unit_of_work() as work:
        now = await work.now()
        providers = await tell_providers(runtime, work)
        groups = await find_groups(work)
        queue = await tell_queue(work.connection)
        rows = await work.fetch(_OPEN)
        cases = {area: await one.count(work, None) for area, one in runtime.attention.items()}
    for one in providers:
        WAITING.labels(one.provider).set(one.waiting + one.in_flight)
        PAUSED.labels(one.provider).set(one.is_paused)
        OLDEST.labels(one.provider).set(_age(one, now.timestamp()))
    for source in _SOURCES:
        ATTENTION.labels(source).set(sum(one.count for one in groups if one.source == source))
    for area, count in cases.items():
        ATTENTION.labels(area).set(count)
    JOBS_DUE.set(queue.due)
    JOBS_LAG.set(queue.lag.total_seconds())
    JOBS_HELD.set(queue.held)
    for row in rows:
        DELIVERIES.labels(row["channel"]).set(row["n"])


def _age(one: ProviderStanding, now: float) -> float:
    return max(0.0, now - one.oldest_waiting_at.timestamp()) if one.oldest_waiting_at else 0.0
