"""ZIP archives that are sent while they are made: one file at a time is in memory."""

import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class _Sink:
    """Where the archive is written: whatever came since the last look, and no way back."""

    pieces: list[bytes] = field(default_factory=list)

    def write(self, piece: bytes) -> int:
        self.pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing waits."""

    def taken(self) -> list[bytes]:
        taken, self.pieces = self.pieces, []
        return taken


async def stream_zip(
    files: AsyncIterator[tuple[str, datetime, bytes]],
) -> AsyncIterator[bytes]:
    """An archive of files, each with its name and time, as they come; nothing is compressed."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as archive:  # type: ignore[call-overload]  # a stream will do
        async for name, at, content in files:
            archive.writestr(zipfile.ZipInfo(name, at.timetuple()[:6]), content)
            for piece in sink.taken():
                yield piece
    for piece in sink.taken():
        yield piece
