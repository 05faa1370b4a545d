"""``tramita check [AREA]``: the invariants, and what breaks them."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Annotated, Final

import typer

from tramita.cli.installation import run_with_database
from tramita.kit.database.engine import Database
from tramita.kit.findings import Finding
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Settings
from tramita.numbering.check import check_numbering, count_numbering
from tramita.portability.check import check_portability, count_portability
from tramita.process.runtime import running_runtime

Check = Callable[[Runtime], Awaitable[list[Finding]]]
Count = Callable[[Runtime], Awaitable[dict[str, int]]]

AREAS: Final[Mapping[str, tuple[Check, Count]]] = {
    "portability": (check_portability, count_portability),
    "numbering": (check_numbering, count_numbering),
}


def run_check(
    area: Annotated[str | None, typer.Argument(help="One area; all of them without it.")] = None,
) -> None:
    if area is not None and area not in AREAS:
        raise typer.BadParameter(f"areas are: {', '.join(AREAS)}")
    settings = Settings()

    async def main(database: Database) -> bool:
        is_sound = True
        async with running_runtime(settings, database.dsn) as runtime:
            for name in [area] if area else AREAS:
                check, count = AREAS[name]
                findings = await check(runtime)
                show(name, findings, await count(runtime))
                is_sound = is_sound and not any(one.differences for one in findings)
        return is_sound

    if not run_with_database(settings, main):
        raise typer.Exit(1)


def show(area: str, findings: Iterable[Finding], counts: Mapping[str, int]) -> None:
    """Print one line per invariant, one per difference, and how many stand where."""
    typer.echo(f"{area}")
    for one in findings:
        typer.echo(f"  {one.invariant}  {one.promise:<66} {_verdict(one)}")
        for difference in one.differences:
            typer.echo(f"        {difference.subject}: {difference.sentence}")
    for place, number in counts.items():
        typer.echo(f"  {number:>8}  {place}")


def _verdict(finding: Finding) -> str:
    if finding.differences:
        return f"BROKEN: {len(finding.differences)} of {finding.looked_at}"
    if finding.not_verified:
        return f"not verified: {finding.not_verified} of {finding.looked_at}"
    return f"kept ({finding.looked_at})"
