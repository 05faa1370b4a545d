"""A lender's colour is legible, whatever it is."""

import pytest

from tramita.portability.page.colors import READABLE, accent_style, contrast, readable

LIGHT, DARK = "#f2efe8", "#1b2027"
COLORS = ["#000000", "#ffffff", "#ffe600", "#1d4f91", "#ec7000", "#820ad1", "#777777", "#00ff00"]


class TestReadable:
    @pytest.mark.parametrize("color", COLORS)
    @pytest.mark.parametrize(("ground", "towards"), [(LIGHT, "#000000"), (DARK, "#ffffff")])
    def test_is_legible_on_its_ground(self, color: str, ground: str, towards: str) -> None:
        """Yellow on paper and navy at night are moved until they can be read."""
        assert contrast(readable(color, on=ground, towards=towards), ground) >= READABLE

    def test_keeps_a_color_that_is_legible_already(self) -> None:
        """Nobody's brand is changed without need."""
        assert "#1d4f91" == readable("#1d4f91", on=LIGHT, towards="#000000")

    def test_measures_as_the_standard_does(self) -> None:
        """Black on white is 21 to 1."""
        assert 21 == pytest.approx(contrast("#000000", "#ffffff"))


class TestAccentStyle:
    @pytest.mark.parametrize("color", COLORS)
    def test_sets_colors_for_both_schemes_and_for_old_telephones(self, color: str) -> None:
        """The light colours stand alone first, then both for whoever knows them."""
        style = accent_style(color)

        assert 2 == style.count("--accent:")
        assert 2 == style.count("light-dark(#")
