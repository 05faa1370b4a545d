"""Measured: many previews, each chosen from four times at once, on a bad day.

The table of the field notes (section 8.6): the seed's literal steps reserve numbers several
times and lose others; claiming first does neither. The zeros are the promise.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.numbering.crowd import at_once, disagreement, running_numbers, settle
from tests.numbering.over_http import PREVIEWS, Numbers
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.providers.sigan.simulator.area_codes import DDDS

# Of every preview, the same number three times and another one once.
CHOICES = (0, 0, 0, 1)
SEED = 20261122
AT_ONCE = 64
# So many previews, and the share of answers that are late; the second is the table's.
SIZES = [(32, 0.2), pytest.param(200, 0.05, marks=pytest.mark.soak)]
# What is only made ready must not come too late, on whatever machine.
FEW = 10


@dataclass(frozen=True)
class Measured:
    """The columns of the table, of which all but the first are to be nothing."""

    reserve_calls: int
    reserved_twice: int
    previews_with_two: int
    unknown_here: int
    linked_to_none: int


@pytest.fixture
async def patient(server: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[Numbers]:
    """A world where a call to Sigan may take two seconds."""
    async with running_numbers(server, tmp_path, deadline=2) as numbers:
        yield numbers


class TestReservingConcurrently:
    @pytest.mark.parametrize(("previews", "late"), SIZES)
    async def test_keeps_every_number_to_one_holder(
        self, patient: Numbers, previews: int, late: float
    ) -> None:
        """Three ask for the same number, and one for another of its preview."""
        await measure(patient, previews, late=late)


async def measure(numbers: Numbers, previews: int, *, late: float) -> None:
    """Play it: a share of late answers, and one in twenty callers that go away; compare."""
    chance = random.Random(SEED)
    await numbers.sigan.reset(seed=SEED)
    made: list[dict[str, Any]] = []
    for start in range(0, previews, FEW):
        few = range(start, min(start + FEW, previews))
        made += await at_once(*(partial(numbers.preview, DDDS[one % len(DDDS)]) for one in few))
    await numbers.sigan.delay(2, up_to=10)
    await numbers.sigan.fail(
        "answer_held", operation="reserve", probability=late, count=None, arguments={"seconds": 3}
    )
    # Whoever is in doubt stays so until all is over.
    await numbers.sigan.act(query_available=False)

    for start in range(0, previews, AT_ONCE // len(CHOICES)):
        chosen = made[start : start + AT_ONCE // len(CHOICES)]
        await at_once(
            *(
                partial(ask, numbers, preview, index, leaves=chance.random() < 0.05)
                for preview in chosen
                for index in CHOICES
            )
        )

    in_doubt = await numbers.world.fetch("SELECT FROM phone_number WHERE status = 'RESERVING'")
    struck = sum(one["struck"] for one in await numbers.sigan.faults())
    assert 0 < struck <= len(in_doubt)
    await numbers.sigan.act(query_available=True)
    await settle(numbers)

    assert Measured(previews, 0, 0, 0, 0) == await read(numbers)
    assert [] == await numbers.world.fetch("SELECT FROM phone_number WHERE status = 'RESERVING'")
    assert [] == await numbers.broken()
    assert {} == await disagreement(numbers)


async def ask(numbers: Numbers, preview: dict[str, Any], index: int, *, leaves: bool) -> None:
    """Choose a number; or leave in the middle, as a caller that dies."""
    path = f"{PREVIEWS}/{preview['id']}/numbers/{index}/reserve"
    with suppress(TimeoutError, asyncio.CancelledError):
        timeout = aiohttp.ClientTimeout(total=0.02 if leaves else 30)
        async with numbers.world.api.post(path, timeout=timeout) as said:
            assert said.status in (200, 409, 500, 504), await said.text()


async def read(numbers: Numbers) -> Measured:
    """The columns, from Sigan's journal and ledger and from our tables."""
    calls = [one for one in await numbers.sigan.journal() if one["operation"] == "reserve"]
    reserved = await numbers.sigan.ledger("number_reserved")
    known = await numbers.world.fetch(
        "SELECT t.msisdn, p.reserved_msisdn FROM phone_number AS t "
        "LEFT JOIN preview AS p ON p.id = t.pre_reservation_id WHERE t.status = 'RESERVED'"
    )
    here = {row["msisdn"] for row in known}
    per_number = Counter(row["subject"] for row in reserved)
    per_hold = Counter(row["data"]["externalId"] for row in reserved)
    return Measured(
        reserve_calls=len(calls),
        reserved_twice=sum(count > 1 for count in per_number.values()),
        previews_with_two=sum(count > 1 for count in per_hold.values()),
        unknown_here=len(set(per_number) - here),
        linked_to_none=sum(row["msisdn"] != row["reserved_msisdn"] for row in known),
    )
