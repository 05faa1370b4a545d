"""Sentences of ours that were kept as they read, told in another language."""

import time
import timeit

import pytest

from tramita.kit.languages.filled import Filled
from tramita.kit.languages.kept import Sentences

KNOWN = Sentences.of(
    [
        "It was not there.",
        "It could not be asked: {reason}",
        "It could not be asked for {key}: {reason}",
        "{kind} is {state}, and stays {state}.",
    ]
)


class TestASentence:
    @pytest.mark.parametrize(
        ("text", "template", "facts"),
        [
            ("It could not be asked: HTTP 503", "It could not be asked: {reason}", ["HTTP 503"]),
            (
                "It could not be asked for k-1: no\nword",
                "It could not be asked for {key}: {reason}",
                ["k-1", "no\nword"],
            ),
            ("a is b, and stays b.", "{kind} is {state}, and stays {state}.", ["a", "b"]),
        ],
    )
    def test_is_found_with_what_was_filled_in(
        self, text: str, template: str, facts: list[str]
    ) -> None:
        """The template that says most by itself, and its values."""
        read = KNOWN.read(text)

        assert isinstance(read, Filled)
        assert (text, template, facts) == (read, read.template, [*read.facts.values()])

    def test_may_stand_in_another(self) -> None:
        """What is filled in may be one of ours, too."""
        read = Sentences.of(["not now: {why}", "{who} has it"]).read("not now: Ana has it")

        assert isinstance(read, Filled)
        assert isinstance(read.facts["why"], Filled)

    @pytest.mark.parametrize(
        "text", ["", "It was not there.", "What the bank said", "a is b, and stays c.", "x" * 5_000]
    )
    def test_that_has_nothing_in_it_is_the_text(self, text: str) -> None:
        """And so is what others have said."""
        read = KNOWN.read(text)

        assert text == read
        assert not isinstance(read, Filled)

    def test_is_found_quickly_whatever_it_is(self) -> None:
        """Others write texts, too: one of nothing but what stands between values holds nobody up."""
        known = Sentences.of(["it {a} of {b} by {c} at {d} for {e}!"])
        text = "it " + "".join(f" {one} " * 40 for one in ("of", "by", "at", "for")) + "."

        took = timeit.repeat(lambda: known.read(text), timer=time.thread_time, number=1, repeat=5)

        assert text == known.read(text)
        assert min(took) < 0.1
