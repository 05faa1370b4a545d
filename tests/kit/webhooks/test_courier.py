"""Where a courier goes, and what it tells of that."""

import socket
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.kit.vendors import answer, says, says_and_hangs_up, serving
from tests.kit.webhooks.receivers import Receiver
from tramita.kit.addresses import read_networks
from tramita.kit.identifiers import new_id
from tramita.kit.outbox.letters import Sent
from tramita.kit.webhooks.courier import Courier, Letter
from tramita.kit.webhooks.reach import Reach
from tramita.kit.webhooks.signature import new_secret

HERE = Reach(is_demo=True)
PUBLIC = Reach()
NAMED = Reach(read_networks("127.0.0.0/8"))


def letter(url: str) -> Letter:
    """What is to be posted there."""
    return Letter(new_id(), new_id(), 1, 1, "evt_1", "{}", url, [new_secret()])


async def posted(reach: Reach, *urls: str) -> list[Sent]:
    """What comes of letters by one courier, one after the other."""
    courier = Courier(reach=reach)
    try:
        return [await courier.send(letter(url)) for url in urls]
    finally:
        await courier.close()


def named(url: str, host: str = "receiver.example") -> str:
    """The same port under a name."""
    return f"http://{host}:{urlsplit(url).port}/hook"


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What names resolve to, once for each time they are asked for; then to nothing."""
    answers: list[list[str]] = []

    def resolve(host: str, port: int, *_: Any, **__: Any) -> list[tuple[Any, ...]]:
        if host.replace(".", "").isdecimal():
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]
        if not answers:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        found = answers.pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return answers


class TestTheWay:
    @pytest.mark.parametrize(
        "addresses", [["127.0.0.1"], ["10.0.0.7", "127.0.0.1"], ["169.254.169.254"], []]
    )
    async def test_leads_to_no_name_that_means_something_inside(
        self, receiver: Receiver, resolver: list[list[str]], addresses: list[str]
    ) -> None:
        """Seen where the name is resolved; and it is told from a name that there is not by nobody."""
        resolver.append(addresses)

        [result] = await posted(PUBLIC, named(receiver.url))

        assert (None, "no connection") == (result.status, result.error)
        assert [] == receiver.heard

    @pytest.mark.parametrize("host", ["127.0.0.1", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]"])
    async def test_leads_to_no_address_inside(self, receiver: Receiver, host: str) -> None:
        """However it is spelled, should an endpoint name one all the same."""
        [result] = await posted(PUBLIC, named(receiver.url, host))

        assert (None, "no connection") == (result.status, result.error)
        assert [] == receiver.heard

    async def test_leads_to_the_address_that_was_looked_at(
        self, receiver: Receiver, resolver: list[list[str]]
    ) -> None:
        """A name that means another host when it is asked for once more is not asked for once more."""
        resolver += [["127.0.0.2"], ["127.0.0.1"]]
        only_there = Reach(read_networks("127.0.0.2/32"))

        [result] = await posted(only_there, named(receiver.url))

        assert "no connection" == result.error
        assert ([], [["127.0.0.1"]]) == (receiver.heard, resolver)

    async def test_leads_to_an_allowed_one_among_several(
        self, receiver: Receiver, resolver: list[list[str]]
    ) -> None:
        """The others are left alone, and one where nobody listens is passed over."""
        resolver.append(["10.0.0.7", "127.0.0.2", "127.0.0.1"])

        [result] = await posted(NAMED, named(receiver.url))

        assert 200 == result.status
        assert [f"receiver.example:{urlsplit(receiver.url).port}"] == [
            one.headers["host"] for one in receiver.heard
        ]


class TestWhatIsTold:
    async def test_is_the_answer_at_home_in_the_demo(self, receiver: Receiver) -> None:
        """Whoever tries it out sees what the receiver says."""
        [result] = await posted(HERE, receiver.url)

        assert (200, "thanks") == (result.status, result.answer)

    async def test_is_no_answer_of_a_network_of_our_own(self, receiver: Receiver) -> None:
        """An endpoint is no way to read what a host inside says."""
        [result] = await posted(NAMED, receiver.url)

        assert (200, "") == (result.status, result.answer)

    async def test_is_the_same_of_every_port_that_takes_nothing(self, receiver: Receiver) -> None:
        """Closed, or open without TLS: no scanner is made of this."""
        plain = receiver.url.replace("http:", "https:")
        closed = "https://127.0.0.1:9/"

        results = await posted(NAMED, plain, closed)

        assert ["no connection"] * 2 == [one.error for one in results]


class TestAReceiverOfItsOwnManners:
    @pytest.mark.parametrize(
        "said",
        [
            answer(204, b"thanks, but a 204 has no body"),
            answer(200, b"ok", x_long="y" * 60_000),
            answer(200, b"ok", **{f"x_{n}": "y" * 7000 for n in range(8)}),
        ],
        ids=["a body", "a long header", "many headers"],
    )
    async def test_has_taken_each_event_once(self, said: bytes) -> None:
        """What follows a 2xx makes no failure of it, nor of the next one."""
        async with serving(says(said)) as receiver:
            results = await posted(HERE, *[receiver.url + "/hook"] * 3)

        assert [2] * 3 == [(one.status or 0) // 100 for one in results]
        assert [None] * 3 == [one.error for one in results]
        assert 3 == len(receiver.requests)

    @pytest.mark.parametrize(
        "said", [b"\x00" * 100, b"SSH-2.0\r\n", answer(200, b"", x="y" * 3_000_000)]
    )
    async def test_may_not_speak_http(self, said: bytes) -> None:
        """That is a failure in a word, and nothing is raised."""
        async with serving(says_and_hangs_up(said)) as receiver:
            [result] = await posted(HERE, receiver.url + "/hook")

        assert (None, "the connection broke, or this is not HTTP") == (result.status, result.error)

    @pytest.mark.parametrize("depth", [0, 500, 900, 990, 2000])
    async def test_may_answer_however_deep(self, depth: int) -> None:
        """It has taken the event."""
        async with serving(says(answer(200, b"[" * depth + b"]" * depth))) as receiver:
            [result] = await posted(HERE, receiver.url + "/hook")

        assert 200 == result.status
