"""``Idempotency-Key`` on whatever asks the provider for numbers."""

import asyncio

from tests.numbering.api.test_previews import holds, verdict
from tests.numbering.numbers import PREVIEWS, RANDOM, Numbers
from tests.world import until

ORDER = {"ddd": "11", "brand_id": "vivo"}
REUSED = (422, "idempotency_key_reused", False)


class TestAKey:
    async def test_has_a_preview_made_once(self, numbers: Numbers) -> None:
        """The same three numbers again; for another body the key is refused (R2)."""
        first, again = [await numbers.ask("POST", PREVIEWS, ORDER, key="p") for _ in range(2)]
        other = await numbers.ask("POST", PREVIEWS, {**ORDER, "ddd": "21"}, key="p")

        assert (201, first.body, "true", "no-store") == (
            again.status,
            again.body,
            again.headers["idempotency-replayed"],
            again.headers["Cache-Control"],
        )
        assert (REUSED, 1) == (verdict(other), len(await holds(numbers)))

    async def test_has_a_number_reserved_once(self, numbers: Numbers) -> None:
        """The first 200 is given again, where without a key it is 500 (G7, R20)."""
        preview = await numbers.preview()
        first, again = [await numbers.reserve(preview, key="r") for _ in range(2)]
        without = await numbers.reserve(preview)
        # A key belongs to its path: another index is another request.
        elsewhere = await numbers.reserve(preview, 1, key="r")

        assert (200, 200, first.body) == (first.status, again.status, again.body)
        assert [500, 409] == [without.status, elsewhere.status]
        assert {first.body["msisdn"]: 1} == await numbers.at_sigan()

    async def test_has_a_random_number_reserved_once(self, numbers: Numbers) -> None:
        """As a preview's; and what was refused for good is refused again."""
        first, again = [await numbers.ask("POST", RANDOM, ORDER, key="a") for _ in range(2)]
        bad = [await numbers.ask("POST", RANDOM, {**ORDER, "ddd": "1"}, key="b") for _ in range(2)]

        assert (201, 201, first.body) == (first.status, again.status, again.body)
        assert {first.body["msisdn"]: 1} == await numbers.at_sigan()
        assert [(400, "DDD_MALFORMED", False)] * 2 == [verdict(one) for one in bad]
        assert "true" == bad[1].headers["idempotency-replayed"]

    async def test_is_free_again_after_an_answer_that_is_not_final(self, numbers: Numbers) -> None:
        """502 to 504 and 409 with a time: the same request is tried again, never replayed."""
        for kind in ("429", "http_418"):
            await numbers.sigan.fail(kind, operation="pre_reserve")
        said = [await numbers.ask("POST", PREVIEWS, ORDER, key="p") for _ in range(3)]
        assert [503, 502, 201] == [one.status for one in said]

        preview = said[-1].body
        await numbers.sigan.act(query_available=False)
        await numbers.sigan.fail("reset_after_effect", operation="reserve")
        said = [await numbers.reserve(preview, key="r") for _ in range(2)]
        assert [504, 409] == [one.status for one in said]
        await numbers.sigan.act(query_available=True)
        await numbers.world.until_at_rest()
        last = await numbers.reserve(preview, key="r")
        assert (500, "NUMBER_INVENTORY_DIVERGENCE", False) == verdict(last)
        shown = await numbers.ask("GET", f"{PREVIEWS}/{preview['id']}")
        assert {shown.body["reserved_msisdn"]: 1} == await numbers.at_sigan()

    async def test_is_taken_while_the_first_request_runs(self, numbers: Numbers) -> None:
        """409; the first one goes on, and its answer is kept."""

        async def is_taken() -> bool:
            return bool(await numbers.world.fetch("SELECT FROM idempotency_keys"))

        async with numbers.world.database.unit_of_work(actor="test") as work:
            # Whoever makes a preview of this area code waits for this.
            await work.fetch("SELECT pg_advisory_xact_lock(hashtext('numbering.previews 11'))")
            first = asyncio.ensure_future(numbers.ask("POST", PREVIEWS, ORDER, key="p"))
            await until(is_taken)
            meanwhile = await numbers.ask("POST", PREVIEWS, ORDER, key="p")
        again = await first, await numbers.ask("POST", PREVIEWS, ORDER, key="p")

        assert (409, "idempotency_in_progress", False) == verdict(meanwhile)
        assert [201, 201] == [one.status for one in again]
        assert again[0].body == again[1].body
