"""``/console``: where everything stands now, what needs a person, and how providers and the queue are."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Final

from litestar import Request, get
from litestar.response import Template

from tramita.console.frame import PAGE, frame
from tramita.console.times import Moment, Now, name_of_span, now_for
from tramita.console.words import Stamp, name_of_kind
from tramita.contracts.backends import Stage, installed_backends
from tramita.contracts.console.asking import query_for
from tramita.contracts.console.contracts import ADDRESS
from tramita.contracts.console.words import stages_of, title_of
from tramita.contracts.standings import (
    MOST_COUNTED,
    Asked,
    Place,
    count_contracts,
    count_since,
    find_places,
)
from tramita.kit.attention import Group, find_groups
from tramita.kit.database.work import UnitOfWork
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.jobs.standing import tell_queue
from tramita.kit.languages.words import Words, to_translate
from tramita.kit.operations.board import ProviderStanding, tell_providers

# Of more groups of what needs a person the list itself tells.
_MOST_GROUPS: Final = 8
_SOURCES: Final[Mapping[str, str]] = {
    "inbox.not_understood": to_translate("Messages nobody understood"),
    "webhooks.disabled": to_translate("Endpoints of partners that are disabled"),
}
_GONE: Final = "done"


@dataclass(frozen=True, slots=True)
class Stop:
    """A stage of a journey, and how many stand there now."""

    stamp: Stamp
    count: str
    is_empty: bool
    address: str


@dataclass(frozen=True, slots=True)
class Journey:
    """A journey: its way, what came in, went out well and ended otherwise today, and what is parked."""

    title: str
    address: str
    stops: Sequence[Stop]
    ends: Sequence[Stop]
    begun: str
    gone: str
    refused: str
    parked: int


@get("/", opt=PAGE, include_in_schema=False)
async def show_overview(request: Request[Any, Any, Any], runtime: FromRuntime) -> Template:
    """All of it as it is now; every figure leads to its list."""
    async with runtime.database.unit_of_work() as work:
        now = now_for(request, await work.now())
        groups = await find_groups(work)
        journeys = await _journeys(work, now, _parked(groups))
        providers = await tell_providers(runtime, work)
        queue = await tell_queue(work.connection)
    context = {
        "room": "",
        "journeys": journeys,
        "groups": [_group(one, now) for one in groups[:_MOST_GROUPS]],
        "more": len(groups) - _MOST_GROUPS,
        "providers": [(one, _stamp(one), _oldest(one, now)) for one in providers],
        "queue": queue,
        "lag": name_of_span(queue.lag, now.words),
    }
    return Template("console/overview.html", context=frame(request) | context)


def _parked(groups: Sequence[Group]) -> Counter[str]:
    """How many operations wait for a person, by the backend whose journey they are of."""
    owners = {area: key for key, one in installed_backends().items() for area in one.acts}
    parked: Counter[str] = Counter()
    for one in groups:
        if one.source == "operations" and (owner := owners.get(one.kind.partition(".")[0])):
            parked[owner] += one.count
    return parked


async def _journeys(work: UnitOfWork, now: Now, parked: Counter[str]) -> list[Journey]:
    """Three counts over all journeys, none of which goes on further than is told."""
    by_backend: defaultdict[str, list[Place]] = defaultdict(list)
    for place in await find_places(work):
        by_backend[place.backend].append(place)
    standing = {
        f"{backend}/{stage}": [one for one in places if one.stage == stage]
        for backend, places in by_backend.items()
        for stage in stages_of(backend)
    }
    counts = await count_contracts(work, Asked(), standing)
    today = _midnight(now)
    begun = await count_since(work, by_backend, today, begun=True)
    ended = await count_since(work, standing, today, begun=False)
    return [
        _journey(backend, counts, begun[backend], ended, parked[backend], now.words)
        for backend in sorted(by_backend, key=title_of)
    ]


def _journey(
    backend: str,
    counts: Mapping[str, int],
    begun: int,
    ended: Mapping[str, int],
    parked: int,
    words: Words,
) -> Journey:
    stages = stages_of(backend)
    over = {name: one for name, one in stages.items() if one.is_settled}

    def stop(name: str, stage: Stage) -> Stop:
        count = counts[f"{backend}/{name}"]
        address = f"{ADDRESS}?{query_for(Asked(backend=backend, stage=name))}"
        return Stop(stage.stamp, _told(count, words), not count, address)

    def ends(*, well: bool) -> str:
        places = [name for name, one in over.items() if (one.stamp.look == _GONE) is well]
        return _told(sum(ended[f"{backend}/{name}"] for name in places), words)

    return Journey(
        title_of(backend),
        f"{ADDRESS}?{query_for(Asked(backend=backend))}",
        [stop(name, one) for name, one in stages.items() if name not in over],
        [stop(name, one) for name, one in over.items()],
        _told(begun, words),
        ends(well=True),
        ends(well=False),
        parked,
    )


def _told(count: int, words: Words) -> str:
    return words.number(count) if count <= MOST_COUNTED else f"{words.number(MOST_COUNTED)}+"


def _midnight(now: Now) -> datetime:
    """The beginning of the reader's day."""
    zone = now.words.zone
    return datetime.combine(now.at.astimezone(zone).date(), time(), zone)


def _group(group: Group, now: Now) -> tuple[Group, str, Moment]:
    """What waits, as it is called, and since when."""
    return (
        group,
        _SOURCES.get(group.kind) or name_of_kind(group.kind),
        Moment.of(group.oldest, now=now),
    )


def _stamp(one: ProviderStanding) -> Stamp:
    """How a provider is, worst first."""
    if one.missing:
        return Stamp(to_translate("Not set up"), "idle")
    if one.is_paused:
        return Stamp(to_translate("Paused"), "wait")
    if one.breaker == "open":
        return Stamp(to_translate("Held back"), "refused")
    if one.breaker == "probing":
        return Stamp(to_translate("Being tried"), "wait")
    return Stamp(to_translate("Well"), "done")


def _oldest(one: ProviderStanding, now: Now) -> Moment | None:
    return Moment.of(one.oldest_waiting_at, now=now) if one.oldest_waiting_at else None
