"""Charts, as figures in a box: what is drawn is what the table says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tramita.console.charts import HEIGHT, WIDTH, Series, draw_band, draw_spark, stack_bars

COUNTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=48)


class TestBars:
    @given(COUNTS, COUNTS)
    def test_stand_on_one_another_inside_the_box(self, done: list[int], refused: list[int]) -> None:
        """Whatever the values, and what is there at all is seen."""
        size = min(len(done), len(refused))
        series = [Series("a", "done", done[:size]), Series("b", "refused", refused[:size])]

        chart = stack_bars([str(one) for one in range(size)], series)

        assert sum(value > 0 for one in series for value in one.values) == len(chart.parts)
        for part in chart.parts:
            assert 0 <= part.x <= part.x + part.width <= WIDTH
            assert -1 <= part.y <= part.y + part.height <= HEIGHT + 0.11
            assert part.height >= 1

    def test_are_told_in_a_table(self) -> None:
        """A row for each label, a column for each series."""
        chart = stack_bars(
            ["1 h", "2 h"], [Series("a", "done", [1, 2]), Series("b", "wait", [0, 4])]
        )

        assert [("1 h", (1, 0)), ("2 h", (2, 4))] == list(chart.rows)
        assert 6 == chart.most

    def test_may_be_none(self) -> None:
        """Of an hour in which nothing was."""
        assert [] == stack_bars(["now"], [Series("a", "done", [0])]).parts
        assert [] == list(stack_bars([], []).rows)


class TestABand:
    def test_is_broken_where_nothing_was_measured(self) -> None:
        """A line through nothing would say that something was."""
        chart = draw_band(list("abcde"), [1, 2, None, 3, None], [2, 4, None, 5, None])

        assert 2 == len(chart.lines) == len(chart.areas)
        assert ("c", (None, None)) == list(chart.rows)[2]

    @pytest.mark.parametrize("values", [[], [None], [0.0], [0.0, 0.0], [1.5]])
    def test_stands_whatever_there_is(self, values: list[float | None]) -> None:
        """Nothing, one measurement, or zeros."""
        labels = [str(place) for place in range(len(values))]

        assert len(values) == len(list(draw_band(labels, values, values).rows))


class TestASpark:
    def test_ends_where_it_is_now(self) -> None:
        """The dot is the last value."""
        spark = draw_spark(list("abc"), [0, 5, 10])

        assert spark.line.endswith(f"{spark.x},{spark.y}")
        assert 2.0 == spark.y
