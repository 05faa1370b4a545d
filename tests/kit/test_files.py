"""Files, and that nobody reads them where they lie."""

import hashlib
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from tramita.kit import files
from tramita.kit.database.engine import Database
from tramita.kit.encryption.keys import NotDecrypted
from tramita.kit.files import FileNotKept, Files, FileTooLarge, is_whole_pdf, media_type_of


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
