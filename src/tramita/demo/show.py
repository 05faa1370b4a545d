"""The show: every scene with live progress, a summary, and the addresses to look at."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import IO

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tramita.demo import courses, envelopes, mobile_lines, numbers, three_contracts, transfers
from tramita.demo.scene import Line
from tramita.demo.stage import Stage
from tramita.kit.findings import Finding, Verdict
from tramita.process.areas import AREAS

_SCENES = (
    three_contracts.SCENE,
    mobile_lines.SCENE,
    numbers.SCENE,
    courses.SCENE,
    transfers.SCENE,
    envelopes.SCENE,
)
_IMPATIENT = (numbers.IMPATIENT, envelopes.IMPATIENT, *courses.IMPATIENT, transfers.IMPATIENT)
# Longer than an envelope lives, and than any month: a card that runs out with it has run out.
_A_MONTH = timedelta(days=32)
# When what a bank has refused is debited again for the first time.
_THREE_DAYS = timedelta(days=3)

# Wider than any line of a table.
_UNWRAPPED = 1000


def make_console(file: IO[str] | None = None) -> Console:
    """As wide as the terminal; what goes into a pipe or a file is not wrapped at all."""
    console = Console(file=file)
    return console if console.is_terminal else Console(file=file, width=_UNWRAPPED)


async def show(stage: Stage, console: Console, *, is_staying: bool) -> bool:
    """Play every scene; answers whether all ended as they should."""
    for impatient in _IMPATIENT:
        stage.runtime.configure(impatient)
    with Progress(
        TextColumn("{task.description:<11}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.fields[said]}"),
        console=console,
        # Bars are for whoever looks on; a file is read afterwards.
        disable=not console.is_terminal,
    ) as progress:
        bars = {scene: progress.add_task(scene, total=None, said="") for scene in _SCENES}

        def tell(scene: str, done: int, total: int, said: str = "") -> None:
            said = "" if done == total else escape(said)
            progress.update(bars[scene], completed=done, total=total, said=said)

        contracts = await three_contracts.play(stage, tell)
        contracts += await mobile_lines.play(stage, tell)
        transferred = await transfers.play(stage, tell)
        reserving = numbers.NumbersScene(stage, tell)
        moving = envelopes.EnvelopesScene(stage, tell)
        async with courses.courses_scene(stage, tell) as learning:
            await asyncio.gather(reserving.begin(), moving.begin(), learning.begin())
            await stage.advance(_A_MONTH)
            await asyncio.gather(moving.expire(), learning.go_on())
            await stage.advance(_THREE_DAYS)
            await learning.go_on()
            ordered = await learning.end()
        portabilities, pages = await moving.end()
        reserved = await reserving.end()
    findings = {
        area.key: await area.promises.check(stage.runtime)
        for area in AREAS
        if area.promises is not None
    }
    console.print(_summary("Contracts of four backends", contracts))
    console.print(
        _summary("Portability: proposals sent to QI Tech, made there, alive there", portabilities)
    )
    title = "Numbers: asked for at Sigan, reserved there, held there"
    console.print(_summary(title, reserved, counted=("asked", "made", "held")))
    title = "Courses: procedures at Lex Persona; debits asked of Lyra, paid, given back"
    console.print(_summary(title, ordered, counted=("papers", "debits", "paid", "back")))
    title = "Payments abroad: documents in 1C; messages and files in their Telegram groups"
    console.print(_summary(title, transferred, counted=("1C", "said", "files")))
    for area, found in findings.items():
        _print_promises(area, found, console)
    if is_staying:
        _print_addresses(stage, pages, console)
    lines = [*contracts, *portabilities, *reserved, *ordered, *transferred]
    return all(line.is_well for line in lines) and not any(map(_broken, findings.values()))


def _summary(
    title: str, lines: Sequence[Line], counted: Sequence[str] = ("sent", "made", "alive")
) -> Table:
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )
    table.add_column("")
    table.add_column("contract", no_wrap=True)
    table.add_column("what happened", overflow="fold")
    # No state is ever cut: its longest word has room.
    longest = max((len(word) for line in lines for word in line.seen.split()), default=0)
    table.add_column("ended as", overflow="fold", min_width=longest)
    if any(line.counts for line in lines):
        for said in counted:
            table.add_column(said, justify="right")
    for line in lines:
        mark = "[green]✓[/]" if line.is_well else "[red]✗[/]"
        counts = map(str, line.counts)
        table.add_row(mark, line.subject, line.what, _ended(line), *counts)
    return table


def _ended(line: Line) -> str:
    said = [escape(line.seen)]
    if not line.is_well:
        counts = " / ".join(map(str, line.expected_counts))
        said.append(f"[red]expected: {escape(line.expected)} {counts}[/]")
    if line.note:
        said.append(f"[dim]{escape(line.note)}[/]")
    return "\n".join(said)


def _broken(findings: Sequence[Finding]) -> list[str]:
    """What breaks a promise, or could not be verified."""
    broken = [
        f"{one.invariant} {difference.subject}: {difference.sentence}"
        for one in findings
        for difference in one.differences
    ]
    unverified = [
        f"{one.invariant}: not verified{f' ({one.unasked})' if one.unasked else ''}"
        for one in findings
        if one.verdict is Verdict.NOT_VERIFIED
    ]
    return broken + unverified


def _print_promises(area: str, findings: Sequence[Finding], console: Console) -> None:
    # Without a space, so that no line ends between a promise and its count.
    kept = [f"{one.invariant}({one.looked_at})" for one in findings]
    broken = _broken(findings)
    if not broken:
        console.print(f"[green]✓[/] tramita check {area}: kept {', '.join(kept)}")
    for one in broken:
        console.print(f"[red]✗[/] tramita check {area}: {escape(one)}")


def _print_addresses(stage: Stage, pages: Mapping[str, str], console: Console) -> None:
    console.print("\nThe client's pages:")
    _print_named(pages, console)
    console.print("\nFor everybody else:")
    _print_named(
        {
            "the console": f"{stage.url}/console/",
            "  e-mail": stage.account.email,
            "  password": stage.account.password,
            "a learner's pages": f"{stage.url}/learn/enter",
            "Telegram groups": f"{stage.simulators_url}/telegram/",
            "e-mails sent": f"{stage.simulators_url}/mailbox/",
            "phone numbers": f"{stage.url}/numbering/demo",
            "the API": f"{stage.url}/schema",
            "  a token": stage.token,
            "the outside world": f"{stage.simulators_url}/",
        },
        console,
    )
    console.print(
        "\nIn the console FATE-0007 waits for a person: QI Tech answers again, so ask again.\n"
        f"The clock is {stage.ahead.days} days ahead: an envelope was to expire, and instalments were "
        "to be due."
    )


def _print_named(addresses: Mapping[str, str], console: Console) -> None:
    for said, address in addresses.items():
        console.print(f"  {said:<22} {address}", soft_wrap=True, highlight=False, markup=False)
