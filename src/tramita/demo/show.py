"""The show: every scene with live progress, a summary, and the addresses to look at."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tramita.demo import envelopes, three_contracts
from tramita.demo.scene import Line
from tramita.demo.stage import Stage


async def show(stage: Stage, console: Console, *, is_staying: bool) -> bool:
    """Play every scene; answers whether all ended as they should."""
    with Progress(
        TextColumn("{task.description:<12}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    ) as progress:
        bars = {
            scene: progress.add_task(scene, total=None)
            for scene in (three_contracts.SCENE, envelopes.SCENE)
        }

        def tell(scene: str, done: int, total: int) -> None:
            progress.update(bars[scene], completed=done, total=total)

        lines = await three_contracts.play(stage, tell)
        more, pages = await envelopes.play(stage, tell)
    lines += more
    console.print(_summary(lines))
    if is_staying:
        _print_addresses(stage, pages, console)
    return all(line.is_well for line in lines)


def _summary(lines: list[Line]) -> Table:
    table = Table(title="What happened", title_justify="left")
    for column in ("", "journey", "contract", "ended as"):
        table.add_column(column)
    for line in lines:
        mark = "[green]✓[/]" if line.is_well else "[red]✗[/]"
        seen = line.seen if line.is_well else f"{line.seen} [red](expected {line.expected})[/]"
        table.add_row(mark, line.scene, line.what, seen)
    return table


def _print_addresses(stage: Stage, pages: list[str], console: Console) -> None:
    console.print("\nLook at it:")
    for said, address in (
        ("the client's page, all well", pages[0]),
        ("the client's page, each fate", pages[1]),
        ("the API, interactive", f"{stage.url}/schema"),
        ("what needs a person", f"{stage.url}/api/v1/operations?state=needs_attention"),
        ("the outside world", f"{stage.simulators_url}/"),
    ):
        console.print(f"  {said:<30} {address}", soft_wrap=True, highlight=False)
    console.print(f"  {'a token for the API':<30} {stage.token}", soft_wrap=True, highlight=False)
