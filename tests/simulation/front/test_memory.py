"""A request id that comes again: the same answer, and nothing done."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.simulation.conftest import Street
from tramita.simulation.calls import Answer
from tramita.simulation.clock import VirtualClock
from tramita.simulation.front.asking import Asking, Error, Refused
from tramita.simulation.front.memory import Memory

REUSED = Error(409, "REUSED", "Another request came under this id.")
IDS, BODIES = st.sampled_from("ab"), st.sampled_from([b"", b"1", b"2"])
PATHS = st.sampled_from(["/things", "/things/1"])
REQUESTS = st.builds(
    Asking, st.just("make"), IDS, path=PATHS, query=st.sampled_from(["", "x=1"]), body=BODIES
)


@dataclass
class Clerk:
    """Answers each request once, as its memory tells; counts what was done."""

    memory: Memory = field(default_factory=lambda: Memory(VirtualClock(), REUSED))
    done: int = 0

    def ask(self, asking: Asking) -> Answer | None:
        """The answer, or None when the id was used for another request."""
        try:
            return self.memory.once(asking, self._do)
        except Refused as refused:
            return None if refused.error is REUSED else Answer(500, None)

    def _do(self) -> Answer:
        self.done += 1
        return Answer(201, {"number": f"{self.done}"})


class TestMemory:
    @given(requests=st.lists(REQUESTS, max_size=20))
    def test_lets_every_id_be_one_request(self, requests: list[Asking]) -> None:
        """The first of an id is done and answered alike ever after; any other is refused."""
        clerk = Clerk()
        firsts: dict[str, tuple[Asking, Answer]] = {}

        for asking in requests:
            answer = clerk.ask(asking)
            first, given_then = firsts.setdefault(
                asking.request_id, (asking, answer or Answer(0, None))
            )
            assert (given_then if first.is_same(asking) else None) == answer

        assert len(firsts) == clerk.done

    def test_knows_what_was_said_and_when(self) -> None:
        """One field of the answer, and None of a field or a document that is not there."""
        clerk = Clerk()
        clerk.ask(Asking("make", "a"))
        clerk.memory.keep(Asking("make", "b"), Answer(204, b""))

        first, second = clerk.memory.find("a"), clerk.memory.find("b")

        assert first is not None
        assert second is not None
        assert ("1", None, None) == (first.said("number"), first.said("colour"), second.said("x"))
        assert clerk.memory.find("c") is None

    def test_forgets_everything(self) -> None:
        """The same request is done again."""
        clerk = Clerk()
        clerk.ask(Asking("make", "a"))

        clerk.memory.forget()
        clerk.ask(Asking("make", "a"))

        assert 2 == clerk.done


class TestARequest:
    async def test_that_comes_again_is_answered_as_it_was(self, street: Street) -> None:
        """Over HTTP, by the header of its id."""
        first = await street.order("eva", request_id="r-1")
        again = await street.order("eva", request_id="r-1")
        other = await street.order("ben", request_id="r-1")

        assert (first[:2], 409, ["eva"]) == (again[:2], other[0], street.baked())

    @pytest.mark.parametrize(
        ("kind", "arguments", "loaves"),
        [
            ("request_replayed", {}, 1),
            ("request_replayed", {"ignoring_request_id": True}, 2),
            ("request_id_ignored", {}, 1),
        ],
    )
    async def test_may_arrive_twice(
        self, street: Street, kind: str, arguments: dict[str, bool], loaves: int
    ) -> None:
        """A proxy repeats it; whether that is done depends on whether the id is minded."""
        await street.control("POST", "faults", {"kind": kind, "arguments": arguments})

        status, _, _ = await street.order("eva", request_id="r-1")

        assert (201, ["eva"] * loaves) == (status, street.baked())

    @pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"client": 5}', b"{"])
    async def test_that_is_not_understood_is_refused_and_forgotten(
        self, street: Street, body: bytes
    ) -> None:
        """A sentence says what is wrong; the id is free for a better one."""
        headers = {"x-request-id": "r-1"}
        async with street.session.post(
            f"{street.url}/bakery/loaves", data=body, headers=headers
        ) as answer:
            refused = await answer.json(content_type=None)

        assert (400, "NO_LOAF") == (answer.status, refused["code"])
        assert "The body is not what is asked for" in refused["message"]
        assert 201 == (await street.order("eva", request_id="r-1"))[0]
