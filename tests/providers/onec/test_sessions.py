"""Sessions of 1C cost licences: they are used again, and given back."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tramita.kit.outcome import Done, NotSent, Unknown
from tramita.providers.onec.plugin import provider
from tramita.testing.gateways import done
from tramita.testing.scene import Scene, attempt, open_scene
from tramita.transfers.ports import BackOffice


async def sessions(scene: Scene[BackOffice]) -> int:
    """How many the base has."""
    shown: dict[str, Any] = await scene.vendor.operate("keep_copy")
    count: int = shown["sessions"]
    return count


class TestASession:
    async def test_is_used_again(self, tmp_path: Path) -> None:
        """Ten calls, one licence."""
        async with open_scene(provider, BackOffice, tmp_path, {}) as scene:
            for _ in range(10):
                done(await scene.gateway.is_there(attempt()))

            assert 1 == await sessions(scene)

    async def test_is_given_back(self, tmp_path: Path) -> None:
        """With the call by which it is old."""
        async with open_scene(provider, BackOffice, tmp_path, {"session_seconds": 0}) as scene:
            for _ in range(2):
                done(await scene.gateway.is_there(attempt()))

            assert 0 == await sessions(scene)

    async def test_is_waited_for_where_others_have_all_that_may_be(self, tmp_path: Path) -> None:
        """Ten questions at once, and two licences: none goes unanswered."""
        async with open_scene(provider, BackOffice, tmp_path, {"concurrency": 2}) as scene:
            await scene.vendor.act(licences=2)
            said = await asyncio.gather(*(scene.gateway.is_there(attempt()) for _ in range(10)))

            assert {Done} == {type(one) for one in said}
            assert await sessions(scene) <= 2

    async def test_that_was_lost_is_begun_anew(self, tmp_path: Path) -> None:
        """Within the call, because 1C has not looked at it."""
        async with open_scene(provider, BackOffice, tmp_path, {}) as scene:
            done(await scene.gateway.is_there(attempt()))
            await scene.vendor.operate("lose_sessions")
            tried = attempt()

            assert isinstance(await scene.gateway.is_there(tried), Done)
            assert 2 == len(tried.exchanges)

    async def test_is_left_alone_while_its_call_may_go_on(self, tmp_path: Path) -> None:
        """The next call begins another."""
        async with open_scene(provider, BackOffice, tmp_path, {}) as scene:
            done(await scene.gateway.is_there(attempt()))
            await scene.vendor.fail("reset_after_effect", operation="ping")
            assert isinstance(await scene.gateway.is_there(attempt()), Unknown)
            done(await scene.gateway.is_there(attempt()))

            assert 2 == await sessions(scene)

    @pytest.mark.parametrize("status", [200, 400, 500])
    async def test_that_cannot_be_had_was_not_sent(self, tmp_path: Path, status: int) -> None:
        """Whatever status the page has on which it is said."""
        async with open_scene(provider, BackOffice, tmp_path, {}) as scene:
            await scene.vendor.act(licences=0, licence_status=status)
            said = await scene.gateway.is_there(attempt())

        assert isinstance(said, NotSent)
        assert "licence" in said.reason

    async def test_is_not_had_during_maintenance(self, tmp_path: Path) -> None:
        """However long that lasts: nothing was done."""
        async with open_scene(provider, BackOffice, tmp_path, {}) as scene:
            await scene.vendor.act(is_exclusive=True)
            said = await scene.gateway.is_there(attempt())

        assert isinstance(said, NotSent)
        assert "maintenance" in said.reason
