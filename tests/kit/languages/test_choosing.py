"""Which language somebody is spoken to in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tramita.kit.languages.catalogs import LANGUAGES
from tramita.kit.languages.choosing import choose_language, language_of


class TestALanguage:
    @pytest.mark.parametrize(
        ("own", "accepted", "expected"),
        [
            ("fr", "en", "fr"),
            ("fr_CA", None, "fr-CA"),
            ("FR-fr", None, "fr-FR"),
            ("fr-ZZ", None, "fr-FR"),
            ("pt-BR", "fr;q=0.8", "fr"),
            (None, "de, fr;q=0.5, en;q=0.9", "en"),
            (None, "fr-CH, fr;q=0.9", "fr-CH"),
            (None, "fr;q=0", "en"),
            (None, "fr;q=often", "en"),
            (None, "*", "en"),
            (None, "", "en"),
            (None, None, "en"),
            ("pt", None, "en"),
            ("ru", None, "en"),
        ],
    )
    def test_is_the_first_that_is_spoken_here(
        self, own: str | None, accepted: str | None, expected: str
    ) -> None:
        """The person's own goes before the browser's, and whatever nobody speaks is passed over."""
        assert expected == choose_language(own, accepted)

    def test_is_one_of_those_that_an_area_speaks(self) -> None:
        """What is not translated there is not chosen, whoever asks for it, the house too."""
        among = ("en", "ru")
        assert "ru-RU" == choose_language("ru-RU", "fr", among=among)
        assert "ru" == choose_language("fr", "ru, fr;q=0.9", among=among)
        assert "en" == choose_language("fr", "fr", default="fr", among=among)

    def test_is_the_houses_for_whom_no_other_is_known(self) -> None:
        """What an installation speaks by itself is its own choice."""
        assert "fr" == choose_language(None, "pt", default="fr")

    @given(own=st.none() | st.text(), accepted=st.none() | st.text(alphabet="frenq=;,-_.0159 é"))
    def test_is_always_one_of_ours(self, own: str | None, accepted: str | None) -> None:
        """No header, however it is written, fails or leads elsewhere."""
        assert language_of(choose_language(own, accepted)) in LANGUAGES
