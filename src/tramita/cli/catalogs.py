"""Keeps the word catalogues as the code has them; with ``--check`` says what they lack.

``python -m tramita.cli.catalogs [--check]``, run from the root of the repository. A catalogue is
that of a room or of one of its folders: what ``orders/mails/…`` says is in ``orders-mails.po``.
An area's rooms are translated into the languages that it speaks, its pages of the console
(``orders-console.po``) into those of operators.
Texts that no code says any more are dropped, new ones wait for their translation.
"""

import re
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import write_po

from tramita.kit.languages.catalogs import (
    COMMON,
    LANGUAGES,
    OPERATORS,
    SOURCE,
    folder_of,
    read_catalog,
)
from tramita.process.areas import EVERYTHING

CODE: Final = Path("src/tramita")
_KEYWORDS: Final[Mapping[str, Any]] = {
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "to_translate": None,
}
_HTML: Final = ("jinja2.ext:babel_extract", {"trimmed": "true", "silent": "false"})
_READERS: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    ".py": ("python", {}),
    ".html": _HTML,
    ".mjml": _HTML,
    ".txt": _HTML,
    ".jinja": _HTML,
}
_SAYS: Final = re.compile(rb"\b(?:n?p?gettext|to_translate)\(|\{%-?\s*trans\b")


def room_of(path: Path) -> str:
    """The catalogue of a file: ``orders-mails`` of ``orders/mails/subjects.py``.

    An area's templates of the console are said beside its code of it.
    """
    area, *folders = path.parts[:-1]
    if area == "console" and folders[:1] == ["templates"]:
        return area
    return "-".join([area, *(["console"] if "console" in folders else folders[:1])])


def languages_of(room: str) -> Collection[str]:
    """What is spoken in a room: what its area says, and in the kit whatever is spoken anywhere.

    What things are called (``naming``) is read by the area's own readers and by operators.
    """
    area, *folders = room.split("-")
    if "console" in (area, *folders):
        return OPERATORS
    said = {one.key: one.languages for one in EVERYTHING} | {"kit": LANGUAGES}
    spoken = said.get(area, COMMON)
    return {*spoken, *OPERATORS} if folders == ["naming"] else spoken


def extract_texts() -> dict[str, Catalog]:
    """What the code says, by catalogue."""
    found: dict[str, Catalog] = {}
    for path in sorted(CODE.rglob("*")):
        inside = path.relative_to(CODE)
        for text, context in _texts_of(path):
            catalog = found.setdefault(room_of(inside), Catalog(charset="utf-8"))
            catalog.add(text, locations=[(str(inside), 1)], context=context)
    return found


def _texts_of(path: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    reader = _READERS.get(path.suffix)
    if reader is None or not _SAYS.search(content := path.read_bytes()):
        return
    method, options = reader
    for _, text, _, context in extract(method, BytesIO(content), _KEYWORDS, (), dict(options)):
        yield text, context


def render(texts: Catalog, known: Catalog | None, language: str) -> str:
    """A catalogue with everything that is said, and its translations as far as there are any."""
    catalog = Catalog(locale=language, charset="utf-8")
    for message in texts:
        if message.id:
            was = known.get(message.id, message.context) if known is not None else None
            catalog.add(
                message.id,
                was.string if was is not None else None,
                locations=message.locations,
                flags=was.flags if was is not None else (),
                context=message.context,
            )
    written = BytesIO()
    write_po(written, catalog, omit_header=True, include_lineno=False, sort_output=True, width=100)
    return (
        (
            'msgid ""\nmsgstr ""\n'
            f'"Language: {language}\\n"\n'
            '"Content-Type: text/plain; charset=utf-8\\n"\n'
            f'"Plural-Forms: {catalog.plural_forms}\\n"\n\n'
        )
        + written.getvalue().decode().strip("\n")
        + "\n"
    )


def faults_of(catalog: Catalog) -> Iterator[str]:
    """What a catalogue lacks, a sentence each."""
    for message in catalog:
        if not message.id:
            continue
        if message.fuzzy:
            yield f"is not sure of {_named(message)}"
        elif not all(_forms(message.string)):
            yield f"has no translation of {_named(message)}"
        else:
            yield from (f"{error}: {_named(message)}" for error in message.check(catalog))


def _forms(said: str | Sequence[str] | None) -> Sequence[str | None]:
    return [said] if said is None or isinstance(said, str) else said


def _named(message: Message) -> str:
    return repr(_forms(message.id)[0])


def contradictions(catalogs: Mapping[str, Catalog]) -> Iterator[str]:
    """Texts that two catalogues translate differently: they are read as one."""
    said: dict[tuple[object, object], tuple[str, object]] = {}
    for room, catalog in catalogs.items():
        for message in catalog:
            key = (message.id, message.context)
            first, translation = said.setdefault(key, (room, message.string))
            if message.id and translation != message.string:
                yield f"{first} and {room} translate {_named(message)} differently: give one a context"


def main(arguments: list[str]) -> int:
    """Write the catalogues, then name what they lack and answer 1 if that is anything."""
    texts, faults = extract_texts(), []
    for language in set(LANGUAGES) - {SOURCE}:
        spoken = {room: said for room, said in texts.items() if language in languages_of(room)}
        faults += _keep(language, spoken, is_check="--check" in arguments)
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    return 1 if faults else 0


def _keep(language: str, texts: Mapping[str, Catalog], *, is_check: bool) -> list[str]:
    """Bring a language's catalogues up to date, or say that they are not; answer the faults."""
    folder, faults = folder_of(language), []
    paths = {path.stem: path for path in folder.glob("*.po")}
    known = {room: read_catalog(path, language) for room, path in sorted(paths.items())}
    for room in sorted({*texts, *paths}):
        path = folder / f"{room}.po"
        wanted = render(texts[room], known.get(room), language) if room in texts else None
        if wanted == (path.read_text(encoding="utf-8") if path.exists() else None):
            continue
        if is_check:
            faults.append(f"{path} is stale: run `make fix`, then translate what is new")
        elif wanted is None:
            path.unlink()
        else:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted, encoding="utf-8")
            sys.stdout.write(f"wrote {path}\n")
    now = {
        room: read_catalog(folder / f"{room}.po", language)
        for room in texts
        if (folder / f"{room}.po").exists()
    }
    for room, catalog in now.items():
        faults += [f"{folder / room}.po {fault}" for fault in faults_of(catalog)]
    return faults + list(contradictions(now))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
