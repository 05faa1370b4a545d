"""Numbering over HTTP, as partners meet it, and Sigan's own ledger beside it."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

import aiohttp

from tests.world import World, until
from tramita.kit.exchange import Exchange
from tramita.kit.findings import Difference
from tramita.kit.runtime import Runtime
from tramita.numbering.check import check_numbering
from tramita.numbering.numbers.releasing import sweep_numbers
from tramita.numbering.provider import PROVIDER
from tramita.numbering.settings import NumberingSettings
from tramita.testing.control import VendorControl

PREVIEWS = "/api/v1/numbering/previews"
RANDOM = "/api/v1/numbering/random-reservations"
RESERVATIONS = "/api/v1/numbering/reservations"
NUMBERS = "/api/v1/numbering/numbers"

# Not within an id, some of which have eleven digits in a row.
FULL_NUMBER = re.compile(r"(?<![\w-])(?:55)?[1-9]{2}9\d{8}(?![\w-])")

# What takes minutes at a telecom's is a matter of moments here.
QUICK = NumberingSettings(ask_after=0.05)


def change_deadline(runtime: Runtime, deadline: timedelta) -> None:
    """Let calls to Sigan take so long from now on."""
    runtime.exchanges[PROVIDER].deadline = deadline
    # A desk counts its leases by the deadline that it finds when it is made.
    runtime._desks.clear()


@dataclass(frozen=True)
class Said:
    """An answer: its status, its body, its headers."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def code(self) -> str | None:
        """The code of a problem."""
        return self.body.get("code") if isinstance(self.body, dict) else None


def full_numbers(path: str, said: Said) -> list[str]:
    """Numbers that an answer should have masked.

    A successful reservation names one, a number's own resource, and a preview the one that
    was reserved from it.
    """
    if said.status < 300 and path.startswith((f"{NUMBERS}/", RANDOM)):
        return []
    body = said.body
    if said.status < 300 and path.startswith(f"{PREVIEWS}/"):
        body = {name: body[name] for name in body if name not in ("msisdn", "reserved_msisdn")}
    return FULL_NUMBER.findall(str(body))


@dataclass(frozen=True)
class Numbers:
    """Numbering in a world of its own."""

    world: World

    @classmethod
    async def begin(cls, world: World) -> Self:
        """Numbering with short pauses."""
        world.runtime.configure(QUICK)
        return cls(world)

    @property
    def sigan(self) -> VendorControl:
        """Sigan's control plane."""
        return self.world.sigan

    async def preview(self, ddd: str = "11", **more: Any) -> dict[str, Any]:
        """A preview that can be chosen from."""
        said = await self.ask("POST", PREVIEWS, {"ddd": ddd, "brand_id": "vivo", **more})
        assert said.status == 201, said
        body: dict[str, Any] = said.body
        return body

    async def reserve(self, preview: Mapping[str, Any], index: int = 0, **more: Any) -> Said:
        """Reserve one number of a preview."""
        return await self.ask("POST", f"{PREVIEWS}/{preview['id']}/numbers/{index}/reserve", **more)

    async def reserved(self, ddd: str = "11") -> str:
        """A number that is reserved; answers it."""
        said = await self.reserve(await self.preview(ddd))
        assert said.status == 200, said
        msisdn: str = said.body["msisdn"]
        return msisdn

    async def random(self, ddd: str = "11") -> Said:
        """Reserve a number at random."""
        return await self.ask("POST", RANDOM, {"ddd": ddd, "brand_id": "vivo"})

    async def release(self, msisdn: str) -> Said:
        """Give a number back."""
        return await self.ask("DELETE", f"{RESERVATIONS}/{msisdn}")

    async def status(self, msisdn: str) -> str | None:
        """Where a number stands here; ``None``: it is not known."""
        rows = await self.world.fetch("SELECT status FROM phone_number WHERE msisdn = $1", msisdn)
        return rows[0]["status"] if rows else None

    async def at_sigan(self) -> Counter[str]:
        """How many reservations are open there, by number, as its ledger has it."""
        count: Counter[str] = Counter()
        for row in await self.sigan.effects():
            if row["effect"] == "number_reserved":
                count[row["subject"]] += 1
            elif row["effect"] == "number_released":
                count[row["subject"]] -= 1
        return +count

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        api: aiohttp.ClientSession | None = None,
        key: str | None = None,
    ) -> Said:
        """One request; ``key`` is its idempotency key, ``api`` somebody else's session."""
        headers = {} if key is None else {"Idempotency-Key": key}
        session = api or self.world.api
        async with session.request(method, path, json=body, headers=headers) as answer:
            is_json = "json" in answer.content_type
            body = await answer.json() if is_json else await answer.text()
            said = Said(answer.status, body, dict(answer.headers))
        if path.startswith((PREVIEWS, RANDOM, RESERVATIONS, NUMBERS)):
            assert "no-store" == said.headers.get("Cache-Control"), said
            assert [] == full_numbers(path, said)
        return said

    async def broken(self) -> list[str]:
        """Whatever breaks an invariant of numbering, or could not be verified."""
        # Whoever checks has time, however little those had who were waited for.
        self.exchange.breaker.succeeded()
        with self.deadline(20):
            findings = await check_numbering(self.world.runtime)
        return [
            f"{one.invariant} {difference.subject}: {difference.sentence}"
            for one in findings
            for difference in (
                *one.differences,
                *[Difference("", "not verified")] * one.not_verified,
            )
        ]

    @property
    def exchange(self) -> Exchange:
        """What Tramita calls Sigan with."""
        return self.world.runtime.exchanges[PROVIDER]

    @contextmanager
    def deadline(self, seconds: float) -> Iterator[None]:
        """Have calls to Sigan take no longer than this."""
        usual = self.exchange.deadline
        change_deadline(self.world.runtime, timedelta(seconds=seconds))
        try:
            yield
        finally:
            change_deadline(self.world.runtime, usual)

    async def sweep(self) -> None:
        """Sweep now."""
        await sweep_numbers(self.world.runtime)

    async def pass_time(self, span: timedelta) -> None:
        """Let time pass for everybody, and sweep."""
        await self.world.advance(span)
        await self.sweep()

    async def settle(self) -> None:
        """Mend Sigan; wait until nothing is left to do, letting holds end that are asked about."""
        await self.sigan.mend()
        await self.world.advance(timedelta(minutes=20))
        await self.world.until_at_rest()
        await self.sweep()
        await self.world.until_at_rest()

    async def until_status(self, msisdn: str, status: str | None) -> None:
        """Wait until a number stands there."""

        async def is_so() -> bool:
            await self.world.hasten()
            return await self.status(msisdn) == status

        await until(is_so)
