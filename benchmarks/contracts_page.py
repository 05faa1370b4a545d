"""Point 11: a learner's page of 20 contracts among 1,000, as often as two processes answer it."""

from collections.abc import Mapping
from typing import Any, Final

from benchmarks.hammer import Hammered, hammer
from benchmarks.report import Section
from benchmarks.school import School

_PATH: Final = "/api/v1/orders/contracts?limit=20"
_OWN: Final = 1_000
_CONNECTIONS: Final = (2, 8)
_SLOW: Final = 100
_AIM: Final = 820


async def measure_contracts_page(school: School, *, foreign: int, seconds: float) -> Section:
    """Ask for the page; then while the signing service is slow, and away; then among many others."""
    section = Section(f"11. A learner's page of 20 contracts among {_OWN:,}")
    await school.fill(_OWN)
    await school.let_them_be_known()
    async with school.installation.second_web() as second:
        urls = (school.installation.client.url, second)

        async def measure(connections: int = _CONNECTIONS[-1]) -> Hammered:
            await school.let_knowledge_be_old()
            return await hammer(
                urls, _PATH, school.headers, connections=connections, seconds=seconds
            )

        usual = await measure()  # Warm.
        for connections in _CONNECTIONS:
            usual = await measure(connections)
            told = f"{usual.per_second:.0f}/s, p50 {usual.median:.1f}, p99 {usual.slowest:.1f} ms"
            section.add(f"{connections} connections", told, f"≥ {_AIM}/s")
        section.add("the body", f"{usual.bytes_each / 1000:.0f} kB")
        for what, trouble in _TROUBLES.items():
            await school.order("lexpersona", "POST", *trouble)
            section.add(what, _beside(await measure(), usual), "as long")
            await school.order("lexpersona", "DELETE", "faults")
            await school.order("lexpersona", "POST", "latency", _latency(0))
        await school.fill_foreign(foreign)
        await measure()
        found = _beside(await measure(), usual)
        section.add(f"with {foreign:,} contracts of others", found, "≤ 1.2 times as long")
    section.notes.append(
        "Two processes serve, one of them with the worker in it. Of the learner's contracts 400 wait "
        "for a signature, and 300 for the organization's; what is known of all of them is too old when "
        "each row begins. PostgreSQL, simulators and the measuring client are on the same processors. "
        "When the contracts of others have been copied, statistics are made and everything is on disk."
    )
    return section


def _latency(milliseconds: int) -> Mapping[str, Any]:
    return {"kind": "fixed", "milliseconds": milliseconds}


_TROUBLES: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    f"the signing service answers after {_SLOW} ms": ("latency", _latency(_SLOW)),
    "the signing service is away": (
        "faults",
        {"operation": None, "kind": "reset_before_effect", "count": None},
    ),
}


def _beside(found: Hammered, usual: Hammered) -> str:
    ratio = usual.per_second / found.per_second
    return f"{found.per_second:.0f}/s, {ratio:.2f} times as long"
