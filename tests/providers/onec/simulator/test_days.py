"""Each day of the simulated 1C does what its name says."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import nullcontext, suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tramita.kit.outcome import Done, NotSent, Outcome, Refused, Unknown
from tramita.providers.onec.plugin import provider
from tramita.providers.onec.simulator.days import SCENARIOS
from tramita.testing.gateways import done
from tramita.testing.offices import BackOfficeSuite
from tramita.testing.scene import Scene, attempt, open_scene
from tramita.testing.waiting import until
from tramita.transfers.ports import BackOffice, OfficeApplication

# Days on which the first creation comes to this, and so many documents are there after it.
CREATIONS: Mapping[str, tuple[type, int]] = {
    "1C-02": (Unknown, 1),
    "1C-03": (Unknown, 0),
    "1C-04": (NotSent, 0),
    "1C-04-role": (NotSent, 0),
    "1C-05": (Unknown, 1),
    "1C-07": (NotSent, 0),
    "1C-08": (NotSent, 0),
    "1C-09": (Refused, 0),
    "1C-10": (Done, 1),
    "1C-11": (Done, 1),
    "1C-16": (Done, 1),
    "1C-17": (Unknown, 0),
    "1C-18": (Done, 1),
    "1C-19": (Done, 1),
    "1C-20": (Unknown, 0),
}
# Of these the days on which whoever waits is not answered.
SILENT = {"1C-02", "1C-03"}
# Days that are told by what happens to others, below.
TOLD_APART = {"1C-01", "1C-06", "1C-12", "1C-13", "1C-14", "1C-15"}


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene[BackOffice]]:
    """A base that is as usual."""
    async with open_scene(provider, BackOffice, tmp_path, {}) as scene:
        yield scene


def application(revision: int = 1) -> OfficeApplication:
    """One that the base has not seen."""
    return replace(BackOfficeSuite().application(), revision=revision)


async def create(scene: Scene[BackOffice], one: OfficeApplication | None = None) -> Outcome[Any]:
    """Have a document made."""
    return await scene.gateway.create_application(one or application(), attempt())


async def created(scene: Scene[BackOffice]) -> int:
    """How many were; a base that refuses connections tells it a little later."""
    found: list[int] = []

    async def is_told() -> bool:
        with suppress(aiohttp.ClientConnectorError):
            found.append(len(await scene.vendor.ledger("application_created")))
        return bool(found)

    await until(is_told)
    return found[-1]


class TestADay:
    def test_is_tried_here(self) -> None:
        """Every one of them."""
        assert set(SCENARIOS) == set(CREATIONS) | TOLD_APART

    @pytest.mark.parametrize("day", sorted(CREATIONS))
    async def test_makes_of_a_creation_what_its_name_says(
        self, scene: Scene[BackOffice], day: str
    ) -> None:
        """And of the base."""
        done(await scene.gateway.is_there(attempt()))
        await scene.vendor.play(day)
        kind, documents = CREATIONS[day]

        with scene.impatient() if day in SILENT else nullcontext():
            said = await create(scene)

        assert kind is type(said), said
        assert documents == await created(scene)

    async def test_may_be_slow(self, scene: Scene[BackOffice]) -> None:
        """Longer than anybody waits."""
        done(await scene.gateway.is_there(attempt()))  # So that there is a connection.
        await scene.vendor.play("1C-01")
        with scene.impatient():
            assert isinstance(await create(scene), Unknown)

    async def test_may_have_one_licence(self, scene: Scene[BackOffice]) -> None:
        """Whoever comes second is shown a page."""
        await scene.vendor.play("1C-06")
        held = await scene.vendor.fail("answer_held", operation="ping", count=1)
        first = asyncio.create_task(scene.gateway.is_there(attempt()))
        await until(partial(scene.vendor.has_struck, held))
        second = await scene.gateway.is_there(attempt())
        await scene.vendor.let_go(held)

        assert isinstance(second, NotSent)
        assert isinstance(await first, Done)

    async def test_may_know_no_repetition(self, scene: Scene[BackOffice]) -> None:
        """Then the same application has two documents."""
        await scene.vendor.play("1C-11")
        one = application()
        first, second = done(await create(scene, one)), done(await create(scene, one))

        assert first.ref != second.ref
        assert 2 == await created(scene)

    async def test_may_be_an_old_one(self, scene: Scene[BackOffice]) -> None:
        """What came after it is gone, and its numbers come again."""
        await scene.vendor.operate("keep_copy")
        before = done(await create(scene))
        await scene.vendor.play("1C-15")
        gone = done(await scene.gateway.find_application(before.external_id, attempt()))
        after = done(await create(scene))

        assert gone is None
        assert (before.number, False) == (after.number, before.ref == after.ref)

    async def test_of_another_year_or_prefix_has_other_numbers(
        self, scene: Scene[BackOffice]
    ) -> None:
        """The same ones again, for other documents."""
        first = done(await create(scene))
        await scene.vendor.advance("366d")
        next_year = done(await create(scene))
        await scene.vendor.play("1C-16")
        other = done(await create(scene))

        assert first.number == next_year.number
        assert first.ref != next_year.ref
        assert other.number.startswith("НФ01-")

    async def test_may_be_ahead(self, scene: Scene[BackOffice]) -> None:
        """By three hours."""
        await scene.vendor.freeze()
        before = done(await scene.gateway.is_there(attempt())).time
        await scene.vendor.play("1C-19")
        after = done(await scene.gateway.is_there(attempt())).time

        assert before is not None
        assert after is not None
        assert timedelta(hours=3) == after - before

    async def test_opens_again(self, scene: Scene[BackOffice]) -> None:
        """When the hour is over."""
        await scene.vendor.play("1C-07")
        closed = await create(scene)
        await scene.vendor.advance("61m")

        assert isinstance(closed, NotSent)
        assert isinstance(await create(scene), Done)

    async def test_leads_messages_astray(self, scene: Scene[BackOffice]) -> None:
        """One twice, one late, and numbers that nobody sends."""
        made = done(await create(scene))
        await scene.vendor.subscribe("http://127.0.0.1:9/nobody")
        await scene.vendor.play("1C-12")
        numbers = [
            (await scene.vendor.operate("form_conditions", external_id=made.external_id))[
                "message_no"
            ]
            for _ in range(3)
        ]

        deliveries = await scene.vendor.deliveries(made.external_id)
        assert [3, 4, 5] == numbers
        assert 4 == len(deliveries)

    @pytest.mark.parametrize("order", ["form_conditions", "generate_document"])
    async def test_has_people_who_do_something_wrong(
        self, scene: Scene[BackOffice], order: str
    ) -> None:
        """As they are told."""
        made = done(await create(scene))
        wrong = {"rate": None} if order == "form_conditions" else {"defect": "exe"}

        said = await scene.vendor.operate(order, external_id=made.external_id, **wrong)

        assert 1 == said["message_no"]
