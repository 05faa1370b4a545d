from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tramita.simulation.clock import SpanUnreadable, VirtualClock, parse_span

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class TestParseSpan:
    @pytest.mark.parametrize(
        ("text", "span"),
        [
            ("5d", timedelta(days=5)),
            ("90s", timedelta(seconds=90)),
            ("3h", timedelta(hours=3)),
            ("1d12h", timedelta(hours=36)),
            ("0.5m", timedelta(seconds=30)),
        ],
    )
    def test_reads_spans(self, text: str, span: timedelta) -> None:
        """Spans are numbers with units, added up."""
        assert span == parse_span(text)

    @pytest.mark.parametrize("text", ["", "5", "d", "5 days", "-5d", "5d x"])
    def test_refuses_anything_else(self, text: str) -> None:
        """What cannot be read whole is refused."""
        with pytest.raises(SpanUnreadable):
            parse_span(text)


class TestVirtualClock:
    def test_runs_with_real_time_plus_what_it_was_advanced(self) -> None:
        """Advancing moves the world, which then goes on at the usual pace."""
        with time_machine.travel(NOON, tick=False) as traveller:
            clock = VirtualClock()
            clock.advance(timedelta(days=5))
            traveller.shift(60)

            assert NOON + timedelta(days=5, seconds=60) == clock.now()

    def test_stands_still_when_frozen(self) -> None:
        """A frozen clock moves only when advanced, and goes on from there when thawed."""
        with time_machine.travel(NOON, tick=False) as traveller:
            clock = VirtualClock()
            clock.freeze()
            traveller.shift(3600)
            clock.advance(timedelta(hours=2))
            frozen = clock.now()
            clock.thaw()
            traveller.shift(1)

            assert NOON + timedelta(hours=2) == frozen
            assert frozen + timedelta(seconds=1) == clock.now()

    def test_returns_to_real_time(self) -> None:
        """A reset clock shows real time."""
        with time_machine.travel(NOON, tick=False):
            clock = VirtualClock()
            clock.advance(timedelta(days=1))
            clock.reset()

            assert NOON == clock.now()
