"""Cursors: what came with a page leads to the next one, and nothing else leads anywhere."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from msgspec import Struct

from tramita.kit.http.pages import CursorNotReadable, decode_cursor, encode_cursor
from tramita.kit.identifiers import new_id

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
WEST, EAST = (timezone(timedelta(hours=hours)) for hours in (-3, 3))


class Place(Struct, array_like=True):
    """Of a list with a key of several columns."""

    at: datetime
    id: int


KINDS: list[tuple[Any, Any]] = [
    (new_id(), UUID),
    (7, int),
    ("Ana", str),
    (NOW, datetime),
    ((NOW, 7), tuple[datetime, int]),
    (Place(NOW, -1), Place),
]


class TestACursor:
    @pytest.mark.parametrize(("key", "kind"), KINDS)
    def test_is_the_key_again(self, key: Any, kind: Any) -> None:
        """Whatever a list is sorted by."""
        assert key == decode_cursor(encode_cursor(key), kind)

    @pytest.mark.parametrize("cursor", [None, ""])
    def test_that_is_not_given_is_of_the_first_page(self, cursor: str | None) -> None:
        """Also where a form sends it empty."""
        assert decode_cursor(cursor, UUID) is None

    @pytest.mark.parametrize(
        ("key", "kind"),
        [
            (2**63, int),
            (datetime(2026, 3, 2, 9), datetime),
            (datetime.max.replace(tzinfo=WEST), datetime),
            (datetime.min.replace(tzinfo=EAST), datetime),
            ((NOW, 10**30), tuple[datetime, int]),
            (Place(NOW, -(2**63) - 1), Place),
            ("a\x00", str),
            ("Ana", UUID),
        ],
    )
    def test_is_refused_where_no_row_has_such_a_key(self, key: Any, kind: Any) -> None:
        """A number that is too large, a time of no zone or outside the calendar, a NUL, another kind."""
        with pytest.raises(CursorNotReadable):
            decode_cursor(encode_cursor(key), kind)
