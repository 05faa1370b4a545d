"""``Idempotency-Key`` on whatever asks the provider for numbers."""

import asyncio

import pytest

from tests.numbering.api.test_previews import verdict
from tests.numbering.crowd import Corner
from tests.numbering.over_http import PREVIEWS
from tests.world import until
from tramita.kit import idempotency

pytestmark = pytest.mark.asyncio(loop_scope="module")

REUSED = (422, "idempotency_key_reused", False)


class TestAKey:
    async def test_has_a_preview_made_once(self, corner: Corner) -> None:
        """The same three numbers again; for another body the key is refused (R2)."""
        first, again = [await corner.ask_preview(key=f"p-{corner.ddd}") for _ in range(2)]
        other = await corner.ask_preview(brand_id="another", key=f"p-{corner.ddd}")

        assert (201, first.body, "true", "no-store") == (
            again.status,
            again.body,
            again.headers["idempotency-replayed"],
            again.headers["Cache-Control"],
        )
        assert (REUSED, 1) == (verdict(other), len(await corner.holds()))

    async def test_has_a_number_reserved_once(self, corner: Corner) -> None:
        """The first 200 is given again, where without a key it is 500 (G7, R20)."""
        preview = await corner.preview()
        first, again = [await corner.reserve(preview, key="r") for _ in range(2)]
        without = await corner.reserve(preview)
        # A key belongs to its path: another index is another request.
        elsewhere = await corner.reserve(preview, 1, key="r")

        assert (200, 200, first.body) == (first.status, again.status, again.body)
        assert [500, 409] == [without.status, elsewhere.status]
        assert {first.body["msisdn"]: 1} == await corner.at_sigan()

    async def test_has_a_random_number_reserved_once(self, corner: Corner) -> None:
        """As a preview's; and what was refused for good is refused again."""
        first, again = [await corner.random(key="a") for _ in range(2)]
        bad = [await corner.random(ddd="1", key="b") for _ in range(2)]

        assert (201, 201, first.body) == (first.status, again.status, again.body)
        assert {first.body["msisdn"]: 1} == await corner.at_sigan()
        assert [(400, "DDD_MALFORMED", False)] * 2 == [verdict(one) for one in bad]
        assert "true" == bad[1].headers["idempotency-replayed"]

    async def test_is_free_again_after_an_answer_that_is_not_final(self, corner: Corner) -> None:
        """502 and 503: the same request is tried again. 504: it is answered when that is known."""
        for kind in ("429", "http_418"):
            await corner.fail(kind, "pre_reserve")
        said = [await corner.ask_preview(key=f"p-{corner.ddd}") for _ in range(3)]
        assert [503, 502, 201] == [one.status for one in said]

        preview = said[-1].body
        await corner.order("set", query_available=False)
        await corner.fail("reset_after_effect", "reserve")
        said = [await corner.reserve(preview, key="r") for _ in range(2)]
        assert [504, 409] == [one.status for one in said]
        await corner.order("set", query_available=True)
        await corner.numbers.world.until_at_rest()
        last = await corner.reserve(preview, key="r")
        assert (200, preview["id"]) == (last.status, last.body["preview_id"])
        shown = await corner.numbers.ask("GET", f"{PREVIEWS}/{preview['id']}")
        assert shown.body["reserved_msisdn"] == last.body["msisdn"]
        assert {last.body["msisdn"]: 1} == await corner.at_sigan()

    async def test_gives_the_first_answer_of_a_process_that_died(
        self, corner: Corner, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """After the provider has acted, and before the answer was kept: nothing is made twice."""

        async def die(*_: object) -> None:
            raise ConnectionResetError

        finish, died = idempotency.finish, f"died-{corner.ddd}"
        monkeypatch.setattr(idempotency, "finish", die)
        firsts = [await corner.ask_preview(key=f"p-{corner.ddd}")]
        firsts += [await corner.reserve(firsts[0].body, key="r"), await corner.random(key=died)]
        monkeypatch.setattr(idempotency, "finish", finish)
        again = [
            await corner.ask_preview(key=f"p-{corner.ddd}"),
            await corner.reserve(firsts[0].body, key="r"),
            await corner.random(key=died),
        ]

        assert [201, 200, 201] == [one.status for one in firsts]
        assert [201, 200, 201] == [one.status for one in again]
        assert [one.body for one in firsts] == [one.body for one in again]
        reserved = {one.body["msisdn"]: 1 for one in firsts[1:]}
        assert reserved == await corner.at_sigan()

    async def test_is_taken_while_the_first_request_runs(self, corner: Corner) -> None:
        """409; the first one goes on, and its answer is kept."""
        key = f"p-{corner.ddd}"

        async def is_taken() -> bool:
            taken = "SELECT FROM idempotency_keys WHERE key = $1"
            return bool(await corner.numbers.world.fetch(taken, key))

        async with corner.numbers.world.database.unit_of_work(actor="test") as work:
            # Whoever makes a preview of this area code waits for this.
            lock = f"numbering.previews {corner.ddd}"
            await work.fetch("SELECT pg_advisory_xact_lock(hashtext($1))", lock)
            first = asyncio.ensure_future(corner.ask_preview(key=key))
            await until(is_taken)
            meanwhile = await corner.ask_preview(key=key)
        again = await first, await corner.ask_preview(key=key)

        assert (409, "idempotency_in_progress", True) == verdict(meanwhile)
        assert [201, 201] == [one.status for one in again]
        assert again[0].body == again[1].body
