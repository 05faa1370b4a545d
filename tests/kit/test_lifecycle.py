"""Life cycles: tables of where a thing may be, and what may move it."""

from enum import StrEnum

import pytest

from tests.kit.lifecycles import ALL, AnyLifecycle, relatives_of, triggers_of
from tramita.cli.docs import render_lifecycles
from tramita.kit.lifecycle import Lifecycle, TransitionNotAllowed


class Door(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    BRICKED_UP = "bricked_up"


class Act(StrEnum):
    PUSH = "push"
    PULL = "pull"
    BRICK_UP = "brick_up"


DOOR = Lifecycle(
    name="door",
    initial=Door.CLOSED,
    table={
        Door.CLOSED: {Act.PUSH: Door.OPEN, Act.BRICK_UP: Door.BRICKED_UP},
        Door.OPEN: {Act.PULL: Door.CLOSED},
    },
)


class TestLifecycle:
    def test_says_which_state_refused_which_trigger(self) -> None:
        """The refusal is a sentence for people, with a stable code and the facts."""
        with pytest.raises(TransitionNotAllowed) as refused:
            DOOR.next(Door.BRICKED_UP, Act.PUSH)

        assert 'A door that is bricked_up cannot take "push".' == str(refused.value)
        assert "transition_not_allowed" == refused.value.code
        assert {"subject": "door", "state": "bricked_up", "trigger": "push"} == refused.value.facts

    def test_cannot_be_taught_a_new_arrow(self) -> None:
        """The table is frozen, and the mapping it was made from no longer matters."""
        arrows = {Act.PUSH: Door.OPEN}
        table = {Door.CLOSED: arrows}
        lifecycle = Lifecycle(name="door", initial=Door.CLOSED, table=table)

        arrows[Act.PULL] = Door.OPEN

        assert [(Door.CLOSED, Act.PUSH, Door.OPEN)] == list(lifecycle.arrows())
        with pytest.raises(TypeError):
            lifecycle.table[Door.CLOSED][Act.PULL] = Door.OPEN  # type: ignore[index]

    def test_knows_where_it_ends(self) -> None:
        """Final is what nothing leads out of."""
        assert frozenset({Door.BRICKED_UP}) == DOOR.final

    def test_knows_what_takes_a_trigger(self) -> None:
        """States and where the trigger leads from each."""
        assert {Door.CLOSED: Door.OPEN} == DOOR.targets(Act.PUSH)

    def test_draws_itself(self) -> None:
        """The picture begins where the thing begins and ends where it ends."""
        picture = [
            "stateDiagram-v2",
            "    [*] --> closed",
            "    closed --> open: push",
            "    closed --> bricked_up: brick_up",
            "    open --> closed: pull",
            "    bricked_up --> [*]",
        ]

        assert picture == DOOR.mermaid().splitlines()


@pytest.mark.parametrize("lifecycle", ALL.values(), ids=ALL)
class TestEveryLifecycle:
    """Promises that each table of the code base keeps."""

    def test_moves_along_its_arrows_and_no_others(self, lifecycle: AnyLifecycle) -> None:
        """Each pair of state and trigger either leads where the table says or is refused."""
        arrows = {(state, trigger): target for state, trigger, target in lifecycle.arrows()}

        led = {}
        for state in lifecycle.states:
            for trigger in triggers_of(lifecycle):
                try:
                    led[state, trigger] = lifecycle.next(state, trigger)
                except TransitionNotAllowed:
                    continue

        assert arrows == led

    def test_can_reach_each_of_its_states(self, lifecycle: AnyLifecycle) -> None:
        """No state is a dream."""
        reached, ahead = set(), [lifecycle.initial]
        while ahead:
            state = ahead.pop()
            reached.add(state)
            ahead += set(lifecycle.table.get(state, {}).values()) - reached

        assert set(lifecycle.states) == reached

    def test_uses_each_of_its_triggers(self, lifecycle: AnyLifecycle) -> None:
        """A trigger that moves nothing, here or where the same may happen, is a misunderstanding."""
        used = {trigger for one in relatives_of(lifecycle) for _, trigger, _ in one.arrows()}

        assert set(triggers_of(lifecycle)) == used

    def test_has_each_of_its_states(self, lifecycle: AnyLifecycle) -> None:
        """So is a state that nothing comes to."""
        every: type[StrEnum] = type(lifecycle.initial)
        there = {state for one in relatives_of(lifecycle) for state in one.states}

        assert set(every) == there

    def test_comes_to_an_end(self, lifecycle: AnyLifecycle) -> None:
        """From every state some final state can be reached: nothing must wander for ever.

        Where nothing is final (a switch, a delivery that may be replayed) it is the beginning
        that can always be reached.
        """
        ends = set(lifecycle.final) or {lifecycle.initial}
        while more := {s for s, _, target in lifecycle.arrows() if target in ends} - ends:
            ends |= more

        assert set(lifecycle.states) == ends

    def test_stands_in_the_reference_once(self, lifecycle: AnyLifecycle) -> None:
        """Under its own name, which no other has."""
        assert 1 == render_lifecycles().count(f"## {lifecycle.name.capitalize()}\n")

    def test_shows_every_arrow_in_its_picture(self, lifecycle: AnyLifecycle) -> None:
        """The pictures of the documentation are complete."""
        picture = lifecycle.mermaid()

        missing = [
            (state, trigger)
            for state, trigger, target in lifecycle.arrows()
            if f"    {state} --> {target}: {trigger}\n" not in picture + "\n"
        ]

        assert [] == missing
