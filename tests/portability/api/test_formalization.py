"""The seed's two paths, on the whole application with its simulators."""

from datetime import timedelta
from uuid import UUID

import aiohttp
import msgspec

from tests.world import World, envelope
from tramita.portability.api.schemas import Details, NotReady


class TestDetails:
    async def test_have_the_form_that_is_documented_at_every_stage(self, world: World) -> None:
        """Before the link, and when every proposal was answered."""
        token = await world.make_envelope(envelope(portabilities=2))
        before = await world.details(token)
        await world.send_link(token)
        await world.until_done(token)

        after = await world.details(token)

        assert NotReady(True, "Link de formalização ainda não solicitado") == msgspec.convert(
            before, NotReady
        )
        details = msgspec.convert(after, Details)
        assert [True, True] == [
            one.portability is not None and one.portability.financial is not None
            for one in details.contracts
        ]
        assert after == msgspec.to_builtins(details)

    async def test_may_be_asked_for_without_the_last_slash(self, world: World) -> None:
        """Clients forget it."""
        token = await world.make_envelope()

        async with world.api.get(f"/api/detalhe-formalizacao/{token}") as answer:
            assert 200 == answer.status


class TestALink:
    async def _over_since(self, world: World, span: timedelta) -> str:
        token = await world.make_envelope(envelope(portabilities=1))
        await world.send_link(token)
        await world.until_done(token)
        await world.fetch(
            "UPDATE envelopes SET expires_at = tramita_now() - $2::interval WHERE token = $1",
            UUID(token),
            span,
        )
        return token

    async def test_works_for_some_time_after_its_envelope(self, world: World) -> None:
        """What was signed goes on, and its client may look at it."""
        token = await self._over_since(world, timedelta(days=89))

        async with world.api.get(f"/formalizacao/{token}") as page:
            assert 200 == page.status
        assert token == (await world.details(token))["token"]

    async def test_ends_after_that(self, world: World) -> None:
        """Page, details and socket tell nothing any more; the page says so in plain words."""
        token = await self._over_since(world, timedelta(days=91))

        async with world.api.get(f"/formalizacao/{token}") as page:
            assert 410 == page.status
            shown = await page.text()
        async with world.api.get(f"/api/detalhe-formalizacao/{token}/") as details:
            assert (410, "link_ended") == (details.status, (await details.json())["code"])
        async with world.api.ws_connect(f"/ws/{token}") as connection:
            message = await connection.receive(timeout=10)

        assert "Este link não vale mais" in shown
        assert "Maria" not in shown
        assert (aiohttp.WSMsgType.CLOSE, 4404) == (message.type, connection.close_code)
