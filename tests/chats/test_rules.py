"""How quickly we may write, and what of a text fits: pure."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.chats.messenger import NOON, at
from tramita.chats.rules import cut, units, wait_for, wait_until

MINUTE = timedelta(seconds=60)


class TestWaiting:
    @given(st.lists(st.floats(0, 5), max_size=120), st.integers(1, 20))
    def test_lets_no_more_through_than_may(self, pauses: list[float], most: int) -> None:
        """Whoever waits as long as is said never has more in any such time, and loses nothing."""
        now, sent = NOON, list[timedelta]()
        recent: list[datetime] = []
        for pause in pauses:
            now += timedelta(seconds=pause)
            now += wait_for(recent, most, MINUTE, now)
            recent.append(now)
            sent.append(now - NOON)

        assert len(pauses) == len(sent)
        assert all(late - early >= MINUTE for early, late in zip(sent, sent[most:], strict=False))

    def test_of_what_is_open_is_none(self) -> None:
        """What was closed until a moment ago is open."""
        assert timedelta(0) == wait_until(None, NOON) == wait_until(at(-1), NOON)
        assert timedelta(seconds=5) == wait_until(at(5), NOON)


class TestCutting:
    @given(st.text(max_size=60), st.integers(2, 50))
    def test_leaves_whole_characters_that_fit(self, text: str, most: int) -> None:
        """An emoji has two units, and is there or not."""
        fitting = cut(text, most)

        assert units(fitting) <= most
        assert fitting == text or text.startswith(fitting[:-1])

    def test_keeps_what_fits(self) -> None:
        """At the limit nothing is missing."""
        assert "\U0001f600" * 2 == cut("\U0001f600" * 2, 4)
        assert "\U0001f600…" == cut("\U0001f600" * 2, 3)
