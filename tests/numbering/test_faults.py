"""Whatever Sigan answers, previews, reservations and releases end where the table says."""

import ast
import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.numbering.crowd import Corner, disagreement, end_well, hurry, running_numbers, settle
from tests.numbering.faults import CASES, CONDITIONS, DEADLINE, Case, OfARelease, Seen, render
from tests.numbering.over_http import Numbers, Said
from tests.world import until
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.providers.sigan.simulator.area_codes import DDDS

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "reference" / "numbering-faults.md"
# Each operation with its place among a case's ends, what it does at Sigan, and what undoes that.
PREVIEW, RESERVATION, RELEASE = range(3)


@pytest.fixture
async def numbers(server: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[Numbers]:
    """A world in which many calls fail in a row, and none is held back for it."""
    async with running_numbers(server, tmp_path) as numbers:
        numbers.world.runtime.exchanges["sigan"].breaker.threshold = len(CASES) * 100
        yield numbers


@dataclass
class Trial:
    """One case in a corner of its own."""

    corner: Corner
    case: Case
    preview: dict[str, Any] | None = None
    msisdn: str = ""
    said: Said | None = None
    state: str | None = None

    async def reserve(self) -> Said:
        """Reserve the first number of its preview."""
        assert self.preview is not None
        return await self.corner.reserve(self.preview)


class TestSigan:
    """All cases at once, each in an area code of its own."""

    async def test_may_fail_as_it_likes_when_previews_are_made(self, numbers: Numbers) -> None:
        """A preview that can be chosen from, or nothing that stays held."""
        trials = trials_of(numbers, PREVIEW)
        await strike(trials, "pre_reserve")

        await tell(trials, lambda one: one.corner.ask_preview())
        for one in trials:
            if one.said is not None and one.said.status == 201:
                one.state = await one.corner.state(one.said.body)
        await settle(numbers)

        seen = await Records.read(numbers)
        assert expected(trials, PREVIEW) == {
            str(one.case): seen.of(one, "pre_reserve", (one.state,)) for one in trials
        }
        await end_well(numbers)

    async def test_may_fail_as_it_likes_when_numbers_are_reserved(self, numbers: Numbers) -> None:
        """Reserved here and there, or neither."""
        trials = trials_of(numbers, RESERVATION)
        for one in trials:
            one.preview = await one.corner.preview()
            one.msisdn = (await one.corner.msisdns(one.preview))[0]
        await strike(trials, "reserve")

        await tell(trials, Trial.reserve)
        await settle(numbers)

        seen = await Records.read(numbers)
        ends = {}
        for one in trials:
            assert one.preview is not None
            stands = (await numbers.status(one.msisdn), await one.corner.state(one.preview))
            ends[str(one.case)] = seen.of(one, "reserve", stands)
        assert expected(trials, RESERVATION) == ends
        await end_well(numbers)

    async def test_may_fail_as_it_likes_when_numbers_are_released(self, numbers: Numbers) -> None:
        """Free there too, or on somebody's list."""
        trials = trials_of(numbers, RELEASE)
        for one in trials:
            one.msisdn = await one.corner.reserved()
        await strike(trials, "release_reservation")

        await tell(trials, lambda one: numbers.release(one.msisdn))
        await settle(numbers)

        seen = await Records.read(numbers)
        ends = {}
        for one in trials:
            [row] = await numbers.world.fetch(
                "SELECT status, provider_release FROM phone_number WHERE msisdn = $1", one.msisdn
            )
            ends[str(one.case)] = seen.of(one, "release_reservation", tuple(row))
        assert expected(trials, RELEASE) == ends
        await self._audit(numbers, trials)

    async def _audit(self, numbers: Numbers, trials: Sequence[Trial]) -> None:
        """What was not given back is known: to the audit, or to a person."""
        kept = [
            one for one in trials if one.case.ends[RELEASE] in (OfARelease.AUDIT, OfARelease.PERSON)
        ]
        [finding] = await numbers.broken()
        assert "I1 " in finding
        assert "returned here (release DONE), still reserved there" in finding
        assert {"there": {one.msisdn: 1 for one in kept}} == await disagreement(numbers)

        for one in kept:
            [row] = await one.corner.effects("number_reserved")
            await one.corner.give_back_by_hand(row["data"]["reservationId"])
        await end_well(numbers)


class TestTheTables:
    def test_name_tests_that_exist(self) -> None:
        """File and function."""
        named = [tuple(test.split("::")) for one in CONDITIONS for test in one.tests]

        assert [] == [test for test in named if test[1] not in names_in(TESTS / test[0])]

    def test_are_those_of_the_documentation(self) -> None:
        """docs/reference/numbering-faults.md is what ``python -m tests.numbering.faults`` prints."""
        assert render() == PAGE.read_text(encoding="utf-8")


@dataclass(frozen=True)
class Records:
    """Sigan's journal and ledger, read once."""

    journal: list[dict[str, Any]]
    ledger: list[dict[str, Any]]

    @classmethod
    async def read(cls, numbers: Numbers) -> "Records":
        """Everything."""
        return cls(await numbers.sigan.journal(), await numbers.sigan.effects())

    def of(self, one: Trial, operation: str, stands: tuple[str | None, ...]) -> Seen:
        """Where a trial ended."""
        done, undone = {
            "pre_reserve": ("numbers_held", "hold_released"),
            "reserve": ("number_reserved", "number_released"),
            "release_reservation": ("number_released", ""),
        }[operation]
        ddd = one.corner.ddd
        calls = [
            entry
            for entry in self.journal
            if entry["operation"] == operation and entry["fields"].get("ddd") == ddd
        ]
        effects = [
            row["effect"]
            for row in self.ledger
            if ddd in (row["data"].get("ddd"), row["data"].get("msisdn", "")[2:4])
        ]
        assert one.said is not None
        count = effects.count
        return Seen(one.said.status, stands, len(calls), count(done), count(undone))


def trials_of(numbers: Numbers, place: int) -> list[Trial]:
    """The cases about one operation, each with an area code."""
    cases = [one for one in CASES if one.ends[place] is not None]
    return [Trial(Corner(numbers, ddd), one) for ddd, one in zip(DDDS, cases, strict=False)]


def expected(trials: Sequence[Trial], place: int) -> dict[str, Seen]:
    """Where the table says that they end."""
    ends = {str(one.case): one.case.ends[place] for one in trials}
    return {name: end.value[1] for name, end in ends.items() if end is not None}


async def strike(trials: Sequence[Trial], operation: str) -> None:
    """Order the faults."""
    for one in trials:
        case = one.case
        await one.corner.fail(
            case.kind, operation, arguments=dict(case.arguments), count=case.count
        )


async def tell(trials: Sequence[Trial], ask: Any) -> None:
    """Ask for all of it, and wait for what follows.

    Those at once that are answered, on however busy a machine; then those on which we give up,
    and at last those that strike everybody.
    """
    numbers = trials[0].corner.numbers
    answered = [one for one in trials if not (one.case.alone or one.case.is_waited_out)]
    await _ask(answered, ask)
    await until_quiet(numbers)
    with numbers.deadline(DEADLINE):
        await _ask([one for one in trials if one.case.is_waited_out], ask)
        await until(partial(_is_sent, numbers))
    await until_quiet(numbers)
    await _ask([one for one in trials if one.case.alone], ask)
    await until_quiet(numbers)


async def _ask(trials: Sequence[Trial], ask: Any) -> None:
    for one, said in zip(trials, await asyncio.gather(*map(ask, trials)), strict=True):
        one.said = said


async def _is_sent(numbers: Numbers) -> bool:
    """Whether whatever is to be sent has been, and was answered or given up."""
    rows = await numbers.world.fetch("SELECT FROM operations WHERE state IN ('PREPARED', 'SENT')")
    return not rows


async def until_quiet(numbers: Numbers) -> None:
    """Wait until Sigan has done whatever it does late, and was asked about all of it since."""

    async def is_idle() -> bool:
        try:
            return await numbers.sigan.is_idle()
        except aiohttp.ClientError:
            return False  # It refuses connections just now.

    async def is_asked() -> bool:
        await hurry(numbers)
        rows = await numbers.world.fetch(
            "SELECT FROM operations WHERE state IN ('PREPARED', 'SENT', 'NOT_SENT') "
            "OR (state = 'UNKNOWN' AND (ask_job IS NULL OR asked < $1))",
            asked + 2,
        )
        return not rows

    await until(is_idle)
    [row] = await numbers.world.fetch("SELECT coalesce(max(asked), 0) AS n FROM operations")
    asked = row["n"]
    await until(is_asked)


def names_in(path: Path) -> set[str]:
    """The functions of a file; none where there is no such file."""
    if not path.is_file():
        return set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, functions)}
