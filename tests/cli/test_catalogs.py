"""The word catalogues follow the code, and are complete."""

from pathlib import Path

import pytest

from tramita.cli import catalogs
from tramita.kit.area import Area
from tramita.kit.languages.catalogs import read_catalog

PAGE = """{% trans name=x %}Dear {{ name }}{% endtrans %}"""
CODE = """words.gettext("Sign here")
words.ngettext("%(num)s day", "%(num)s days", n)
LATE = to_translate("Late")
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A room with a page and some code, and no catalogue yet; answers where catalogues go."""
    code = tmp_path / "src"
    (code / "school" / "learn" / "templates").mkdir(parents=True)
    (code / "school" / "learn" / "templates" / "page.html").write_text(PAGE)
    (code / "school" / "learn" / "words.py").write_text(CODE)
    monkeypatch.setattr(catalogs, "CODE", code)
    monkeypatch.setattr(catalogs, "folder_of", lambda language: tmp_path / language)
    return tmp_path / "fr"


def translated(path: Path, **also: str) -> str:
    """A catalogue as a translator hands it back."""
    text = path.read_text()
    said = {
        "Dear %(name)s": "Bonjour %(name)s",
        "Sign here": "Signez ici",
        "Late": "En retard",
        **also,
    }
    for source, translation in said.items():
        text = text.replace(
            f'msgid "{source}"\nmsgstr ""', f'msgid "{source}"\nmsgstr "{translation}"'
        )
    for form, plural in enumerate(("%(num)s jour", "%(num)s de jours", "%(num)s jours")):
        text = text.replace(f'msgstr[{form}] ""', f'msgstr[{form}] "{plural}"')
    return text


class TestACatalogue:
    def test_is_the_rooms_own_and_waits_for_its_translation(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """What code and templates of a folder say goes into one file; what is new is named."""
        assert 1 == catalogs.main([])

        path = folder / "school-learn.po"
        assert 4 == len(read_catalog(path, "fr"))
        assert "has no translation of 'Sign here'" in capsys.readouterr().err
        path.write_text(translated(path))
        assert 0 == catalogs.main([])
        assert 0 == catalogs.main(["--check"])

    @pytest.mark.parametrize(
        ("change", "complaint"),
        [
            (("Signez ici", ""), "has no translation of 'Sign here'"),
            (("Bonjour %(name)s", "Bonjour %(nom)s"), "Dear"),
            (
                ('\nmsgid "Sign here"', '\n#, fuzzy\nmsgid "Sign here"'),
                "is not sure of 'Sign here'",
            ),
            (("Sign here", "Sign there"), "is stale"),
        ],
    )
    def test_that_lacks_something_is_refused(
        self,
        folder: Path,
        change: tuple[str, str],
        complaint: str,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """Missing, with other values, uncertain, or about what nobody says: each is named."""
        catalogs.main([])
        path = folder / "school-learn.po"
        path.write_text(translated(path))
        catalogs.main([])
        capsys.readouterr()
        path.write_text(path.read_text().replace(*change))

        assert 1 == catalogs.main(["--check"])
        assert complaint in capsys.readouterr().err

    def test_of_two_rooms_say_one_text_alike(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Catalogues are read together, so that one text has one translation."""
        other = catalogs.CODE / "shop"
        other.mkdir()
        (other / "words.py").write_text('words.gettext("Late")')
        catalogs.main([])
        for path, late in (("school-learn", "En retard"), ("shop", "Tard")):
            catalog = folder / f"{path}.po"
            catalog.write_text(translated(catalog, Late=late))
        capsys.readouterr()

        assert 1 == catalogs.main([])
        assert "translate 'Late' differently" in capsys.readouterr().err

    def test_is_of_a_language_that_its_area_speaks(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nobody translates what no reader of that language is shown; what the kit says, all are."""
        school = Area(key="school", languages=("en", "ru"))
        monkeypatch.setattr(catalogs, "EVERYTHING", (school,))
        (catalogs.CODE / "kit").mkdir()
        (catalogs.CODE / "kit" / "words.py").write_text('words.gettext("yes")')

        catalogs.main([])

        assert {"kit"} == {path.stem for path in folder.glob("*.po")}
        russian = folder.with_name("ru")
        assert {"kit", "school-learn"} == {path.stem for path in russian.glob("*.po")}

    def test_loses_what_nobody_says_any_more(self, folder: Path) -> None:
        """With its last text a catalogue goes."""
        catalogs.main([])
        for path in (catalogs.CODE / "school" / "learn").rglob("*.*"):
            path.unlink()

        assert 0 == catalogs.main([])
        assert [] == list(folder.glob("*.po"))
