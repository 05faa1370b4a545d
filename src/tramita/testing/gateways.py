"""What every gateway of any port promises: its outcome is true, whatever happens.

- No trouble is raised, and none is taken for an answer.
- ``NotSent`` and ``Refused`` mean that nothing happened at the vendor.
- An act that is tried again under its key happens once; one whose answer was lost is found.
- The journal holds neither our credentials nor what people want to keep to themselves.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final, Generic, TypeVar

import pytest

from tramita.kit.attempt import Attempt, Exchanged
from tramita.kit.credentials import read_credential, secrets_of
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.kit.provider import Provider
from tramita.testing.bending import bend
from tramita.testing.scene import Scene, answered, attempt, open_scene

P = TypeVar("P")
T = TypeVar("T")

OUTCOMES: Final = (Done, Pending, Refused, NotSent, Unknown)
_GOOD: Final = (Done, Pending)

# Trouble that any simulator can play, and what it means.
TROUBLES: Final[Mapping[str, type]] = {
    "http_500": Unknown,
    "http_503": Unknown,
    "429": NotSent,
    "reset_before_effect": Unknown,
    "reset_after_effect": Unknown,
    "half_body": Unknown,
    "timeout_before": Unknown,
    "truncated": Unknown,
    "malformed_json": Unknown,
    "html_error": Unknown,
    "empty_body": Unknown,
    "huge_body": Unknown,
}
_SILENT: Final = frozenset({"timeout_before"})
_ILLEGIBLE: Final = frozenset(
    {"half_body", "truncated", "malformed_json", "html_error", "empty_body"}
)
# Statuses of proxies and firewalls. By those of the second kind a vendor, too, says that it
# does not know us.
_ON_THE_WAY: Final = (301, 302, 304, 400, 404, 407, 408, 413, 421, 451)
_REJECTING: Final = (401, 403)


@dataclass(frozen=True)
class Method(Generic[P]):
    """One method of a port, as a suite calls it.

    ``call`` gets what ``prepare`` made ready, each time anew. ``is_act``: it changes
    something there. ``is_once``: a second time under the same key changes nothing.
    ``is_bare``: its good answer says no more than that it was done, perhaps by its status.
    ``unreadable`` is what its ``Done`` holds where the port has a word for that.
    ``was_done`` asks, in the port's words, whether the act under a key took place. ``port``
    is whose gateway is called, where that is another than the suite's.
    """

    call: Callable[[P, Any, Attempt], Awaitable[Outcome[Any]]]
    prepare: Callable[[Scene[P]], Awaitable[Any]] | None = None
    is_act: bool = False
    is_once: bool = True
    is_bare: bool = False
    unreadable: type | None = None
    was_done: Callable[[P, Any, str], Awaitable[bool]] | None = None
    port: type | None = None

    def is_told(self, outcome: Outcome[Any], effects: int) -> bool:
        """Whether ``Done`` is true of an answer that cannot be read: nothing was read from it."""
        if not isinstance(outcome, Done):
            return False
        is_named = self.unreadable is not None and isinstance(outcome.value, self.unreadable)
        return is_named or (self.is_bare and effects > 0)


@dataclass
class Called(Generic[P]):
    """A method with what was made ready for it."""

    method: Method[P]
    scene: Scene[P]
    subject: Any

    async def __call__(self, of: Attempt | None = None) -> Outcome[Any]:
        """Call it, as an operation of its own unless it is given one."""
        port = self.method.port
        gateway = self.scene.of(port) if port else self.scene.gateway
        return await self.method.call(gateway, self.subject, of or attempt())

    async def was_done(self, key: str) -> bool:
        """Whether the vendor says so."""
        assert self.method.was_done is not None
        return await self.method.was_done(self.scene.gateway, self.subject, key)


def _written(said: Exchanged) -> str:
    """What somebody reads of a request; its times are numbers, in which any digits may be."""
    return f"{said.method} {said.path}\n{said.request}\n{said.answer}\n{said.error}"


def done(outcome: Outcome[T]) -> T:
    """What a call that went well says."""
    assert isinstance(outcome, Done), outcome
    return outcome.value


class GatewaySuite(Generic[P]):
    """Subclass it, or that of your port, as ``Test…``.

    ``settings`` are the provider's own for this; ``troubles`` adds faults that only your
    simulator plays, ``None`` for one that means nothing here; ``private`` are texts from
    your calls that no journal may show; ``own_time`` are effects in the simulator's ledger
    that come of themselves a while after an act.
    """

    provider: ClassVar[Provider]
    port: type[P]
    settings: ClassVar[Mapping[str, Any]] = {}
    troubles: ClassVar[Mapping[str, type | None]] = {}
    private: ClassVar[Sequence[str]] = ()
    own_time: ClassVar[Sequence[str]] = ()

    def methods(self) -> Mapping[str, Method[P]]:
        """Every method of the port by name."""
        raise NotImplementedError

    async def arrange(self, scene: Scene[P]) -> None:
        """Order the vendor's day, where a quiet one is not enough."""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """One test for each method."""
        chosen: dict[str, Callable[[Method[P]], bool]] = {
            "method": lambda _: True,
            "once": lambda one: one.is_act and one.is_once,
            "findable": lambda one: one.was_done is not None,
        }
        for name, is_meant in chosen.items():
            if name in metafunc.fixturenames:
                names = [key for key, one in self.methods().items() if is_meant(one)]
                metafunc.parametrize(name, names)

    @asynccontextmanager
    async def scene(self, folder: Path) -> AsyncIterator[Scene[P]]:
        """A vendor that knows nothing yet."""
        async with open_scene(self.provider, self.port, folder, self.settings) as scene:
            await self.arrange(scene)
            yield scene

    async def ready(self, scene: Scene[P], name: str) -> Called[P]:
        """A method to be called, and what it needs there."""
        method = self.methods()[name]
        subject = await method.prepare(scene) if method.prepare else None
        return Called(method, scene, subject)

    async def test_is_answered(self, tmp_path: Path, method: str) -> None:
        """On a quiet day every method comes to a good end, and only acts change anything."""
        async with self.scene(tmp_path) as scene:
            call = await self.ready(scene, method)
            before = await scene.count_effects(self.own_time)

            tried = attempt()
            outcome = await call(tried)

            assert isinstance(outcome, _GOOD)
            port = call.method.port or self.port
            assert len(tried.exchanges) <= self.provider.most_requests(port)
            assert call.method.is_act == (before < await scene.count_effects(self.own_time))

    async def test_takes_any_trouble_for_what_it_is(self, tmp_path: Path, method: str) -> None:
        """No fault raises, none is taken for an answer, and a no had no effect."""
        foreseen = {**TROUBLES, **self.troubles}
        expected = {kind: meant for kind, meant in foreseen.items() if meant is not None}
        found, meddling = {}, []
        async with self.scene(tmp_path) as scene:
            for kind, meant in expected.items():
                outcome, effects = await self._troubled(scene, method, kind)
                is_told = self.methods()[method].is_told(outcome, effects)
                is_illegible = kind in _ILLEGIBLE or kind in self.troubles
                found[kind] = meant if is_told and is_illegible else type(outcome)
                if isinstance(outcome, NotSent | Refused) and effects:
                    meddling.append(kind)

        assert expected == found
        assert [] == meddling

    async def _troubled(self, scene: Scene[P], name: str, kind: str) -> tuple[Outcome[Any], int]:
        """What a call comes to, and how much happened there meanwhile."""
        if kind in _SILENT:
            await (await self.ready(scene, name))()  # So that there is a connection.
        call = await self.ready(scene, name)
        before = await scene.count_effects(self.own_time)
        await scene.vendor.fail(kind, operation=None)
        if kind in _SILENT:
            with scene.impatient():
                outcome = await call()
        else:
            outcome = await call()
        await scene.vendor.mend()
        return outcome, await scene.count_effects(self.own_time) - before

    async def test_without_a_connection_was_not_sent(self, tmp_path: Path, method: str) -> None:
        """Nobody listens there."""
        async with self.scene(tmp_path) as scene:
            call = await self.ready(scene, method)
            with scene.disconnected():
                assert isinstance(await call(), NotSent)

    async def test_takes_no_strangers_word(self, tmp_path: Path, method: str) -> None:
        """A proxy's no ends nothing, and says of nothing that it is not there."""
        async with self.scene(tmp_path) as scene:
            call = await self.ready(scene, method)
            found: dict[int, set[type]] = {}
            # Those that may cost us our access come last.
            for status in (*_ON_THE_WAY, *_REJECTING):
                for body in (b"<html>No.</html>", b'{"detail": "No."}'):
                    with scene.replaying(answered(status, body)):
                        found.setdefault(status, set()).add(type(await call()))

        rejected = set().union(*(found.pop(status) for status in _REJECTING))
        assert {status: {Unknown} for status in _ON_THE_WAY} == found
        assert rejected <= {NotSent, Unknown}

    async def test_under_bad_credentials_was_not_sent(self, tmp_path: Path, method: str) -> None:
        """That is about us: no verdict on what was asked for, and no storm of retries."""
        async with self.scene(tmp_path) as scene:
            call = await self.ready(scene, method)
            with scene.replaying(answered(401, b"{}")):
                outcome = await call()

        assert isinstance(outcome, NotSent)
        assert outcome.retry_in.total_seconds() >= 60

    async def test_never_raises(self, tmp_path: Path, method: str) -> None:
        """Whatever is in an answer; and what is told of it can be written down."""
        async with self.scene(tmp_path) as scene:
            call = await self.ready(scene, method)
            scene.exchange.answers.clear()
            await call()
            *first, last = scene.exchange.answers
            bent = [(last.status, body) for body in bend(last.raw)]
            for status, body in (*bent, *((422, body) for body in bend(b""))):
                with scene.replaying(*first, answered(status, body, last)):
                    outcome = await call()
                assert isinstance(outcome, OUTCOMES), body[:200]
                assert "\\x00" not in repr(outcome), body[:200]

    async def test_is_journalled_without_secrets(self, tmp_path: Path, method: str) -> None:
        """Neither in a path, nor in a header or body, nor in what the vendor says."""
        async with self.scene(tmp_path) as scene:
            call, tried = await self.ready(scene, method), attempt()
            await call(tried)
            await scene.vendor.fail("http_500", operation=None)
            await call(tried)
            settings, platform = scene.connection.settings, scene.connection.platform
            secrets = [
                read_credential(settings, one, platform) for one in secrets_of(type(settings))
            ]

        # The key is drawn, and may have any digits in it.
        shown = "\n".join(map(_written, tried.exchanges)).replace(tried.key, "")
        assert len(tried.exchanges) >= 2
        assert [] == [one for one in (*secrets, *self.private) if one in shown]


