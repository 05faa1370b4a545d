"""The conversation in ``docs/journeys/portability.md``, executed as it stands there."""

import json

from tests.conversation import Reader, blocks
from tests.world import World


class TestTheConversation:
    """What the page tells newcomers to type."""

    async def test_goes_as_the_page_says(self, world: World) -> None:
        """Every command of the page gives the answer printed below it."""
        # Step 4 is asked while proposals are on their way.
        held = await world.qitech.fail("answer_held", count=None, arguments={"seconds": 25.0})
        reader = Reader(world, {"TOKEN": world.token}, {"token": "ENVELOPE"})
        compared = 0

        for language, text in blocks("portability.md"):
            if language == "sh":
                await reader.type(text)
                continue
            expected = json.loads(text)
            if language == "websocket":
                await world.qitech.let_go(held)
                seen = (await world.until_done(reader.variables["ENVELOPE"]))[-1]
            else:
                seen = await reader.read(expected)

            assert expected == seen

            compared += 1
        assert compared == 12
