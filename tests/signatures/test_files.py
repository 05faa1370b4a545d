"""A file stays for as long as a row names it."""

import pytest

from tests.signatures.signing import Signing
from tramita.kit.files import FileNotKept
from tramita.signatures.journey.forget_files import forget_files

pytestmark = pytest.mark.asyncio(loop_scope="module")


class TestAFile:
    async def test_goes_with_the_last_row_that_names_it(self, signing: Signing) -> None:
        """Whoever names it no more leaves a note; of a file that another row names it is only that."""
        runtime = signing.runtime
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
        assert [] == await runtime.database.fetch("SELECT FROM dropped_files")
