"""The conversation in ``docs/journeys/portability.md``, executed as it stands there."""

import json
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from tests.world import World

PAGE = Path(__file__).parents[2] / "docs" / "journeys" / "portability.md"
ROOT = PAGE.parents[2]
WRITTEN_ADDRESS = "http://127.0.0.1:8000"


@dataclass
class Curl:
    """The little of curl that the page uses."""

    url: str
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, command: str) -> "Curl":
        """Parse one command line."""
        words = iter(shlex.split(command.replace("\\\n", " "))[1:])
        one = cls("")
        for word in words:
            if word == "--json":
                given = next(words)
                path = ROOT / given[1:]
                one.body = path.read_bytes() if given.startswith("@") else given.encode()
                one.headers["Content-Type"] = "application/json"
            elif word == "-H":
                name, _, value = next(words).partition(": ")
                one.headers[name] = value
            elif word != "-s":
                one.url = word
        return one

    async def run(self) -> Any:
        """Send it and read the JSON that comes back."""
        method = "GET" if self.body is None else "POST"
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, self.url, data=self.body, headers=self.headers) as answer,
        ):
            return await answer.json()


def blocks() -> list[tuple[str, str]]:
    """The page's fenced blocks as ``(language, text)``, in order."""
    return re.findall(
        r"^```(sh|json|websocket)\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL
    )


def blanked(expected: Any, seen: Any) -> Any:
    """``seen``, with "…" wherever the page says "…"."""
    if expected == "…":
        return "…" if seen is not None else None
    if isinstance(expected, dict) and isinstance(seen, dict):
        return {key: blanked(expected.get(key), value) for key, value in seen.items()}
    if isinstance(expected, list) and isinstance(seen, list) and len(expected) == len(seen):
        return [blanked(*pair) for pair in zip(expected, seen, strict=True)]
    return seen


class TestTheConversation:
    """What the page tells newcomers to type."""

    async def test_goes_as_the_page_says(self, world: World) -> None:
        """Every command of the page gives the answer printed below it."""
        # Long enough for step 4 to be asked while proposals are on their way.
        await world.qitech.delay(1500)
        variables = {"TOKEN": world.token}
        seen: Any = None
        compared = 0

        for language, text in blocks():
            if language == "sh":
                command = text.replace(WRITTEN_ADDRESS, world.url)
                for name, value in variables.items():
                    command = command.replace(f"${name}", value)
                seen = await Curl.read(command).run()
                if "token" in seen:
                    variables["ENVELOPE"] = seen["token"]
                continue
            if language == "websocket":
                seen = (await world.until_done(variables["ENVELOPE"]))[-1]
            expected = json.loads(text)

            assert expected == blanked(expected, seen)

            compared += 1
        assert compared == 6
