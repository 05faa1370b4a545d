"""Portability's scene: five envelopes, and what becomes of each contract in them.

All goes well in one. In another each contract meets a trouble on its way to the
provider. In the third they are signed and live on. The fourth is cancelled by the
partner, the time of the fifth runs out. What is shown is what the API says.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tramita.demo.example import make_portabilities, read_example
from tramita.demo.fates import CANCELLED, EXPIRED, FATES, LIVES, Fate, Step
from tramita.demo.outcomes import Facts
from tramita.demo.partner import Partner, View
from tramita.demo.provider import QITech
from tramita.demo.scene import Line, Tell
from tramita.demo.stage import Stage
from tramita.portability.settings import PortabilitySettings

SCENE = "portability"
# What takes minutes in a lender's day is a matter of moments here.
IMPATIENT = PortabilitySettings(
    ask_after=0.3, not_found_for=1.5, webhook_wait=3.0, outage_wait=3.0, message_pause=0.3
)
# Milliseconds: long enough to see it happen, and short enough for a dozen steps.
_SLOW, _QUICK = 600, 100
_ENVELOPE_LIFE = timedelta(days=30, minutes=1)
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
    qitech: QITech
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


async def play(stage: Stage, tell: Tell) -> tuple[list[Line], dict[str, str]]:
    """Play it; answers the lines, and the clients' pages by what they show."""
    good, late, gone = (
        read_example("GOOD"),
        *(make_portabilities(one, 1) for one in ("LATE", "GONE")),
    )
    fates, lives = make_portabilities("FATE", len(FATES)), make_portabilities("LIFE", len(LIVES))
    bodies = (good, late, gone, fates, lives)
    scene = _Scene(tell, Partner(stage.api), QITech(stage.simulators), total=_count_steps(*bodies))
    await scene.qitech.delay(_SLOW)
    expiring = await scene.insert(late)
    # Before the others are made, because their time must not run out with it.
    await stage.advance(_ENVELOPE_LIFE)
    tokens = await asyncio.gather(
        scene.insert(good),
        _meet_troubles(scene, fates),
        _live_on(scene, lives),
        _be_cancelled(scene, gone),
        _expire(scene, expiring),
    )
    await scene.partner.until_at_rest()
    pages = [f"{stage.url}/formalizacao/{token}" for token in tokens]
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
            await scene.qitech.fail(one.operation, one.kind, match, **one.more)
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
        await scene.qitech.act(number, step.actor, step.action, **step.more)
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


async def _expire(scene: _Scene, token: str) -> str:
    await scene.partner.until(token, lambda view: bool(view["state"] == "expired"))
    scene.step("an envelope has expired")
    return token


async def _lines(scene: _Scene, tokens: Sequence[str]) -> list[Line]:
    good, *others = [await scene.partner.envelope(one) for one in tokens]
    facts = Facts(
        attempts=await scene.partner.attempts(),
        proposals=await scene.qitech.proposals(),
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
