"""A further attempt at an act that may have been done."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tramita.kit.attempt import Attempt
from tramita.kit.operations.follow_up import ask_first, weigh
from tramita.kit.operations.kind import Task
from tramita.kit.operations.taken import Taken
from tramita.kit.outcome import Done, NotSent, Outcome, Refused, Unknown

REFUSED = Refused("no", "No.")


@dataclass
class Provider:
    """Answers as told, and remembers whether it was asked."""

    known: Outcome[str] | None = None
    asked: int = 0

    async def ask(self) -> Outcome[str] | None:
        """How the act stands."""
        self.asked += 1
        return self.known


def no_failure(_: str) -> str | None:
    """Every answer is a yes."""
    return None


def task(*, attempt: int = 1, is_lost: bool = False, was_unknown: bool = False) -> Task[None]:
    """An operation that is attempted for the so-many-eth time."""
    now = datetime.now(UTC)
    taken = Taken(
        uuid4(), "key", "acme", uuid4(), attempt, 1, is_lost, now, was_unknown=was_unknown
    )
    return Task(taken, None, Attempt(taken.id, "key", attempt))


class TestAskFirst:
    async def test_asks_nothing_the_first_time(self) -> None:
        """Nothing can have been done before."""
        provider = Provider(Done("before"))

        assert await ask_first(task(), provider.ask) is None
        assert 0 == provider.asked

    @pytest.mark.parametrize("again", [task(attempt=2, was_unknown=True), task(is_lost=True)])
    @pytest.mark.parametrize("known", [Done("before"), REFUSED, Unknown("silence"), None])
    async def test_asks_when_it_may_have_been_done(
        self, again: Task[None], known: Outcome[str] | None
    ) -> None:
        """What is known, or cannot be found out, is the answer; ``None``: it is to be done."""
        assert known == await ask_first(again, Provider(known).ask)

    async def test_is_not_in_doubt_for_a_question_without_an_answer(self) -> None:
        """What certainly did not happen before has still not happened when nobody answers."""
        outcome = await ask_first(task(attempt=2), Provider(Unknown("silence")).ask)

        assert isinstance(outcome, NotSent)


class TestWeigh:
    async def test_lets_everything_but_a_refusal_stand(self) -> None:
        """It is not asked about."""
        provider = Provider()

        assert Done("now") == await weigh(Done("now"), provider.ask, no_failure)
        assert 0 == provider.asked

    @pytest.mark.parametrize(
        ("known", "expected"),
        [(Done("before"), Done("before")), (None, REFUSED), (Refused("who", "?"), REFUSED)],
    )
    async def test_takes_a_refusal_for_a_yes_when_it_was_done_before(
        self, known: Outcome[str] | None, expected: Outcome[str]
    ) -> None:
        """By us, or by somebody there."""
        assert expected == await weigh(REFUSED, Provider(known).ask, no_failure)

    @pytest.mark.parametrize("known", [Unknown("HTTP 502"), NotSent("no line", timedelta(0))])
    async def test_is_no_refusal_while_nobody_can_say_whether_it_was_done(
        self, known: Unknown | NotSent
    ) -> None:
        """One failed question hands nothing to a person: it is asked again."""
        outcome = await weigh(REFUSED, Provider(known).ask, no_failure)

        assert isinstance(outcome, Unknown)
        assert "refused (no: No.)" in outcome.reason
        assert known.reason in outcome.reason
