import asyncio
from contextlib import suppress
from functools import partial
from time import monotonic

import aiohttp
import pytest

from tests.simulation.conftest import Street
from tests.world import until
from tramita.simulation.faults import FaultOrder
from tramita.simulation.latency import Fixed


def set_fault(street: Street, kind: str, **arguments: float | str | bool) -> None:
    """Let the next loaf go wrong."""
    street.bakery.world.faults.add(FaultOrder(kind=kind, arguments=arguments))


async def loses_patience_after_the_effect(street: Street) -> None:
    """Order, see that it is baked, wait for the answer a little longer, and go."""
    ordering = asyncio.create_task(street.order())
    await street.until_baked()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(ordering, 0.3)


class TestPlay:
    async def test_answers_and_records_the_effect(self, street: Street) -> None:
        """Without a fault, a call has its effect once and is answered."""
        status, _, headers = await street.order()

        assert (201, "anna") == (status, headers["x-baker"])
        assert ["eva"] == street.baked()

    async def test_counts_how_many_are_under_way_at_once(self, street: Street) -> None:
        """The panel's state tells the peak, also of calls that come to nothing."""
        set_fault(street, "lost_then_done", seconds=600.0)
        set_fault(street, "effect_delayed", seconds=600.0)
        set_fault(street, "answer_held", seconds=600.0)
        orders = [asyncio.create_task(street.order()) for _ in range(3)]

        async def are_under_way(number: int) -> bool:
            return bool(number == (await street.control("GET", "state"))[1]["under_way"])

        await until(partial(are_under_way, 3))
        for fault in (1, 2, 3):
            await street.control("DELETE", f"faults/{fault}")
        await asyncio.gather(*orders, return_exceptions=True)
        await until(partial(are_under_way, 0))

        assert 3 == (await street.control("GET", "state"))[1]["under_way_peak"]

    @pytest.mark.parametrize(
        ("kind", "baked"),
        [("reset_before_effect", []), ("reset_after_effect", ["eva"]), ("lost_after", ["eva"])],
    )
    async def test_resets_the_connection(self, street: Street, kind: str, baked: list[str]) -> None:
        """A reset cuts the connection without an answer, before or after the effect."""
        set_fault(street, kind)

        with pytest.raises((ConnectionResetError, aiohttp.ClientOSError)):
            await street.order()

        assert baked == street.baked()

    async def test_hangs_without_an_effect(self, street: Street) -> None:
        """A hang outlasts the client's patience, and nothing has happened."""
        set_fault(street, "timeout_before")

        with pytest.raises(TimeoutError):
            await street.order(seconds=0.3)

        assert [] == street.baked()

    @pytest.mark.parametrize("kind", ["slow_30", "answer_held"])
    async def test_holds_the_answer_with_the_effect_done(self, street: Street, kind: str) -> None:
        """A held answer outlasts the client's patience although the effect is done."""
        set_fault(street, kind)

        await loses_patience_after_the_effect(street)

        assert ["eva"] == street.baked()

    async def test_holds_no_longer_than_told(self, street: Street) -> None:
        """The argument ``seconds`` says how long an answer is held."""
        set_fault(street, "slow_30", seconds=0.2)
        before = monotonic()

        status, _, _ = await street.order()

        assert 201 == status
        assert 0.2 <= monotonic() - before < 20  # And not thirty, as without being told.

    @pytest.mark.parametrize("kind", ["effect_delayed", "answer_held"])
    @pytest.mark.parametrize("which", ["faults/1", "faults"])
    async def test_lets_go_what_it_holds_when_it_is_taken_away(
        self, street: Street, kind: str, which: str
    ) -> None:
        """Alone or with all others: nobody waits for the time it would have lasted."""
        set_fault(street, kind, seconds=600.0)
        asking = asyncio.create_task(street.order())
        await street.until_struck()

        await street.control("DELETE", which)
        status, _, _ = await asking

        assert (201, ["eva"]) == (status, street.baked())

    async def test_delays_the_effect(self, street: Street) -> None:
        """A delayed effect comes before its late answer, not at once."""
        set_fault(street, "effect_delayed", seconds=600.0)

        asking = asyncio.create_task(street.order())
        await street.until_struck()
        early = street.baked()
        await street.let_go()
        await asking

        assert ([], ["eva"]) == (early, street.baked())

    async def test_has_the_effect_after_the_connection_is_gone(self, street: Street) -> None:
        """It may come when it is let go: who asks before learns of nothing."""
        set_fault(street, "lost_then_done", seconds=600.0)

        with pytest.raises((ConnectionResetError, aiohttp.ClientOSError)):
            await street.order()
        early = street.baked()
        await street.let_go()
        await street.until_baked()

        assert ([], ["eva"]) == (early, street.baked())

    async def test_has_the_effect_when_its_time_has_come(self, street: Street) -> None:
        """By itself."""
        set_fault(street, "lost_then_done", seconds=0.05)

        with pytest.raises((ConnectionResetError, aiohttp.ClientOSError)):
            await street.order()
        await street.until_baked()

        assert ["eva"] == street.baked()

    async def test_lets_the_vendor_do_something_else(self, street: Street) -> None:
        """A vendor's own kind may change what is done, not only what is said."""
        set_fault(street, "two_loaves")

        status, _, _ = await street.order()

        assert (201, ["eva", "eva"]) == (status, street.baked())

    async def test_cuts_the_body_in_half(self, street: Street) -> None:
        """A cut body announces its whole length and ends early, with the effect done."""
        set_fault(street, "half_body")

        with pytest.raises(aiohttp.ClientPayloadError):
            await street.order()

        assert ["eva"] == street.baked()

    async def test_drips(self, street: Street) -> None:
        """A dripping answer outlasts the client's patience, too."""
        set_fault(street, "trickle", seconds=0.05)

        await loses_patience_after_the_effect(street)

        assert ["eva"] == street.baked()

    @pytest.mark.parametrize(
        ("kind", "end"),
        [("malformed_json", b",}"), ("truncated", b"."), ("html_error", b"nginx")],
    )
    async def test_spoils_the_body(self, street: Street, kind: str, end: bytes) -> None:
        """A spoiled body comes whole and in order of HTTP, but is not JSON."""
        set_fault(street, kind)

        status, body, _ = await street.order()

        assert 201 == status
        assert body.endswith(end)
        assert ["eva"] == street.baked()

    async def test_empties_the_body(self, street: Street) -> None:
        """An empty body is a success that says nothing."""
        set_fault(street, "empty_body")

        status, body, _ = await street.order()

        assert (201, b"") == (status, body)

    async def test_bloats_the_body(self, street: Street) -> None:
        """A bloated body is a right answer of many megabytes; the journal keeps its beginning."""
        set_fault(street, "huge_body", megabytes=1)

        status, body, _ = await street.order()

        assert 201 == status
        assert b"rye" in body[:100]
        assert len(body) > 1_000_000
        assert len(street.bakery.world.journal.entries()[-1].answer) < 500_000

    async def test_forges_the_signature(self, street: Street) -> None:
        """A forged answer has the right body and a stranger's seal."""
        set_fault(street, "wrong_signature")

        _, body, headers = await street.order()

        assert b"rye" in body
        assert "stranger" == headers["x-baker"]

    @pytest.mark.parametrize(
        ("kind", "after_effect", "baked"),
        [("http_503", False, []), ("http_500", True, ["eva"]), ("no_flour", False, [])],
    )
    async def test_refuses_in_the_vendors_words(
        self, street: Street, kind: str, after_effect: bool, baked: list[str]
    ) -> None:
        """An error answer is the vendor's envelope, with the effect done only when told."""
        set_fault(street, kind, after_effect=after_effect)

        status, body, _ = await street.order()

        assert {"http_503": 503, "http_500": 500, "no_flour": 409}[kind] == status
        assert f'{{"sorry":"{kind}"}}'.encode() == body
        assert baked == street.baked()

    @pytest.mark.parametrize(("arguments", "header"), [({}, None), ({"retry_after": 5.0}, "5")])
    async def test_refuses_with_retry_after_only_when_told(
        self, street: Street, arguments: dict[str, float], header: str | None
    ) -> None:
        """A 429 carries Retry-After when the fault asks for it."""
        set_fault(street, "429", **arguments)

        status, _, headers = await street.order()

        assert (429, header) == (status, headers.get("retry-after"))

    async def test_bends_as_the_vendor_bends(self, street: Street) -> None:
        """A vendor's own kind changes the body."""
        set_fault(street, "burnt")

        _, body, _ = await street.order()

        assert b'{"loaf":"burnt"}' == body

    async def test_refuses_connections(self, street: Street) -> None:
        """The port is closed, for everybody."""
        set_fault(street, "connect_refused", seconds=600.0)
        with pytest.raises(aiohttp.ClientOSError):
            await street.order()

        for _ in range(2):
            with pytest.raises(aiohttp.ClientConnectorError):
                await street.order("ben")

        assert [] == street.baked()

    async def test_refuses_them_for_a_while(self, street: Street) -> None:
        """The port opens again by itself."""
        set_fault(street, "connect_refused", seconds=0.2)
        with pytest.raises(aiohttp.ClientOSError):
            await street.order()

        async def is_served() -> bool:
            with suppress(aiohttp.ClientConnectorError):
                await street.order()
            return bool(street.baked())

        await until(is_served)

        assert ["eva"] == street.baked()

    async def test_takes_its_time(self, street: Street) -> None:
        """Latency passes before the answer."""
        street.bakery.world.latency = Fixed(milliseconds=150)
        before = monotonic()

        await street.order()

        assert monotonic() - before >= 0.15

    async def test_is_kept_in_the_journal(self, street: Street) -> None:
        """The journal tells what was asked, which fault struck and what became of the answer."""
        set_fault(street, "burnt")
        await street.order("ben")

        (entry,) = street.bakery.world.journal.entries()

        assert ("bake", {"client": "ben"}, "burnt") == (entry.operation, entry.fields, entry.fault)
        assert (201, "answered", b'{"loaf":"burnt"}') == (
            entry.status,
            entry.delivery,
            entry.answer,
        )
