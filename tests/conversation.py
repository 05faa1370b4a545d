"""The conversations in ``docs/journeys``, executed as they stand there."""

import contextlib
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from tests.world import World, until

ROOT = Path(__file__).parents[1]
WRITTEN_ADDRESS, WRITTEN_SIMULATORS = "http://127.0.0.1:8000", "http://127.0.0.1:8100"
# A value that may be anything; as a name, whatever other fields there are.
ANYTHING = "…"


@dataclass
class Curl:
    """The little of curl that the page uses."""

    url: str
    body: bytes | aiohttp.FormData | None = None
    headers: dict[str, str] = field(default_factory=dict)
    method: str = "GET"

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
                one.method = "POST" if one.method == "GET" else one.method
            elif word == "-F":
                one.body = (
                    one.body if isinstance(one.body, aiohttp.FormData) else aiohttp.FormData()
                )
                _add_part(one.body, next(words))
                one.method = "POST"
            elif word == "-X":
                one.method = next(words)
            elif word == "-H":
                name, _, value = next(words).partition(": ")
                one.headers[name] = value
            elif word != "-s":
                one.url = word
        return one

    async def run(self) -> Any:
        """Send it and read the JSON that comes back, if any does."""
        async with (
            aiohttp.ClientSession() as session,
            session.request(self.method, self.url, data=self.body, headers=self.headers) as answer,
        ):
            return await answer.json() if answer.status != 204 else None


def _add_part(form: aiohttp.FormData, said: str) -> None:
    """``kind=invoice``, or ``file=@invoice.pdf``: a file that the reader has."""
    name, _, value = said.partition("=")
    if value.startswith("@"):
        form.add_field(name, b"%PDF-1.7 of a reader", filename=value[1:])
    else:
        form.add_field(name, value)


def blocks(page: str) -> list[tuple[str, str]]:
    """The fenced blocks of a page of ``docs/journeys`` as ``(language, text)``, in order."""
    written = (ROOT / "docs" / "journeys" / page).read_text()
    return re.findall(r"^```(sh|json|websocket)\n(.*?)^```$", written, re.MULTILINE | re.DOTALL)


def blanked(expected: Any, seen: Any) -> Any:
    """``seen``, with "…" wherever the page says "…"."""
    if expected == ANYTHING:
        return ANYTHING if seen is not None else None
    if isinstance(expected, dict) and isinstance(seen, dict):
        if ANYTHING in expected:
            seen = {name: seen.get(name) for name in expected} | {ANYTHING: ANYTHING}
        return {key: blanked(expected.get(key), value) for key, value in seen.items()}
    if isinstance(expected, list) and isinstance(seen, list) and len(expected) == len(seen):
        return [blanked(*pair) for pair in zip(expected, seen, strict=True)]
    return seen


def commands_of(text: str) -> list[str]:
    """The commands of a block, each begun at the start of a line: ``curl``, or what is noted."""
    return re.findall(
        r"^(?:curl |[A-Z]+=).*?(?=^curl |^[A-Z]+=|\Z)", text, re.MULTILINE | re.DOTALL
    )


_VARIABLE = re.compile(r"\$([A-Z]+)")

# ``ORDER=…  # its id``: what the reader copies out of the last answer.
NOTED = re.compile(r"([A-Z]+)=…\s+# its (\S+)")


def found_in(seen: Any, path: str) -> str:
    """What stands in an answer at ``items.0.id``."""
    for name in path.split("."):
        seen = seen[int(name) if isinstance(seen, list) else name]
    return str(seen)


@dataclass
class Reader:
    """Does what the page says, in a world of its own addresses.

    ``kept`` names the variables that the page keeps fields of answers in.
    """

    world: World
    variables: dict[str, str]
    kept: Mapping[str, str] = field(default_factory=dict)
    last: Curl = field(default_factory=lambda: Curl(""))
    seen: Any = None

    async def type(self, text: str) -> None:
        """Every command of a block; the last one's answer is what the page shows."""
        for command in commands_of(text):
            if noted := NOTED.match(command):
                self.variables[noted[1]] = found_in(self.seen, noted[2])
                continue
            if not command.startswith("curl "):
                continue
            here = command.replace(WRITTEN_ADDRESS, self.world.url)
            here = here.replace(WRITTEN_SIMULATORS, self.world.simulators_url)
            here = _VARIABLE.sub(lambda found: self.variables.get(found[1], found[0]), here)
            self.last = Curl.read(here)
            self.seen = await self.last.run()
            for name, variable in self.kept.items():
                if isinstance(self.seen, dict) and name in self.seen:
                    self.variables[variable] = self.seen[name]

    async def read(self, expected: Any) -> Any:
        """The answer, asked for again until it is as the page says, where asking is harmless."""

        async def is_so() -> bool:
            if expected != blanked(expected, self.seen):
                self.seen = await self.last.run()
            return bool(expected == blanked(expected, self.seen))

        if self.last.method == "GET":
            with contextlib.suppress(TimeoutError):
                await until(is_so)
        return blanked(expected, self.seen)
