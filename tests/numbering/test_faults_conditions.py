"""Sigan's bad days that are no single answer: quotas, amnesia, wrong clocks, no questions."""

from datetime import timedelta
from functools import partial

import pytest

from tests.numbering.crowd import CROWD, Corner, at_once, hurry, statuses
from tests.numbering.over_http import Numbers
from tests.world import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

A_MINUTE = timedelta(minutes=1)


class TestSiganHas:
    async def test_f7_a_quota(self, corner: Corner) -> None:
        """Whoever comes beyond it hears when to come again; nothing is lost."""
        msisdn = await corner.reserved()
        # So few that all of them fit into their seconds on no machine.
        await corner.order("set", quota_per_second=1)

        said = await at_once(*[corner.ask_preview] * CROWD)
        released = await corner.numbers.release(msisdn)

        assert {201, 503} == set(statuses(said))
        waits = [one.headers["Retry-After"] for one in said if one.status == 503]
        assert {"1"} == set(waits)
        assert 204 == released.status
        await corner.until_effect("number_released")
        await corner.order("calm")

    async def test_f25_a_clock_that_is_off(self, corner: Corner) -> None:
        """A preview ends a minute before Sigan's hold as Sigan tells it, or by our own time."""
        lasts = {}
        for seconds in (-120, 240):
            await corner.order("jump_clock", seconds=seconds)
            preview = await corner.preview()
            [row] = await corner.numbers.world.fetch(
                "SELECT expires_at - created_at AS lasts FROM preview WHERE id = $1::uuid",
                preview["id"],
            )
            lasts[seconds] = round(row["lasts"] / A_MINUTE)
        await corner.order("jump_clock", seconds=-120)

        assert {-120: 13, 240: 15} == lasts


class TestSiganForgets:
    async def test_f8_a_release_that_comes_again(self, corner: Corner) -> None:
        """Done, its answer lost, and the repetition taken for a new one: given back once."""
        msisdn = await corner.reserved()
        await corner.fail("reset_after_effect", "release_reservation")
        await corner.fail("request_id_ignored", "release_reservation")

        await corner.numbers.release(msisdn)
        await corner.until_called("release_reservation")
        await until_at_rest(corner)

        assert 2 == len(await corner.calls("release_reservation"))
        assert 1 == len(await corner.effects("number_released"))

    async def test_f8_a_reservation_that_comes_again(self, corner: Corner) -> None:
        """Never done, asked for, sent again when nothing is held any more: refused, and free."""
        preview = await corner.preview()
        [msisdn, *_] = await corner.msisdns(preview)
        await corner.fail("reset_before_effect", "reserve")
        await corner.fail("request_id_ignored", "reserve")
        assert 504 == (await corner.reserve(preview)).status

        await corner.numbers.world.advance(timedelta(minutes=20))
        await until_at_rest(corner)

        assert None is await corner.numbers.status(msisdn)
        assert 2 == len(await corner.calls("reserve"))
        assert [] == await corner.effects("number_reserved")

    async def test_f13_a_hold_that_ended_early(self, corner: Corner) -> None:
        """410, and the preview has ended."""
        await corner.fail("hold_expires_early", "pre_reserve", arguments={"seconds": 960})
        preview = await corner.preview()
        assert "HELD" == await corner.state(preview)

        said = await corner.reserve(preview)

        assert (410, "RELEASED") == (said.status, await corner.state(preview))

    async def test_f14_a_previous_hold_that_has_ended(self, corner: Corner) -> None:
        """Where Sigan minds, it is asked once more without it."""
        await corner.order("set", refuses_ended_previous=True)
        old = await corner.preview()
        await corner.order("expire_hold")

        said = await corner.ask_preview(previous_id=old["id"])

        assert (201, 3) == (said.status, len(await corner.calls("pre_reserve")))
        await corner.order("calm")

    async def test_f19_a_hold_that_is_not_given_back(self, corner: Corner) -> None:
        """It lapses, and nobody is misled meanwhile."""
        await corner.fail("letters", "pre_reserve")
        await corner.fail("release_not_done", "release_hold")

        await corner.preview()
        await until_at_rest(corner)

        assert [] == await corner.effects("hold_released")
        await corner.numbers.world.advance(timedelta(minutes=20))
        assert 2 == len(await corner.effects("hold_expired"))

    async def test_f22_with_its_memory(self, corner: Corner) -> None:
        """It starts again while numbers are held, reserved and in doubt: all comes to its end."""
        held, doubted = await corner.preview(), await corner.preview()
        kept = await corner.reserved()
        await corner.order("set", query_available=False)
        await corner.fail("reset_after_effect", "reserve")
        assert 504 == (await corner.reserve(doubted)).status

        await corner.order("restart", memory=True)
        await corner.order("calm")

        assert 200 == (await corner.reserve(held)).status
        assert 204 == (await corner.numbers.release(kept)).status
        await until_at_rest(corner)
        assert "CONSUMED" == await corner.state(doubted)

    @pytest.mark.asyncio(loop_scope="function")
    async def test_f22_without_its_memory(self, numbers: Numbers) -> None:
        """The audit names what is reserved here only; giving it back puts that right."""
        corner = Corner(numbers, "11")
        msisdn, held = await corner.reserved(), await corner.preview()

        await corner.order("restart", memory=False)

        [finding] = await numbers.broken()
        assert "I1 " in finding
        assert "RESERVED here, free there" in finding
        said = await corner.reserve(held)
        assert (410, "RELEASED") == (said.status, await corner.state(held))
        await numbers.release(msisdn)
        await numbers.world.until_at_rest()
        assert [] == await numbers.broken()


