"""The seed's two paths, on the whole application with its simulators."""

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
