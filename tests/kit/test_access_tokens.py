"""Access tokens: one fetch for all who wait, renewed once, and never taken for an answer."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from tramita.kit.access_tokens import AccessToken, TokenSource
from tramita.kit.attempt import Attempt
from tramita.kit.exchange import Answer, Exchange, HTTPCall, Request
from tramita.kit.identifiers import new_id
from tramita.kit.json_client import JSONClient
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown

HOUR = timedelta(hours=1)
SOON = timedelta(seconds=7)


def attempt() -> Attempt:
    """An attempt at some operation."""
    return Attempt(new_id(), "order:1")


@dataclass
class Issuer:
    """Gives tokens named by their number, or ``instead`` of some; ``now`` is the clock."""

    instead: Mapping[int, Outcome[AccessToken]] = field(default_factory=dict)
    valid_for: timedelta = HOUR
    fetched: int = 0
    now: float = 100.0
    open: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.open.set()

    async def fetch(self, _: Attempt) -> Outcome[AccessToken]:
        """The next one, as soon as it is open."""
        self.fetched += 1
        number = self.fetched
        await self.open.wait()
        return self.instead.get(number) or Done(AccessToken(f"t{number}", self.valid_for))

    def source(self) -> TokenSource:
        """A source on this issuer."""
        return TokenSource("acme", self.fetch, clock=lambda: self.now)


class TestASource:
    async def test_fetches_once_for_all_who_wait(self) -> None:
        """And for all who come later, while it is valid."""
        issuer = Issuer()
        source = issuer.source()
        issuer.open.clear()

        waiting = [asyncio.create_task(source.get(attempt())) for _ in range(50)]
        await asyncio.sleep(0)
        issuer.open.set()

        assert ["t1"] * 50 == await asyncio.gather(*waiting)
        assert "t1" == await source.get(attempt())
        assert 1 == issuer.fetched

    async def test_does_not_lose_it_with_whoever_wanted_it_first(self) -> None:
        """A caller that is cancelled takes nothing away from the others."""
        issuer = Issuer()
        source = issuer.source()
        issuer.open.clear()
        first, second = (asyncio.create_task(source.get(attempt())) for _ in range(2))
        await asyncio.sleep(0)

        first.cancel()
        await asyncio.wait({first})
        issuer.open.set()

        assert "t1" == await second
        assert (1, True) == (issuer.fetched, first.cancelled())

    @pytest.mark.parametrize(
        ("valid_for", "shown_for"),
        [(HOUR, 3570.0), (timedelta(minutes=1), 30.0), (timedelta(seconds=10), 5.0)],
    )
    async def test_shows_none_that_may_expire_on_its_way(
        self, valid_for: timedelta, shown_for: float
    ) -> None:
        """By the clock, half a minute before, or half of what is short."""
        issuer = Issuer(valid_for=valid_for)
        source = issuer.source()
        await source.get(attempt())

        issuer.now += shown_for - 0.1
        before = await source.get(attempt())
        issuer.now += 0.1

        assert ("t1", "t2") == (before, await source.get(attempt()))

    async def test_renews_once_for_all_who_were_rejected(self) -> None:
        """Also for who hears of it when the new one is there."""
        issuer = Issuer()
        source = issuer.source()
        await source.get(attempt())

        renewed = await asyncio.gather(*(source.renew("t1", attempt()) for _ in range(50)))

        assert ["t2"] * 50 == renewed
        assert "t2" == await source.renew("t1", attempt())
        assert 2 == issuer.fetched

    @pytest.mark.parametrize(
        ("instead", "seconds"),
        [
            (NotSent("acme is down", SOON), 7),
            (Refused("invalid_client", "Who?"), 60),
            (Unknown("no answer within 30 s"), 5),
            (Pending("later", SOON), 5),
        ],
    )
    async def test_without_one_nothing_was_sent(
        self, instead: Outcome[AccessToken], seconds: int
    ) -> None:
        """All who wait hear it, and the next one tries again."""
        issuer = Issuer({1: instead})
        source = issuer.source()

        heard = await asyncio.gather(*(source.get(attempt()) for _ in range(50)))

        assert [timedelta(seconds=seconds)] * 50 == [
            one.retry_in for one in heard if isinstance(one, NotSent)
        ]
        assert 1 == issuer.fetched
        assert "t2" == await source.get(attempt())

    async def test_raises_our_own_mistakes_to_everybody(self) -> None:
        """And is not stuck with them."""
        mistakes = [ValueError("a header with a line break")]
        issuer = Issuer()

        async def fetch(of: Attempt) -> Outcome[AccessToken]:
            if mistakes:
                raise mistakes.pop()
            return await issuer.fetch(of)

        source = TokenSource("acme", fetch)
        heard = await asyncio.gather(
            *(source.get(attempt()) for _ in range(3)), return_exceptions=True
        )

        assert [ValueError] * 3 == [type(one) for one in heard]
        assert "t1" == await source.get(attempt())

    def test_tells_no_token(self) -> None:
        """Not where it is printed."""
        assert "secret" not in repr(AccessToken("secret", HOUR))


@dataclass
class Door(Exchange):
    """Lets in who shows one of ``valid``; keeps what it was shown."""

    valid: frozenset[str] = frozenset()
    shown: list[str] = field(default_factory=list)

    async def hear(self, request: Request, call: HTTPCall) -> Answer:
        """200, or 401."""
        self.shown.append(request.headers["authorization"].removeprefix("Bearer "))
        return Answer(200 if self.shown[-1] in self.valid else 401, {}, b"{}")


class TestACall:
    async def ask(self, issuer: Issuer, *valid: str) -> tuple[Answer | NotSent | Unknown, Door]:
        """What comes of one call, and of the door it was made at."""
        door = Door("acme", "http://acme.invalid", valid=frozenset(valid))
        client = JSONClient(door, issuer.source(), "x-request-id")
        return await client.call("POST", "/orders", attempt(), body={}), door

    async def test_shows_the_token(self) -> None:
        """The first one is good."""
        answer, door = await self.ask(Issuer(), "t1")

        assert (200, ["t1"]) == (getattr(answer, "status", None), door.shown)

    async def test_is_made_again_with_another_token(self) -> None:
        """A token may end before its time."""
        answer, door = await self.ask(Issuer(), "t2")

        assert (200, ["t1", "t2"]) == (getattr(answer, "status", None), door.shown)

    async def test_is_made_no_third_time(self) -> None:
        """Who rejects a fresh token rejects us."""
        issuer = Issuer()

        answer, door = await self.ask(issuer, "t3")

        assert (401, ["t1", "t2"]) == (getattr(answer, "status", None), door.shown)
        assert 2 == issuer.fetched

    async def test_without_a_token_was_not_sent(self) -> None:
        """Nobody was asked for anything."""
        answer, door = await self.ask(Issuer({1: Unknown("no answer within 30 s")}), "t1")

        assert isinstance(answer, NotSent)
        assert [] == door.shown

    async def test_that_gets_no_second_token_was_not_sent(self) -> None:
        """What was rejected was not done."""
        answer, door = await self.ask(Issuer({2: Unknown("HTTP 500")}), "t2")

        assert isinstance(answer, NotSent)
        assert ["t1"] == door.shown
