"""Spans and moments as their reader is told them."""

from datetime import UTC, datetime, timedelta

import pytest

from tramita.console.times import Moment, Now, name_of_span
from tramita.kit.languages.words import words_in

AT = datetime(2026, 3, 1, 22, 15, 30, tzinfo=UTC)


class TestASpan:
    @pytest.mark.parametrize(
        ("span", "english", "russian"),
        [
            (timedelta(seconds=-5), "0 s", "0 с"),
            (timedelta(seconds=40), "40 s", "40 с"),
            (timedelta(minutes=3, seconds=59), "3 min", "3 мин"),
            (timedelta(hours=1, minutes=52), "1 h 52 min", "1 ч 52 мин"),
            (timedelta(days=1, hours=5), "1 day", "1 день"),
            (timedelta(days=22), "22 days", "22 дня"),
        ],
    )
    def test_is_as_precise_as_anybody_needs(
        self, span: timedelta, english: str, russian: str
    ) -> None:
        """In two figures at most."""
        assert (english, russian) == (
            name_of_span(span, words_in("en")),
            name_of_span(span, words_in("ru")),
        )


class TestAMoment:
    @pytest.mark.parametrize(
        ("language", "zone", "exact"),
        [
            ("en-GB", "UTC", "1 Mar 2026, 22:15:30"),
            ("pt", "America/Sao_Paulo", "1 de mar. de 2026 19:15:30"),
            ("ru", "Asia/Yekaterinburg", "2 мар. 2026\u202fг., 03:15:30"),
        ],
    )
    def test_is_told_where_its_reader_is(self, language: str, zone: str, exact: str) -> None:
        """And exactly in UTC, wherever that is."""
        now = Now(AT + timedelta(minutes=7), words_in(language, zone))

        seen = Moment.of(AT, now=now)

        assert (exact, "2026-03-01 22:15:30 UTC") == (seen.exact, seen.utc)
