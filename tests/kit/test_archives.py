"""An archive is sent while it is made."""

import io
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from tramita.kit.archives import stream_zip

AT = datetime(2026, 3, 1, 9, 30, 2, tzinfo=UTC)


class TestAnArchive:
    async def test_holds_one_file_at_a_time(self) -> None:
        """Of each file everything has been sent when the next one is fetched."""
        sent = 0

        async def files() -> AsyncIterator[tuple[str, datetime, bytes]]:
            for n in range(1, 4):
                assert sent >= (n - 1) * 100_000
                yield f"{n}.pdf", AT, bytes([n]) * 100_000

        pieces = []
        async for piece in stream_zip(files()):
            sent += len(piece)
            pieces.append(piece)

        with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
            assert archive.testzip() is None
            assert ["1.pdf", "2.pdf", "3.pdf"] == archive.namelist()
            assert b"\x03" * 100_000 == archive.read("3.pdf")
            assert (2026, 3, 1, 9, 30, 2) == archive.getinfo("1.pdf").date_time

    async def test_of_nothing_can_be_opened(self) -> None:
        """And is empty."""

        async def files() -> AsyncIterator[tuple[str, datetime, bytes]]:
            nothing: list[tuple[str, datetime, bytes]] = []
            for one in nothing:
                yield one

        content = b"".join([piece async for piece in stream_zip(files())])

        assert [] == zipfile.ZipFile(io.BytesIO(content)).namelist()
