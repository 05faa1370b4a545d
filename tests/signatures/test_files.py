"""A file stays for as long as a row names it."""

import hashlib
from collections import Counter

import obstore
import pytest

from tests.forgetting import PEOPLE
from tests.kit.people.test_encrypting import tell
from tests.signatures.signing import Signing
from tramita.kit.files import FileNotKept, Files, FilesAway, StoredFile
from tramita.kit.people.files import encrypt_files, forget_files

pytestmark = pytest.mark.asyncio(loop_scope="module")


class TestWhereFilesAreAway:
    async def test_everything_waits_and_nothing_is_lost(
        self, signing: Signing, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The document is made, sent and fetched when they are there again; no job waits for a person."""
        put, get, failed = Files.put, Files.get, Counter[str]()

        async def put_late(files: Files, content: bytes) -> StoredFile:
            failed["put"] += 1
            if failed["put"] in (1, 3):
                raise FilesAway
            return await put(files, content)

        async def get_late(files: Files, digest: str) -> bytes:
            failed["get"] += 1
            if failed["get"] == 1:
                raise FilesAway
            return await get(files, digest)

        monkeypatch.setattr(Files, "put", put_late)
        monkeypatch.setattr(Files, "get", get_late)
        contract = await signing.submitted("signed")
        await signing.until_at_rest()

        assert (await signing.state(contract)).has_signed_file
        assert failed["put"] > 3
        held = "SELECT FROM pgqueuer WHERE status = 'failed'"
        assert [] == await signing.world.fetch(held)
        assert {"SUCCEEDED"} == {
            row["state"] for row in await signing.world.fetch("SELECT state FROM operations")
        }


class TestAFile:
    async def test_goes_with_the_last_row_that_names_it(self, signing: Signing) -> None:
        """Whoever names it no more leaves a note; of a file that another row names it is only that."""
        runtime = signing.world.runtime
        await signing.submitted()
        [row] = await runtime.database.fetch("SELECT id, file FROM documents")
        digest = row["file"]

        await runtime.database.fetch(
            "UPDATE signing_procedures SET signed_file = $1 WHERE document_id = $2",
            digest,
            row["id"],
        )
        await runtime.database.fetch("UPDATE documents SET file = NULL")
        await forget_files(runtime)
        assert (await runtime.files.get(digest)).startswith(b"%PDF")

        await runtime.database.fetch("UPDATE signing_procedures SET signed_file = NULL")
        await forget_files(runtime)
        with pytest.raises(FileNotKept):
            await runtime.files.get(digest)
        assert [] == await runtime.database.fetch("SELECT FROM stored_files")

    async def test_that_nobody_came_to_name_goes_a_day_later(self, signing: Signing) -> None:
        """Whoever put it died before writing down where it is; of the others it is noted that they stay."""
        runtime = signing.world.runtime
        await signing.submitted()
        [named] = await runtime.database.fetch("SELECT file FROM documents")
        lost = await runtime.files.put(b"%PDF- of nobody")
        await forget_files(runtime)
        assert await runtime.files.get(lost.digest)

        await runtime.database.fetch("UPDATE stored_files SET drop_at = drop_at - interval '1 day'")
        await forget_files(runtime)

        left = await runtime.database.fetch("SELECT name, drop_at FROM stored_files")
        assert [(named["file"], None)] == [tuple(one) for one in left]
        with pytest.raises(FileNotKept):
            await runtime.files.get(lost.digest)

    async def test_from_before_encryption_is_read_and_put_anew(self, signing: Signing) -> None:
        """Its name was a digest of what it says; afterwards there is nothing to read or to guess."""
        runtime = signing.world.runtime
        await signing.submitted()
        [row] = await runtime.database.fetch("SELECT file FROM documents")
        content = await runtime.files.get(row["file"])
        old = hashlib.sha256(content).hexdigest()
        path = f"{old[:2]}/{old}"
        await obstore.put_async(runtime.files.store, path, content)
        await runtime.database.fetch("INSERT INTO stored_files (name, key) VALUES ($1, '')", old)
        await runtime.database.fetch("UPDATE documents SET file = $1", old)
        assert content == await runtime.files.get(old)

        await encrypt_files(runtime.files, PEOPLE, tell)
        await forget_files(runtime)

        [row] = await runtime.database.fetch("SELECT file FROM documents")
        assert content == await runtime.files.get(row["file"])
        with pytest.raises(FileNotFoundError):
            await obstore.head_async(runtime.files.store, path)
        kept = await runtime.database.fetch("SELECT name FROM stored_files")
        assert ([row["file"]], True) == ([one["name"] for one in kept], row["file"] != old)
