"""``/api/v1/numbering/ddds``: area codes over HTTP."""

import pytest

from tests.redis_server import RedisServer
from tests.web.conftest import Site
from tramita.kit.cache import Cache

pytestmark = pytest.mark.asyncio(loop_scope="module")

DDDS = "/api/v1/numbering/ddds"


class TestDDDs:
    async def test_are_shown(self, site: Site) -> None:
        """Where most of the area lies."""
        answer = await site.ask("GET", f"{DDDS}/55")

        assert 200 == answer.status
        assert {"ddd": "55", "state": "RS", "region": "S"} == answer.body

    async def test_are_listed(self, site: Site) -> None:
        """All of them, in their order."""
        answer = await site.ask("GET", DDDS)

        listed = [one["ddd"] for one in answer.body["items"]]
        assert (200, 67) == (answer.status, len(listed))
        assert sorted(listed) == listed
        assert {"ddd": "11", "state": "SP", "region": "SE"} == answer.body["items"][0]

    @pytest.mark.parametrize(
        ("ddd", "status", "code"),
        [
            ("1", 400, "DDD_MALFORMED"),
            ("011", 400, "DDD_MALFORMED"),
            ("10", 400, "DDD_MALFORMED"),
            ("1%31%0A", 400, "DDD_MALFORMED"),
            ("%EF%BC%91%EF%BC%91", 400, "DDD_MALFORMED"),
            ("23", 404, "DDD_NOT_FOUND"),
        ],
    )
    async def test_are_refused(self, site: Site, ddd: str, status: int, code: str) -> None:
        """What is no area code by its looks is another fault than one that is not there."""
        answer = await site.ask("GET", f"{DDDS}/{ddd}")

        assert (status, code) == (answer.status, answer.body["code"])

    async def test_need_the_scope(self, site: Site) -> None:
        """To read numbering; they are the same for every carrier."""
        answers = [
            await site.ask("GET", f"{DDDS}/11", headers=await site.token(scope))
            for scope in ("numbering:read", "numbering:write")
        ]

        assert [200, 403] == [one.status for one in answers]

    @pytest.mark.redis
    async def test_are_shown_with_redis_and_without(self, site: Site, redis: RedisServer) -> None:
        """It goes in the middle and comes back; nobody notices."""
        site.runtime.cache = Cache.open(redis.url)

        answers = [await site.ask("GET", f"{DDDS}/11")]
        for change in (redis.kill, redis.start, redis.fall_silent):
            change()
            answers += [await site.ask("GET", f"{DDDS}/{ddd}") for ddd in ("11", "12", "23")]
        await site.runtime.cache.close()

        assert [200, *[200, 200, 404] * 3] == [one.status for one in answers]
