"""Taking turns on the event loop."""

import asyncio

from tramita.kit.turns import Turns


class TestTurns:
    """A line of work that computes."""

    async def test_lets_what_is_ready_elsewhere_go_between_two_turns(self) -> None:
        """A hundred answers that came together do not hold up a transaction's next step."""
        turns, happened = Turns(), []

        async def compute(number: int) -> None:
            await turns.take()
            happened.append(f"computed {number}")

        async def step_through_a_transaction() -> None:
            for number in range(3):
                await asyncio.sleep(0)
                happened.append(f"stepped {number}")

        await asyncio.gather(*(compute(n) for n in range(100)), step_through_a_transaction())

        assert happened.index("stepped 2") < happened.index("computed 4")

    async def test_are_taken_in_the_order_of_asking(self) -> None:
        """First come, first served: nobody is passed over for ever."""
        turns, passed = Turns(), []

        async def take(number: int) -> None:
            await turns.take()
            passed.append(number)

        await asyncio.gather(*(take(n) for n in range(10)))

        assert list(range(10)) == passed

    async def test_pass_over_whoever_gave_up(self) -> None:
        """A cancelled call leaves the line open for those behind it."""
        turns = Turns()
        first, given_up, last = (asyncio.create_task(turns.take()) for _ in range(3))
        await asyncio.sleep(0)

        given_up.cancel()
        await asyncio.gather(first, last)

        assert given_up.cancelled()
