"""Files are found by their content."""

import hashlib
from pathlib import Path

import pytest

from tramita.kit import files
from tramita.kit.files import FileNotKept, Files, FileTooLarge, is_whole_pdf, media_type_of


@pytest.fixture
def kept(tmp_path: Path) -> Files:
    """A folder that does not exist yet."""
    return Files.open("", tmp_path / "dados ção")


class TestFiles:
    async def test_are_found_by_their_content(self, kept: Files) -> None:
        """Whoever puts the same twice has it once."""
        content = b"%PDF-1.7 said"

        stored = await kept.put(content)

        assert stored == await kept.put(content)
        assert hashlib.sha256(content).hexdigest() == stored.digest
        assert (len(content), "application/pdf") == (stored.size, stored.media_type)
        assert content == await kept.get(stored.digest)

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
