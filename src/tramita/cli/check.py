"""``tramita check [AREA]``: the invariants, and what breaks them."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Final

import typer

from tramita.cli.installation import (
    database_address,
    look_at_schema,
    reached_database,
    run,
    tell_misspelt_variables,
)
from tramita.kit.area import Promises
from tramita.kit.database.engine import describe_address
from tramita.kit.database.known_keys import check_keys
from tramita.kit.findings import Finding, Verdict
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Settings
from tramita.process.areas import EVERYTHING
from tramita.process.runtime import running_runtime

AREAS: Final[Mapping[str, Promises]] = {
    area.key: area.promises for area in EVERYTHING if area.promises is not None
}
# The worst first. A monitor that knows only 0 and the rest takes both for bad news, as it should.
EXIT_CODES: Final[Mapping[Verdict, int]] = {Verdict.BROKEN: 1, Verdict.NOT_VERIFIED: 3}


def run_check(
    area: Annotated[
        str | None,
        typer.Argument(help=f"One area ({', '.join(AREAS)}); all of them without it."),
    ] = None,
) -> None:
    if area is not None and area not in AREAS:
        raise typer.BadParameter(f"areas are: {', '.join(AREAS)}")
    settings = Settings()
    tell_misspelt_variables()
    with database_address(settings, may_create=False) as address:
        verdicts = run(lambda: _check(settings, address, [area] if area else list(AREAS)))
    raise typer.Exit(next((code for one, code in EXIT_CODES.items() if one in verdicts), 0))


async def _check(settings: Settings, address: str, areas: Iterable[str]) -> set[Verdict]:
    place = describe_address(address)
    async with reached_database(address) as database:
        if error := await look_at_schema(database):
            raise error
        await check_keys(database, is_reading=True)
    verdicts = set()
    async with running_runtime(settings, address) as runtime:
        _show_asked(place, runtime)
        if trouble := (await runtime.readiness.look()).trouble:
            typer.echo(f"The database is {trouble}; nothing new is taken in until it is mended.")
            verdicts.add(Verdict.BROKEN)
        for name in areas:
            findings = await AREAS[name].check(runtime)
            show(name, findings, await AREAS[name].count(runtime))
            verdicts |= {one.verdict for one in findings}
    return verdicts


def _show_asked(place: str, runtime: Runtime) -> None:
    """Print what is asked: a check of another installation would be green as well."""
    asked = {"database": place} | {
        key: exchange.base_url for key, exchange in sorted(runtime.exchanges.items())
    }
    for name, where in asked.items():
        typer.echo(f"{name:<10} {where}")


def show(area: str, findings: Iterable[Finding], counts: Mapping[str, int]) -> None:
    """Print one line per invariant, one per difference, and how many stand where."""
    typer.echo(f"{area}")
    for one in findings:
        typer.echo(f"  {one.invariant}  {one.promise:<66} {_say(one)}")
        for difference in one.differences:
            typer.echo(f"        {difference.subject}: {difference.sentence}")
    for place, number in counts.items():
        typer.echo(f"  {number:>8}  {place}")


def _say(finding: Finding) -> str:
    match finding.verdict:
        case Verdict.BROKEN:
            return f"BROKEN: {len(finding.differences)} of {finding.looked_at}"
        case Verdict.NOT_VERIFIED if finding.unasked:
            return f"not verified: {finding.unasked}"
        case Verdict.NOT_VERIFIED:
            return f"not verified: {finding.not_verified} of {finding.looked_at}"
        case Verdict.KEPT:
            return f"kept ({finding.looked_at})"
