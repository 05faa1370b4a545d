"""A further attempt at an act that may have been done."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tramita.kit.attempt import Attempt
from tramita.kit.operations.follow_up import ask_or_act
from tramita.kit.operations.kind import Task
from tramita.kit.operations.taken import Taken
from tramita.kit.outcome import Done, NotSent, Outcome, Refused, Unknown

REFUSED = Refused("no", "No.")


@dataclass
class Provider:
    """Answers as told, and remembers what it was asked for."""

    known: Outcome[str] | None = None
    acted: Outcome[str] = field(default_factory=lambda: Done("now"))
    heard: list[str] = field(default_factory=list)

    async def ask(self) -> Outcome[str] | None:
        """How the act stands."""
        self.heard.append("ask")
        return self.known

    async def act(self) -> Outcome[str]:
        """Do it."""
        self.heard.append("act")
        return self.acted


def task(*, attempt: int = 1, is_lost: bool = False, was_unknown: bool = False) -> Task[None]:
    """An operation that is attempted for the so-many-eth time."""
    now = datetime.now(UTC)
    taken = Taken(
        uuid4(), "key", "acme", uuid4(), attempt, 1, is_lost, now, was_unknown=was_unknown
    )
    return Task(taken, None, Attempt(taken.id, "key", attempt))


class TestAskOrAct:
    async def test_acts_at_once_the_first_time(self) -> None:
        """Nothing can have been done before."""
        provider = Provider()

        assert Done("now") == await ask_or_act(task(), ask=provider.ask, act=provider.act)
        assert ["act"] == provider.heard

    @pytest.mark.parametrize("again", [task(attempt=2, was_unknown=True), task(is_lost=True)])
    @pytest.mark.parametrize("known", [Done("before"), REFUSED, Unknown("silence")])
    async def test_asks_first_when_it_may_have_been_done(
        self, again: Task[None], known: Outcome[str]
    ) -> None:
        """What is known, or cannot be found out, is the answer; nothing is done again."""
        provider = Provider(known)

        assert known == await ask_or_act(again, ask=provider.ask, act=provider.act)
        assert ["ask"] == provider.heard

    async def test_is_not_in_doubt_for_a_question_without_an_answer(self) -> None:
        """What certainly did not happen before has still not happened when nobody answers."""
        provider = Provider(Unknown("silence"))

        outcome = await ask_or_act(task(attempt=2), ask=provider.ask, act=provider.act)

        assert isinstance(outcome, NotSent)
        assert ["ask"] == provider.heard

    async def test_acts_when_it_is_still_to_be_done(self) -> None:
        """Asked, and found nothing."""
        provider = Provider()

        outcome = await ask_or_act(task(attempt=2), ask=provider.ask, act=provider.act)

        assert Done("now") == outcome
        assert ["ask", "act"] == provider.heard

    @pytest.mark.parametrize(
        ("known", "expected"),
        [(Done("before"), Done("before")), (None, REFUSED), (Refused("who", "?"), REFUSED)],
    )
    async def test_takes_a_refusal_for_a_yes_when_it_was_done_before(
        self, known: Outcome[str] | None, expected: Outcome[str]
    ) -> None:
        """By us, or by somebody there."""
        provider = Provider(known, acted=REFUSED)

        outcome = await ask_or_act(task(), ask=provider.ask, act=provider.act)

        assert expected == outcome
        assert ["act", "ask"] == provider.heard

    @pytest.mark.parametrize("known", [Unknown("HTTP 502"), NotSent("no line", timedelta(0))])
    async def test_is_no_refusal_while_nobody_can_say_whether_it_was_done(
        self, known: Unknown | NotSent
    ) -> None:
        """One failed question hands nothing to a person: it is asked again."""
        provider = Provider(known, acted=REFUSED)

        outcome = await ask_or_act(task(), ask=provider.ask, act=provider.act)

        assert isinstance(outcome, Unknown)
        assert "refused (no: No.)" in outcome.reason
        assert known.reason in outcome.reason
