"""Numbering's scene: previews, reservations, and what becomes of each number.

Some numbers are reserved as they should be, at others the provider fails. Two show their end
only when time has passed, which the other scenes see to; those begin first. The others follow
when the clock stands still again, so that they still are what was told of them. What is
shown is what the API says, and what Sigan's ledger has.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tramita.demo.partner import read_answer
from tramita.demo.scene import Line, Tell
from tramita.demo.stage import Stage
from tramita.demo.vendor import Vendor
from tramita.numbering.settings import NumberingSettings

SCENE: Final = "numbers"
# A question to Sigan every moment, as long as a hold lasts.
IMPATIENT: Final = NumberingSettings(ask_after=0.3)
_PREVIEWS: Final = "/api/v1/numbering/previews"
_NUMBERS: Final = "/api/v1/numbering/numbers"
_RESERVATIONS: Final = "/api/v1/numbering/reservations"
_DEADLINE_SECONDS: Final = 60
_PAUSE_SECONDS: Final = 0.1

# Long enough for four to want a number while it is being reserved.
_MILLISECONDS: Final = 300

# How often a number was asked for at the provider, reserved there, and is held there.
_HELD, _BACK, _NEVER = (1, 1, 1), (1, 1, 0), (1, 0, 0)


@dataclass(frozen=True, slots=True)
class Fate:
    """What happens to one number: who wants it, how the provider fails, where it must end.

    ``told`` are the statuses that whoever wants it gets, one for each who does. ``is_late``:
    its end comes with time.
    """

    what: str
    told: tuple[int, ...]
    expected: str
    counts: tuple[int, int, int]
    fault: str | None = None
    is_released: bool = False
    is_late: bool = False


FATES: Final = (
    Fate("chosen from a preview", (200,), "RESERVED", _HELD),
    Fate("wanted by four at once", (200, 409, 409, 409), "RESERVED", _HELD),
    Fate("given back by its client", (200,), "RETURNED", _BACK, is_released=True),
    Fate(
        "the answer was lost: asked for, found, not doubled",
        (504,),
        "RESERVED",
        _HELD,
        fault="lost_after",
    ),
    Fate(
        "sold by the provider to somebody else meanwhile",
        (502,),
        "not known",
        _NEVER,
        fault="number_taken",
    ),
    Fate(
        "never arrived (503): asked about, and sent once more when its hold was over",
        (504,),
        "not known",
        (2, 0, 0),
        fault="http_503",
        is_late=True,
    ),
    Fate("nobody came for it: given back by itself", (200,), "RETURNED", _BACK, is_late=True),
)


@dataclass
class NumbersScene:
    """The scene between its two halves; ``numbers`` are those that were asked for, by fate."""

    stage: Stage
    tell: Tell
    lines: dict[str, Line] = field(default_factory=dict)
    _numbers: dict[str, str] = field(default_factory=dict)

    @property
    def _sigan(self) -> Vendor:
        return Vendor(self.stage.simulators, "sigan")

    async def begin(self) -> None:
        """Let those fates begin whose end comes with time."""
        await self._sigan.delay(_MILLISECONDS)
        for fate in FATES:
            if fate.is_late:
                self.tell(SCENE, len(self._numbers), len(FATES), fate.what)
                self._numbers[fate.what] = await self._play(fate)

    async def end(self) -> list[Line]:
        """Time has passed: see those through, and play the others; answers all lines."""
        for done, fate in enumerate(sorted(FATES, key=lambda one: not one.is_late)):
            self.tell(SCENE, done, len(FATES), fate.what)
            if not fate.is_late:
                self._numbers[fate.what] = await self._play(fate)
            self.lines[fate.what] = await self._see(fate)
        self.tell(SCENE, len(FATES), len(FATES))
        return [self.lines[fate.what] for fate in FATES]

    async def _play(self, fate: Fate) -> str:
        """Have one number of a new preview reserved; answers it, as the provider was asked."""
        known = await self._asked_for()
        preview = await self._post(_PREVIEWS, {"ddd": "11", "brand_id": "vivo"})
        if fate.fault is not None:
            await self._sigan.fail("reserve", fate.fault, count=1)
        path = f"{_PREVIEWS}/{preview['id']}/numbers/0/reserve"
        told = await asyncio.gather(*(self._want(path) for _ in fate.told))
        if tuple(sorted(told)) != fate.told:
            raise RuntimeError(f"{fate.what}: callers were told {sorted(told)}")
        [msisdn] = (await self._asked_for()).keys() - known.keys()
        if fate.is_released:
            async with self.stage.api.delete(f"{_RESERVATIONS}/{msisdn}") as answer:
                answer.raise_for_status()
        return msisdn

    async def _want(self, path: str) -> int:
        async with self.stage.api.post(path) as answer:
            await answer.read()
            return answer.status

    async def _see(self, fate: Fate) -> Line:
        """Wait for the end of a fate, and tell what was seen."""
        msisdn = self._numbers[fate.what]
        seen, counts = "", (0, 0, 0)
        try:
            async with asyncio.timeout(_DEADLINE_SECONDS):
                while (seen, counts) != (fate.expected, fate.counts):
                    await asyncio.sleep(_PAUSE_SECONDS)
                    seen, counts = await self._status(msisdn), await self._counts(msisdn)
        except TimeoutError:
            pass  # The line says what was seen instead, and the demo fails.
        shown = f"({msisdn[2:4]}) 9••••-{msisdn[-4:]}"
        told = ", ".join(f"HTTP {status}" for status in fate.told)
        said = f"its caller got {told}" if len(fate.told) == 1 else f"its callers got {told}"
        if fate.told == (504,):
            said += ": not known yet"
        return Line(shown, fate.what, fate.expected, seen, fate.counts, counts, said)

    async def _status(self, msisdn: str) -> str:
        async with self.stage.api.get(f"{_NUMBERS}/{msisdn}") as answer:
            if answer.status == 404:
                return "not known"
            answer.raise_for_status()
            status: str = (await answer.json())["status"]
            return status

    async def _counts(self, msisdn: str) -> tuple[int, int, int]:
        effects: Counter[str] = Counter()
        for row in await self._sigan.ledger():
            effects[row["effect"]] += row["subject"] == msisdn
        made = effects["number_reserved"]
        return (await self._asked_for())[msisdn], made, made - effects["number_released"]

    async def _asked_for(self) -> Counter[str]:
        """How often each number was asked for at Sigan, whether or not it was reserved."""
        return Counter(
            one["fields"]["msisdn"]
            for one in await self._sigan.journal()
            if one["operation"] == "reserve"
        )

    async def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        async with self.stage.api.post(path, json=body) as answer:
            return await read_answer(answer)
