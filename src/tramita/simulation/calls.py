"""One call of a vendor's API, played with whatever goes wrong that day.

A vendor's handler reads and checks the request, then hands over to ``play``: a
``Call`` (what it is), an ``effect`` (what it does and answers) and a ``Voice``
(how this vendor words, bends and signs an answer to this very request). The
effect happens exactly where the fault in force says, and at most once.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Protocol

import msgspec

from tramita.simulation.deliveries import Batch
from tramita.simulation.faults import Fault
from tramita.simulation.journal import Entry
from tramita.simulation.kinds import BEFORE_EFFECT, SPOILED, Step
from tramita.simulation.wire import Delivery, Parcel
from tramita.simulation.world import World

_HTML = b"<!doctype html><title>502 Bad Gateway</title><h1>Bad Gateway</h1><hr>nginx"
_HTML_HEADERS = (("content-type", "text/html"),)
# How much of an answer the journal keeps; only a bloated one is longer.
_KEPT_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What the vendor says: a status, a body and headers of its own.

    ``body`` is a JSON document, or ``bytes`` that shall be sent as they are.
    """

    status: int
    body: object
    headers: Mapping[str, str] = field(default_factory=dict)

    def encoded(self) -> bytes:
        """The body as it is sent."""
        return self.body if isinstance(self.body, bytes) else msgspec.json.encode(self.body)


@dataclass(frozen=True, slots=True)
class Call:
    """A request as the vendor understood it; ``fields`` are what faults match on."""

    operation: str
    fields: Mapping[str, str]
    entry: Entry
    started: float = field(default_factory=perf_counter)


class Voice(Protocol):
    """How a vendor answers one request."""

    def refusal(self, fault: Fault, status: int) -> Answer:
        """The vendor's error envelope for ``status``."""
        ...

    def bend(self, answer: Answer, fault: Fault) -> Answer:
        """The answer, bent as the vendor's own kind of fault says."""
        ...

    def seal(self, answer: Answer, *, is_forged: bool = False) -> Parcel:
        """The answer as bytes with headers, signed where the vendor signs."""
        ...


async def play(
    world: World,
    call: Call,
    *,
    effect: Callable[[], Answer],
    voice: Voice,
    twist: Callable[[Fault], Answer] | None = None,
) -> Delivery:
    """Carry one call through latency, fault and effect to its delivery.

    Half of the latency lies before the effect and half after it, so that a
    client that gives up may find either. A vendor does not notice that its
    client has gone: the effect happens all the same. Webhooks that the effect
    posts leave after the answer, unless a fault lets them come before it.
    ``twist`` takes the place of the effect under a fault that changes what is
    done (``Step.TWIST``); a vendor without such kinds needs none.
    """
    world.traffic.enter()
    try:
        return await _play(world, call, effect=effect, voice=voice, twist=twist)
    except BaseException:
        world.traffic.leave()
        raise


async def _play(
    world: World,
    call: Call,
    *,
    effect: Callable[[], Answer],
    voice: Voice,
    twist: Callable[[Fault], Answer] | None,
) -> Delivery:
    batch = Batch(world.post_office)
    call.entry.operation = call.operation
    call.entry.fields = dict(call.fields)
    fault = world.faults.strike(call.operation, call.fields, random=world.random)

    def act() -> Answer:
        with batch:
            if fault is not None and twist is not None and fault.conduct.step is Step.TWIST:
                return twist(fault)
            return effect()

    pause = world.latency.draw(world.random) / 2
    if pause:
        await asyncio.sleep(pause)
    if fault is None:
        parcel = voice.seal(act())
        delivery = _deliver(call, parcel)
    else:
        call.entry.fault = fault.kind
        delivery = await _play_fault(call, fault, effect=act, voice=voice)
    if pause:
        await asyncio.sleep(pause)
    await batch.precede()

    def afterwards() -> None:
        world.traffic.leave()
        batch.release()

    delivery.afterwards = afterwards
    return delivery


async def _play_fault(
    call: Call, fault: Fault, *, effect: Callable[[], Answer], voice: Voice
) -> Delivery:
    step = fault.conduct.step
    if step in BEFORE_EFFECT:
        return _deliver(call, None, fault)
    if step is Step.REFUSE:
        return _deliver(call, voice.seal(_refused(fault, effect, voice)))
    if step is Step.DO_LATER:

        async def late() -> None:
            await fault.last()
            effect()

        return replace(_deliver(call, None, fault), late_effect=late)
    if step is Step.SLOW:
        await fault.last()
    answer = effect()
    if step is Step.HTML:
        return _deliver(call, Parcel(_status_with_body(answer), _HTML_HEADERS, _HTML))
    if step is Step.BEND:
        answer = voice.bend(answer, fault)
    elif step in SPOILED:
        answer = _spoiled(answer, fault)
    parcel = voice.seal(answer, is_forged=step is Step.FORGE)
    if step is Step.HOLD:
        await fault.last()
    return _deliver(call, parcel, fault)


def _refused(fault: Fault, effect: Callable[[], Answer], voice: Voice) -> Answer:
    """An error answer, with the effect done first where the fault says so."""
    if fault.is_after_effect:
        effect()
    status = fault.conduct.status or 500
    answer = voice.refusal(fault, status)
    retry_after = fault.argument("retry_after", -1.0)
    if retry_after < 0:
        return answer
    return replace(answer, headers={**answer.headers, "retry-after": f"{retry_after:g}"})


def _spoiled(answer: Answer, fault: Fault) -> Answer:
    """A complete and well signed answer whose body is of no use, or too much of it."""
    body = answer.encoded()
    match fault.conduct.step:
        case Step.TRUNCATE:
            return replace(answer, body=body[: len(body) // 2])
        case Step.MALFORM:
            return replace(answer, status=_status_with_body(answer), body=body[:-1] + b",}")
        case Step.BLOAT:
            blanks = b" " * int(fault.argument("megabytes", 16.0) * 1_000_000)
            return replace(answer, status=_status_with_body(answer), body=body + blanks)
        case _:
            return replace(answer, body=b"")


def _status_with_body(answer: Answer) -> int:
    """The answer's status; HTTP lets a 204 have no body, so that one becomes a 200."""
    return 200 if answer.status == 204 else answer.status


def _deliver(call: Call, parcel: Parcel | None, fault: Fault | None = None) -> Delivery:
    if parcel is not None:
        call.entry.answer = parcel.body[:_KEPT_BYTES]
    if fault is None:
        return Delivery(parcel, call.entry, call.started)
    return Delivery(parcel, call.entry, call.started, fault.conduct.step, fault.seconds)
