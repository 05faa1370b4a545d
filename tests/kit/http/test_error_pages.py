"""Which words a person reads when a page cannot be shown."""

import pytest

from tramita.kit.http.error_pages import ErrorPages, Words

REFUSED, FAILED, NOT_FOUND, BY_HAND = (Words(one, one) for one in ("no", "broken", "where", "so"))
PAGES = ErrorPages("error.html", REFUSED, FAILED, {404: NOT_FOUND}, comfort="All is well.")


class TestErrorPages:
    @pytest.mark.parametrize(
        ("status", "words"),
        [(404, NOT_FOUND), (400, REFUSED), (499, REFUSED), (500, FAILED), (503, FAILED)],
    )
    def test_have_words_for_every_status(self, status: int, words: Words) -> None:
        """Their own where there are some, else by whose fault it is."""
        page = PAGES.show(status, request_id="a7")

        assert status == page.status_code
        assert {
            "status": status,
            "said": words,
            "comfort": "All is well.",
            "request_id": "a7",
            "keeps_rooms": False,
        } == page.context

    def test_say_what_they_are_told_to(self) -> None:
        """Whoever knows better than the status chooses the words."""
        page = PAGES.show(404, request_id="", words=BY_HAND)

        assert BY_HAND == page.context["said"]
