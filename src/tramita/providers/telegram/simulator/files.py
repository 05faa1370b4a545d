"""Files as this bot knows them, and the addresses under which it gets them for an hour."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from tramita.providers.telegram.simulator.errors import FILE_TOO_BIG, WRONG_FILE
from tramita.providers.telegram.simulator.records import Document, File
from tramita.simulation.clock import VirtualClock
from tramita.simulation.front.asking import Refused

LARGEST_DOWNLOAD: Final = 20 * 1024 * 1024
_VALID_FOR: Final = timedelta(hours=1)


@dataclass(slots=True)
class Files:
    """Every file by the bot's name of it."""

    clock: VirtualClock
    _files: dict[str, File] = field(default_factory=dict)
    _paths: dict[str, tuple[File, datetime]] = field(default_factory=dict)

    def keep(
        self, content: bytes, name: str | None, media_type: str | None, *, size: int | None = None
    ) -> File:
        """Take a file; the same content has the same unique name."""
        digest = hashlib.sha256(content).hexdigest()
        file = File(
            f"BQACAgIAAx-{len(self._files) + 1}-{digest[:24]}",
            f"AgAD{digest[:12]}",
            name,
            media_type,
            content,
            len(content) if size is None else size,
        )
        self._files[file.id] = file
        return file

    def get(self, file_id: str) -> File:
        """The file; raise ``Refused`` for an id that is nobody's."""
        if file_id not in self._files:
            raise Refused(WRONG_FILE)
        return self._files[file_id]

    def locate(self, file_id: str) -> Document:
        """A ``File`` with a path that holds for an hour."""
        file = self.get(file_id)
        if file.size > LARGEST_DOWNLOAD:
            raise Refused(FILE_TOO_BIG)
        path = f"documents/file_{len(self._paths) + 1}"
        self._paths[path] = file, self.clock.now() + _VALID_FOR
        return {
            "file_id": file.id,
            "file_unique_id": file.unique_id,
            "file_size": file.size,
            "file_path": path,
        }

    def at(self, path: str) -> File | None:
        """What is at a path, if that still holds."""
        file, until = self._paths.get(path, (None, self.clock.now()))
        return file if self.clock.now() < until else None

    def forget(self) -> None:
        """Throw every file away."""
        self._files.clear()
        self._paths.clear()
