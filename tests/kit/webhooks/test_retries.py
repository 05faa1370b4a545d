"""What a receiver asks for."""

from datetime import timedelta

import pytest

from tramita.kit.webhooks.retries import read_retry_after


class TestReadRetryAfter:
    @pytest.mark.parametrize(
        ("header", "seconds"),
        [
            ("120", 120),
            ("9" * 40, 999_999_999),
            (None, None),
            ("", None),
            ("-1", None),
            ("²", None),
            ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        ],
    )
    def test_understands_seconds_only(self, header: str | None, seconds: int | None) -> None:
        """Whatever a receiver sends, it is a wait or nothing."""
        expected = None if seconds is None else timedelta(seconds=seconds)

        assert expected == read_retry_after(header)
