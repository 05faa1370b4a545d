"""``/console``: where everything stands now, what needs a person, and how providers and the queue are."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from litestar import Request, get
from litestar.response import Template

from tramita.console.attention.groups import MOST_CASES, ShownGroup
from tramita.console.frame import PAGE, frame
from tramita.console.presentation import counted
from tramita.console.providers.words import stamp_of
from tramita.console.times import Moment, Now, name_of_span, now_for
from tramita.console.words import Stamp
from tramita.contracts.backends import Stage, installed_backends
from tramita.contracts.console.asking import query_for
from tramita.contracts.console.contracts import ADDRESS
from tramita.contracts.console.words import stages_of, title_of
from tramita.contracts.standings import (
    Asked,
    End,
    Place,
    count_contracts,
    end_of,
    find_places,
)
from tramita.kit.attention import Group, find_cases, find_groups
from tramita.kit.database.places import MOST_COUNTED
from tramita.kit.database.work import UnitOfWork
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.jobs.standing import tell_queue
from tramita.kit.languages.words import Words
from tramita.kit.operations.board import ProviderStanding, tell_providers

# Of more groups of what needs a person the list itself tells.
_MOST_GROUPS: Final = 8


@dataclass(frozen=True, slots=True)
class Stop:
    """A stage of a journey, and how many stand there now."""

    stamp: Stamp
    count: str
    is_empty: bool
    address: str


@dataclass(frozen=True, slots=True)
class Figure:
    """How many, and their list."""

    count: str
    address: str


@dataclass(frozen=True, slots=True)
class Today:
    """The reader's day, by which contracts are asked for."""

    day: date
    zone: str

    def begun(self, backend: str | None = None) -> Asked:
        """What came in."""
        return Asked(backend=backend, begun=self.day, zone=self.zone)

    def ended(self, backend: str | None = None, how: End | None = None) -> Asked:
        """What came to where it stands."""
        return Asked(backend=backend, ended=how, came=self.day, zone=self.zone)


@dataclass(frozen=True, slots=True)
class Journey:
    """A journey: its way, what came in, went out well and ended otherwise today, and what is parked."""

    title: str
    address: str
    stops: Sequence[Stop]
    ends: Sequence[Stop]
    begun: Figure
    gone: Figure
    refused: Figure
    parked: int


@dataclass(frozen=True, slots=True)
class _Figures:
    """How many stand at each stage and came to it today; of each journey, how many began and are parked."""

    counts: Mapping[str, int]
    begun: Mapping[str, int]
    ended: Mapping[str, int]
    parked: Mapping[str, int]


@get("/", opt=PAGE, include_in_schema=False)
async def show_overview(request: Request[Any, Any, Any], runtime: FromRuntime) -> Template:
    """All of it as it is now; every figure leads to its list."""
    async with runtime.database.unit_of_work() as work:
        now = now_for(request, await work.now())
        groups = await find_groups(work, most=MOST_COUNTED)
        cases = await find_cases(work, runtime.attention, limit=MOST_CASES + 1)
        journeys = await _journeys(work, now, _parked(groups))
        providers = await tell_providers(runtime, work, most=MOST_COUNTED)
        queue = await tell_queue(work.connection)
    waiting = [
        *ShownGroup.of_cases([one for _, one in cases], now=now),
        *(ShownGroup.of(one, runtime.stakes, now=now) for one in groups),
    ]
    context = {
        "room": "",
        "journeys": journeys,
        "groups": waiting[:_MOST_GROUPS],
        "more": len(waiting) - _MOST_GROUPS,
        "providers": [(one, stamp_of(one), _oldest(one, now)) for one in providers],
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
    stages = {
        backend: stages_of(backend, {one.stage for one in places})
        for backend, places in by_backend.items()
    }
    standing = {
        f"{backend}/{stage}": [one for one in by_backend[backend] if one.stage == stage]
        for backend, known in stages.items()
        for stage in known
    }
    zone = now.words.zone
    today = Today(now.at.astimezone(zone).date(), zone.key)
    figures = _Figures(
        await count_contracts(work, Asked(), standing),
        await count_contracts(work, today.begun(), by_backend),
        await count_contracts(work, today.ended(), standing),
        parked,
    )
    return [
        _journey(backend, stages[backend], figures, today, now.words)
        for backend in sorted(by_backend, key=title_of)
    ]


def _journey(
    backend: str, stages: Mapping[str, Stage], figures: _Figures, today: Today, words: Words
) -> Journey:
    over = {name: one for name, one in stages.items() if one.is_settled}

    def stop(name: str, stage: Stage) -> Stop:
        count = figures.counts[f"{backend}/{name}"]
        return Stop(
            stage.stamp,
            counted([count], words),
            not count,
            _at(Asked(backend=backend, stage=name)),
        )

    def ends(how: End) -> Figure:
        places = [name for name, one in over.items() if end_of(one) is how]
        count = sum(figures.ended[f"{backend}/{name}"] for name in places)
        return Figure(counted([count], words), _at(today.ended(backend, how)))

    return Journey(
        title_of(backend),
        _at(Asked(backend=backend)),
        [stop(name, one) for name, one in stages.items() if name not in over],
        [stop(name, one) for name, one in over.items()],
        Figure(counted([figures.begun[backend]], words), _at(today.begun(backend))),
        ends(End.WELL),
        ends(End.OTHERWISE),
        figures.parked[backend],
    )


def _at(asked: Asked) -> str:
    """The list of these contracts."""
    return f"{ADDRESS}?{query_for(asked)}"


def _oldest(one: ProviderStanding, now: Now) -> Moment | None:
    return Moment.of(one.oldest_waiting_at, now=now) if one.oldest_waiting_at else None
