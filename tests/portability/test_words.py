"""What the client reads when a contract stops."""

import pytest

from tramita.portability.rules import Code
from tramita.portability.words import CLIENT_WORDS, PARKED, PROVIDER_REFUSED

TECHNICAL = ("ISPB", "CCB", "CET", "JSON", "API", "CPF", "schema", "inconclusiv", "REPROVADO")


class TestClientWords:
    def test_exist_for_every_reason(self) -> None:
        """No client ever reads a code."""
        assert {*Code, PROVIDER_REFUSED, PARKED} == set(CLIENT_WORDS)

    @pytest.mark.parametrize("code", sorted(CLIENT_WORDS))
    def test_are_one_or_two_plain_short_sentences(self, code: str) -> None:
        """No bank's abbreviation, and short enough to be read on a phone."""
        sentence = CLIENT_WORDS[code]

        assert [] == [word for word in TECHNICAL if word in sentence]
        assert sentence.endswith(".")
        assert len(sentence) <= 130