class TestSiganAnswers:
    async def test_f18_no_questions(self, corner: Corner) -> None:
        """In doubt until the hold has ended; then the request itself, once more, settles it."""
        preview = await corner.preview()
        [msisdn, *_] = await corner.msisdns(preview)
        await corner.order("set", query_available=False)
        await corner.fail("reset_after_effect", "reserve")

        assert 504 == (await corner.reserve(preview)).status
        await until_asked(corner)
        assert "RESERVING" == await corner.numbers.status(msisdn)
        assert any("not verified" in one for one in await corner.numbers.broken())
        await corner.numbers.world.advance(timedelta(minutes=20))
        await until_at_rest(corner)

        await corner.order("calm")
        assert "RESERVED" == await corner.numbers.status(msisdn)
        assert 1 == len(await corner.effects("number_reserved"))

    async def test_f18_late_answers(self, corner: Corner) -> None:
        """That it knows nothing of the request is not believed; half a minute later it does."""
        preview = await corner.preview()
        [msisdn, *_] = await corner.msisdns(preview)
        await corner.order("set", query_lag_seconds=30)
        await corner.fail("reset_after_effect", "reserve")

        assert 504 == (await corner.reserve(preview)).status
        await until_asked(corner)
        assert "RESERVING" == await corner.numbers.status(msisdn)
        await corner.numbers.world.advance(timedelta(seconds=31))
        await until_at_rest(corner)

        await corner.order("calm")
        assert "RESERVED" == await corner.numbers.status(msisdn)


async def until_at_rest(corner: Corner) -> None:
    """Wait until nothing is left to do."""
    await until(partial(_is, corner, "TRUE"))


async def until_asked(corner: Corner) -> None:
    """Wait until Sigan was asked twice about whatever is in doubt."""
    await until(partial(_is, corner, "asked < 2"))


async def _is(corner: Corner, undone: str) -> bool:
    await hurry(corner.numbers)
    return not await corner.numbers.world.fetch(
        "SELECT FROM operations "
        f"WHERE state IN ('PREPARED', 'SENT', 'NOT_SENT', 'UNKNOWN') AND {undone}"
    )
