"""Idempotency keys: the first final answer to a request, given again."""

import asyncio

import pytest

from tramita.kit.database.engine import Database
from tramita.kit.idempotency import (
    Begun,
    Claim,
    IdempotencyInProgress,
    IdempotencyKeyExpired,
    IdempotencyKeyReused,
    StoredAnswer,
    begin,
    finish,
    hash_bytes,
)

CREATED = StoredAnswer(201, "application/json", b'{"id": 7}')
OTHER = StoredAnswer(409, "application/json", b"{}")


async def claim(database: Database, body: bytes = b"{}", scope: str = "me POST /") -> Claim:
    claimed = await begin(database, scope, "k", body)
    assert isinstance(claimed, Claim)
    return claimed


async def age(database: Database, interval: str) -> None:
    """As if every key had been used that long ago."""
    async with database.unit_of_work() as work:
        await work.fetch(
            f"UPDATE idempotency_keys SET started_at = started_at - interval '{interval}'"
        )


class TestBegin:
    async def test_gives_the_first_answer_again(self, database: Database) -> None:
        """To the same request under the same key, whole."""
        await finish(database, await claim(database), CREATED)

        assert CREATED == await begin(database, "me POST /", "k", b"{}")

    async def test_lets_one_of_many_through(self, database: Database) -> None:
        """The others are told to come back."""

        async def ask() -> bool:
            try:
                return isinstance(await begin(database, "me POST /", "k", b"{}"), Claim)
            except IdempotencyInProgress:
                return False

        let_through = await asyncio.gather(*(ask() for _ in range(8)))

        assert [False] * 7 + [True] == sorted(let_through)

    async def test_knows_a_body_again_that_the_former_release_kept(
        self, database: Database
    ) -> None:
        """By its bytes, as it compared them; for as long as a key is kept, upgrade or not."""
        body = b'{"b": 1, "a": 2}'
        await finish(database, await claim(database, body), CREATED)
        async with database.unit_of_work() as work:
            await work.fetch(
                "UPDATE idempotency_keys SET body_hash = $1", hash_bytes(body, database.keys)
            )

        assert CREATED == await begin(database, "me POST /", "k", body)
        with pytest.raises(IdempotencyKeyReused):
            await begin(database, "me POST /", "k", b'{"a": 2, "b": 3}')

    async def test_refuses_another_body(self, database: Database) -> None:
        """While the first runs and when it was answered; the code is one of its own."""
        claimed = await claim(database)
        with pytest.raises(IdempotencyKeyReused):
            await begin(database, "me POST /", "k", b"other")
        await finish(database, claimed, CREATED)

        with pytest.raises(IdempotencyKeyReused) as refused:
            await begin(database, "me POST /", "k", b"other")

        assert "idempotency_key_reused" == refused.value.code
        assert ["header.Idempotency-Key"] == [error.path for error in refused.value.errors]

    async def test_knows_keys_only_within_their_scope(self, database: Database) -> None:
        """Another credential or route has keys of its own."""
        await finish(database, await claim(database), CREATED)

        assert isinstance(await begin(database, "you POST /", "k", b"{}"), Claim)

    @pytest.mark.parametrize("interval", ["61 seconds", "25 hours"])
    async def test_takes_over_from_a_request_that_died(
        self, database: Database, interval: str
    ) -> None:
        """A process killed in the middle does not block a key for a day."""
        await claim(database)
        await age(database, interval)

        assert isinstance(await begin(database, "me POST /", "k", b"{}"), Claim)

    async def test_is_for_another_request_after_a_day(self, database: Database) -> None:
        """Then the key is new for another body."""
        await finish(database, await claim(database), CREATED)
        await age(database, "23 hours")
        assert CREATED == await begin(database, "me POST /", "k", b"{}")
        await age(database, "2 hours")

        assert isinstance(await begin(database, "me POST /", "k", b"other"), Claim)

    async def test_knows_the_same_request_after_a_day(self, database: Database) -> None:
        """Its answer is kept no more, and what it did is not done twice."""
        await finish(database, await claim(database), CREATED)
        await age(database, "25 hours")

        with pytest.raises(IdempotencyKeyExpired) as refused:
            await begin(database, "me POST /", "k", b"{}")

        assert "idempotency_key_expired" == refused.value.code

    async def test_lets_a_refused_request_be_tried_again_after_a_day(
        self, database: Database
    ) -> None:
        """Nothing was done."""
        await finish(database, await claim(database), StoredAnswer(409, "text/plain", b"no"))
        await age(database, "25 hours")

        assert isinstance(await begin(database, "me POST /", "k", b"{}"), Claim)

    async def test_tells_of_what_was_begun_after_a_day(self, database: Database) -> None:
        """Something may have come of it; whoever repeats the request is told what."""
        await claim(database)
        await database.fetch("UPDATE idempotency_keys SET act = 'reserve:7'")
        await age(database, "25 hours")

        begun = await begin(database, "me POST /", "k", b"{}")

        assert isinstance(begun, Begun)
        assert "reserve:7" == begun.act


class TestFinish:
    async def test_without_an_answer_frees_the_key(self, database: Database) -> None:
        """A failure of ours may be tried again at once."""
        await finish(database, await claim(database), None)

        assert isinstance(await begin(database, "me POST /", "k", b"other"), Claim)

    @pytest.mark.parametrize("late", [None, OTHER])
    async def test_of_a_request_given_up_changes_nothing(
        self, database: Database, late: StoredAnswer | None
    ) -> None:
        """Somebody else has the key by then."""
        slow = await claim(database)
        await age(database, "61 seconds")
        quick = await claim(database)
        await finish(database, quick, CREATED)

        await finish(database, slow, late)

        assert CREATED == await begin(database, "me POST /", "k", b"{}")
