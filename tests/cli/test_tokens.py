"""``tramita tokens``: service tokens from the command line."""

import asyncio
import os
import sys
from pathlib import Path

from tramita.kit.database.engine import Database
from tramita.kit.tokens import carrier_scope_of, find_token


async def tokens(url: str, *arguments: str) -> tuple[int, str, str]:
    """Run ``tramita tokens …``; answers exit code, standard output and standard error."""
    process = await asyncio.create_subprocess_exec(
        Path(sys.executable).parent / "tramita",
        "tokens",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | {"TRAMITA_DATABASE_URL": url},
    )
    async with asyncio.timeout(60):
        output, errors = await process.communicate()
    return process.returncode or 0, output.decode(), errors.decode()


class TestTokens:
    async def test_are_bound_to_a_carrier_when_made(
        self, database: Database, database_url: str
    ) -> None:
        """The list shows of which; the token itself is shown this once."""
        scope = ["--scope", "numbering:read"]
        made = await tokens(database_url, "create", "--name", "shop", *scope, "--carrier", "acme")

        code, token, errors = made

        assert (0, "") == (code, errors)
        async with database.session() as session:
            found = await find_token(session, token.strip())
        assert found is not None
        assert carrier_scope_of(found).may_see("acme")
        _, listed, _ = await tokens(database_url, "list")
        [line] = listed.splitlines()
        assert ["shop", "numbering:read", "valid", "acme"] == [
            column for at, column in enumerate(line.split("\t")) if at != 3
        ]

    async def test_are_refused_in_a_sentence(self, database_url: str) -> None:
        """An empty variable of a script makes no token for a carrier without a name."""
        made = await tokens(
            database_url, "create", "--name", "shop", "--scope", "numbering:read", "--carrier", ""
        )

        code, output, errors = made

        assert (1, "") == (code, output)
        assert errors.startswith("tramita: A carrier's code is 1 to 64 letters")
        assert 1 == errors.count("\n")
