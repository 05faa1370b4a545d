"""Files, and that nobody reads them where they lie."""

import hashlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from threading import current_thread
from zipfile import ZipFile

import pytest

from tramita.kit import files
from tramita.kit.database.engine import Database
from tramita.kit.encryption.keys import NotDecrypted
from tramita.kit.files import (
    FileNotKept,
    Files,
    FileTooLarge,
    digest_of,
    is_whole_pdf,
    media_type_of,
)


def zip_end(size: int) -> bytes:
    """How a ZIP with a list of so many bytes ends."""
    return b"PK\x05\x06" + bytes(8) + size.to_bytes(4, "little") + bytes(6)


@pytest.fixture
def kept(tmp_path: Path, database: Database) -> Files:
    """A folder that does not exist yet."""
    return Files.open("", tmp_path / "dados ção", database)


class TestFiles:
    async def test_show_nothing_where_they_lie(self, kept: Files, tmp_path: Path) -> None:
        """Neither by name nor by content; the same twice are two that have nothing in common."""
        content = b"%PDF-1.7 said"

        first, second = [await kept.put(content) for _ in range(2)]

        lying = [one for one in tmp_path.rglob("*") if one.is_file()]
        written = {one.read_bytes() for one in lying}
        assert {first.digest, second.digest} == {one.name for one in lying}
        assert (2, set()) == (len(written), {one for one in written if b"said" in one})
        assert hashlib.sha256(content).hexdigest() not in {one.name for one in lying}
        assert (len(content), "application/pdf") == (first.size, first.media_type)
        assert content == await kept.get(first.digest) == await kept.get(second.digest)

    async def test_hold_nobody_up(self, kept: Files, monkeypatch: pytest.MonkeyPatch) -> None:
        """Those that take more than a moment are worked through beside the event loop."""
        here = []

        def beside(real: Callable[..., bytes]) -> Callable[..., bytes]:
            def work(*given: str | bytes) -> bytes:
                here.append(current_thread() is loop)
                return real(*given)

            return work

        for name in ("encrypt_content", "decrypt_content"):
            monkeypatch.setattr(files, name, beside(getattr(files, name)))
        loop, contents = current_thread(), [b"short", bytes(2 * 1024 * 1024)]

        found = [await kept.get((await kept.put(one)).digest) for one in contents]

        assert contents == found
        assert [True, True, False, False] == here
        assert [hashlib.sha256(one).digest() for one in contents] == [
            await digest_of(one) for one in contents
        ]

    async def test_are_read_by_nobody_who_has_lost_the_key(self, kept: Files) -> None:
        """What is still in a backup of the folder is nothing without its row."""
        stored = await kept.put(b"something")

        await kept.database.fetch("DELETE FROM stored_files")

        with pytest.raises(FileNotKept):
            await kept.get(stored.digest)

    async def test_that_somebody_changed_are_none(self, kept: Files, tmp_path: Path) -> None:
        """Nor are two that changed places."""
        first, second = [await kept.put(content) for content in (b"one", b"another")]
        paths = {one.name: one for one in tmp_path.rglob("*") if one.is_file()}

        paths[first.digest].write_bytes(paths[second.digest].read_bytes())

        with pytest.raises(NotDecrypted):
            await kept.get(first.digest)

    async def test_go_when_they_are_deleted(self, kept: Files) -> None:
        """Once, twice or never having been there: afterwards there is none."""
        stored = await kept.put(b"something")

        await kept.delete(stored.digest)
        await kept.delete(stored.digest)

        with pytest.raises(FileNotKept):
            await kept.get(stored.digest)

    async def test_have_a_limit(self, kept: Files, monkeypatch: pytest.MonkeyPatch) -> None:
        """What is larger is not kept."""
        monkeypatch.setattr(files, "LARGEST", 10)

        with pytest.raises(FileTooLarge):
            await kept.put(b"x" * 11)

    @pytest.mark.parametrize(
        ("beginning", "kind"),
        [
            (b"%PDF-1.7", "application/pdf"),
            (b"\x89PNG\r\n\x1a\n", "image/png"),
            (b"\xff\xd8\xff\xe0", "image/jpeg"),
            (b"<html>", "application/octet-stream"),
            (b"", "application/octet-stream"),
        ],
    )
    def test_are_what_they_begin_as(self, beginning: bytes, kind: str) -> None:
        """Nobody's word for it counts."""
        assert kind == media_type_of(beginning + b"...")

    @pytest.mark.parametrize(
        ("names", "kind"),
        [
            (("[Content_Types].xml", "word/document.xml"), "wordprocessingml.document"),
            (("[Content_Types].xml", "xl/workbook.xml"), "spreadsheetml.sheet"),
            (("word/document.xml",), "zip"),
            (("[Content_Types].xml", "ppt/presentation.xml"), "zip"),
            ((), "zip"),
        ],
    )
    def test_that_are_archives_are_what_they_hold(self, names: tuple[str, ...], kind: str) -> None:
        """A text and a table of an office are told from any other archive, and from half of one."""
        written = BytesIO()
        with ZipFile(written, "w") as archive:
            for name in (*names, "other"):
                archive.writestr(name, "...")
        content = written.getvalue()

        assert media_type_of(content).endswith(kind)
        assert "application/zip" == media_type_of(content[:40])

    @pytest.mark.parametrize(("before", "kind"), [(10, "wordprocessingml.document"), (5000, "zip")])
    def test_are_looked_into_no_further_than_a_document_goes(self, before: int, kind: str) -> None:
        """A list may be as long as the file, and whoever reads it to its end holds everybody up."""
        lines = [b"PK\x01\x02" + bytes(42)] * before
        for name in (b"[Content_Types].xml", b"word/document.xml"):
            sizes = len(name).to_bytes(2, "little") + bytes(16)
            lines.append(b"PK\x01\x02" + bytes(24) + sizes + name)
        listed = b"".join(lines)

        content = b"PK\x03\x04" + listed + zip_end(len(listed))

        assert media_type_of(content).endswith(kind)

    @pytest.mark.parametrize("size", [0, 1, 46, 2**32 - 1])
    def test_that_are_broken_archives_are_archives(self, size: int) -> None:
        """A list that is none, or leads outside, in a file that ends too early, too."""
        content = b"PK\x03\x04PK\x01\x02" + bytes(42) + zip_end(size)

        for length in range(len(content) - 30, len(content) + 1):
            assert "application/zip" == media_type_of(content[:length])

    @pytest.mark.parametrize(
        ("content", "is_whole"),
        [
            (b"%PDF-1.7 said %%EOF", True),
            (b"%PDF-1.7 said %%EOF\r\n", True),
            (b"%PDF-1.7 said", False),
            (b"%PDF-1.7 said %%EO", False),
            (b"%PDF-1.7 said %%EOF,}", False),
            (b"<html>%%EOF", False),
        ],
    )
    def test_are_whole_pdfs_or_none(self, content: bytes, is_whole: bool) -> None:
        """What was cut on its way is no contract."""
        assert is_whole == is_whole_pdf(content)
