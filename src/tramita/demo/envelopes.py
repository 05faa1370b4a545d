"""Portability's scene: five envelopes, and what becomes of each contract in them.

All goes well in one. In another each contract meets a trouble on its way to the
provider. In the third they are signed and live on. The fourth is cancelled by the
partner, the time of the fifth runs out. What is shown is what the API says.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tramita.demo.example import make_portabilities, read_example
from tramita.demo.fates import CANCELLED, EXPIRED, FATES, LIVES, Fate, Step
from tramita.demo.outcomes import Facts
from tramita.demo.partner import Partner, View
from tramita.demo.provider import count_proposals
from tramita.demo.scene import Line, Tell
from tramita.demo.stage import Stage
from tramita.demo.vendor import Vendor
from tramita.portability.settings import PortabilitySettings

SCENE = "portability"
# What takes minutes in a lender's day is a matter of moments here.
IMPATIENT = PortabilitySettings(
    ask_after=0.3, not_found_for=1.5, webhook_wait=3.0, outage_wait=3.0, message_pause=0.3
)
# Milliseconds: long enough to see it happen, and short enough for a dozen steps.
_SLOW, _QUICK = 600, 100
_ALL_WELL = "4 × FORMALIZACAO_CLIENTE, 1 × AGUARDANDO_FORMALIZACAO"
_PAGES = (
    "all goes well",
    "trouble on the way",
    "after the signature",
    "cancelled",
    "expired",
)


@dataclass
class _Scene:
    """Who plays, and how far it is; ``installments`` are those that were agreed to."""

    tell: Tell
    partner: Partner
    qitech: Vendor
    total: int
    done: int = 0
    installments: dict[str, str | None] = field(default_factory=dict)

    def step(self, said: str, count: int = 1) -> None:
        """``count`` steps more are over."""
        self.done += count
        self.tell(SCENE, self.done, self.total, said)

    async def insert(self, body: dict[str, Any]) -> str:
        """Make an envelope, request its link, and see every contract through."""
        token = await self.partner.make(body)
        await self.partner.request_link(token)
        left = _count_proposals(body)
        async for count in self.partner.progress(token):
            self.step("proposals are sent and judged", count)
            left -= count
        self.step("proposals were sent and judged", left)
        return token


class EnvelopesScene:
    """The scene in parts: the time of one envelope is over before the others are made."""

    def __init__(self, stage: Stage, tell: Tell) -> None:
        self._late, self._gone = (make_portabilities(one, 1) for one in ("LATE", "GONE"))
        self._fates = make_portabilities("FATE", len(FATES))
        self._lives = make_portabilities("LIFE", len(LIVES))
        self._good = read_example("GOOD")
        bodies = (self._good, self._late, self._gone, self._fates, self._lives)
        qitech = Vendor(stage.simulators, "qitech")
        self._scene = _Scene(tell, Partner(stage.api), qitech, total=_count_steps(*bodies))
        self._page = f"{stage.url}/formalizacao"
        self._expiring = ""

    async def begin(self) -> None:
        """Make the envelope whose time is to run out: that is 30 days."""
        await self._scene.qitech.delay(_SLOW)
        self._expiring = await self._scene.insert(self._late)

    async def expire(self) -> None:
        """Its time is over."""
        await self._scene.partner.until(
            self._expiring, lambda view: bool(view["state"] == "expired")
        )
        await self._scene.partner.until_at_rest()
        self._scene.step("an envelope has expired")

    async def end(self) -> tuple[list[Line], dict[str, str]]:
        """Play the others; answers the lines, and the clients' pages by what they show."""
        scene = self._scene
        good, fates, lives, gone = await asyncio.gather(
            scene.insert(self._good),
            _meet_troubles(scene, self._fates),
            _live_on(scene, self._lives),
            _be_cancelled(scene, self._gone),
        )
        tokens = (good, fates, lives, gone, self._expiring)
        await scene.partner.until_at_rest()
        pages = [f"{self._page}/{token}" for token in tokens]
        return await _lines(scene, tokens), dict(zip(_PAGES, pages, strict=True))


def _count_steps(*bodies: dict[str, Any]) -> int:
    proposals = sum(map(_count_proposals, bodies))
    # One each to cancel and to expire.
    return proposals + sum(len(life.steps) for life in LIVES) + 2


def _count_proposals(body: dict[str, Any]) -> int:
    return sum("origin" in one for one in body["contracts"])


async def _meet_troubles(scene: _Scene, body: dict[str, Any]) -> str:
    for fate, contract in zip(FATES, body["contracts"], strict=True):
        for one in fate.troubles:
            match = {"contract_number": contract["contract_number"], **one.match}
            await scene.qitech.fail(one.operation, one.kind, match=match, **one.more)
    token = await scene.insert(body)
    await scene.qitech.mend()  # So that a person who asks again is answered.
    return token


async def _live_on(scene: _Scene, body: dict[str, Any]) -> str:
    token = await scene.insert(body)
    scene.installments = await scene.partner.installments(token)
    await scene.qitech.delay(_QUICK)
    numbers = [one["contract_number"] for one in body["contracts"]]
    lives = zip(LIVES, numbers, strict=True)
    await asyncio.gather(*(_live(scene, token, life, number) for life, number in lives))
    return token


async def _live(scene: _Scene, token: str, life: Fate, number: str) -> None:
    for step in life.steps:
        await scene.qitech.act(step.actor, step.action, contract_number=number, **step.more)
        await scene.partner.until(token, _has_followed(number, step))
        scene.step(f"{number}: {step.sentence}")


def _has_followed(number: str, step: Step) -> Callable[[View], bool]:
    """Whether Tramita has learnt of a step, and done what follows from it."""

    def is_so(view: View) -> bool:
        portability = next(
            one["portability"] for one in view["contracts"] if one["number"] == number
        )
        if step.action == "register":
            return portability["margin"]["registered_at"] is not None
        return step.stage in (None, portability["stage"])

    return is_so


async def _be_cancelled(scene: _Scene, body: dict[str, Any]) -> str:
    token = await scene.insert(body)
    await scene.partner.cancel(token)
    scene.step("an envelope is cancelled")
    return token


async def _lines(scene: _Scene, tokens: Sequence[str]) -> list[Line]:
    good, *others = [await scene.partner.envelope(one) for one in tokens]
    facts = Facts(
        attempts=await scene.partner.attempts(),
        proposals=await count_proposals(scene.qitech),
        installments_before=scene.installments,
        installments=await scene.partner.installments(tokens[2]),
    )
    fates = [*FATES, *LIVES, CANCELLED, EXPIRED]
    contracts = [one for view in others for one in view["contracts"]]
    return [
        facts.line_of_all(
            good, "accepted, waits for the signature; the card needs no bank", expected=_ALL_WELL
        ),
        *(facts.line(one, fate) for one, fate in zip(contracts, fates, strict=True)),
    ]
