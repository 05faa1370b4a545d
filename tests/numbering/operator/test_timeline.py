"""One number's story, as an operator reads it."""

from datetime import timedelta

import pytest

from tests.numbering.crowd import Corner
from tests.numbering.over_http import Numbers
from tramita.kit.identifiers import new_id
from tramita.kit.timeline import TimelineEntry
from tramita.numbering.errors import NumberNotFound
from tramita.numbering.operator.timeline import NumberStory, tell_number

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def tell(numbers: Numbers, msisdn: str) -> NumberStory:
    """The story of a number."""
    [row] = await numbers.world.fetch("SELECT id FROM phone_number WHERE msisdn = $1", msisdn)
    async with numbers.world.database.unit_of_work() as work:
        return await tell_number(work, row["id"])


def words(entry: TimelineEntry) -> str:
    """An entry in two words."""
    said = entry.details
    last = said["outcome"] if entry.kind == "exchange" else said["to"]
    return f"{entry.what.rpartition('.')[2]} {last}"


class TestAStory:
    async def test_keeps_its_order_whatever_the_clock_does(self, corner: Corner) -> None:
        """What was said comes before what it led to, though days of the platform's time pass."""
        numbers = corner.numbers
        preview = await corner.preview()
        await numbers.world.advance(timedelta(minutes=5))
        await corner.fail("lost_after", "reserve")
        assert 504 == (await numbers.reserve(preview)).status
        await numbers.world.until_at_rest()
        [row] = await corner.numbers_here()
        await numbers.world.advance(timedelta(hours=3))
        assert 204 == (await numbers.release(row["msisdn"])).status
        await numbers.world.until_at_rest()

        story = await tell(numbers, row["msisdn"])

        told = [one for one in story.timeline.entries if one.kind in ("transition", "exchange")]
        assert [
            "pre_reserve done",
            "reserve_number unknown",
            "reserve_number done",
            "confirm RESERVED",
            "release RETURNED",
            "release_number done",
        ] == [words(one) for one in told]
        times = [one.at for one in told]
        assert sorted(times) == times
        assert timedelta(hours=3) < times[-1] - times[1] < timedelta(hours=4)
        assert [] == list(story.unsettled)

    async def test_needs_a_number(self, shared_numbers: Numbers) -> None:
        """One that never was has none."""
        async with shared_numbers.world.database.unit_of_work() as work:
            with pytest.raises(NumberNotFound):
                await tell_number(work, new_id())
