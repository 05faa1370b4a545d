"""The catalogues of each language, one per room, read together."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

SOURCE: Final = "en"
"""The language of the source text: it needs no catalogue."""

LANGUAGES: Final[Mapping[str, str]] = {
    SOURCE: "English",
    "fr": "Français",
    "pt": "Português",
    "ru": "Русский",
}
"""Every language that is spoken anywhere here, by its code, as those call it who speak it."""

COMMON: Final[Sequence[str]] = (SOURCE, "fr")
"""What an area speaks that does not say otherwise (``Area.languages``)."""

OPERATORS: Final[Sequence[str]] = (SOURCE, "pt", "ru")
"""What is spoken to operators on every page of the console, whoever's page it is."""


def folder_of(language: str) -> Path:
    """Where a language's catalogues are."""
    return Path(str(files("tramita"))) / "locale" / language / "LC_MESSAGES"


def read_catalog(path: Path, language: str) -> Catalog:
    """One catalogue; a broken one raises babel's ``PoFileError``."""
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=path.stem, abort_invalid=True)


@cache
def translations_of(language: str) -> NullTranslations:
    """Everything that is said in a language."""
    if language == SOURCE:
        return NullTranslations()
    said: NullTranslations = NullTranslations()
    for path in sorted(folder_of(language).glob("*.po")):
        compiled = BytesIO()
        write_mo(compiled, read_catalog(path, language))
        compiled.seek(0)
        # The first brings the language's plural forms.
        room = Translations(compiled)
        said = said.merge(room) if isinstance(said, Translations) else room
    return said
