"""The conversation in ``docs/journeys/numbering.md``, executed as it stands there."""

import json

from tests.conversation import Reader, blocks
from tests.numbering.over_http import Numbers


class TestTheConversation:
    """What the page tells newcomers to type."""

    async def test_goes_as_the_page_says(self, numbers: Numbers) -> None:
        """Every command of the page gives the answer printed below it."""
        kept = {"id": "PREVIEW", "msisdn": "NUMBER"}
        reader = Reader(numbers.world, {"TOKEN": numbers.world.token}, kept)
        compared = 0

        for language, text in blocks("numbering.md"):
            if language == "sh":
                await reader.type(text)
                continue
            expected = json.loads(text)

            assert expected == await reader.read(expected)

            compared += 1
        assert compared == 6