class ActingGatewaySuite(GatewaySuite[P]):
    """The suite of a port that changes something."""

    async def test_happens_once_under_its_key(self, tmp_path: Path, once: str) -> None:
        """One after the other, many at once, and after an answer that was lost."""
        async with self.scene(tmp_path) as scene:
            usual = await self.ready(scene, once)
            before = await scene.count_effects(self.own_time)
            await usual()
            effects = await scene.count_effects(self.own_time) - before

            for kind in (None, "reset_after_effect"):
                again, key = await self.ready(scene, once), attempt().key
                before = await scene.count_effects(self.own_time)
                if kind:
                    await scene.vendor.fail(kind, operation=None)
                await again(attempt(key))
                await asyncio.gather(*(again(attempt(key)) for _ in range(5)))
                assert effects == await scene.count_effects(self.own_time) - before

    async def test_whose_answer_was_lost_is_found(self, tmp_path: Path, findable: str) -> None:
        """Where it was done, and only there."""
        found = {}
        async with self.scene(tmp_path) as scene:
            for kind in ("reset_after_effect", "reset_before_effect"):
                call, lost = await self.ready(scene, findable), attempt()
                await scene.vendor.fail(kind, operation=None)
                assert isinstance(await call(lost), Unknown)
                found[kind] = await call.was_done(lost.key)

        assert {"reset_after_effect": True, "reset_before_effect": False} == found
