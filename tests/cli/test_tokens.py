"""``tramita tokens``: service tokens from the command line."""

from tests.cli.conftest import Run
from tramita.kit.database.engine import Database
from tramita.kit.tokens import carrier_scope_of, find_token


class TestTokens:
    async def test_are_bound_to_a_carrier_when_made(self, database: Database, tramita: Run) -> None:
        """The list shows of which; the token itself is shown this once."""
        scope = ["--scope", "numbering:read"]

        code, token, errors = await tramita(
            "tokens", "create", "--name", "shop", *scope, "--carrier", "acme"
        )

        assert (0, "") == (code, errors)
        found = await find_token(database, token.strip())
        assert found is not None
        assert carrier_scope_of(found).may_see("acme")
        _, listed, _ = await tramita("tokens", "list")
        [line] = listed.splitlines()
        assert ["shop", "numbering:read", "valid", "acme"] == [
            column for at, column in enumerate(line.split("\t")) if at != 3
        ]

    async def test_are_refused_in_a_sentence(self, tramita: Run) -> None:
        """An empty variable of a script makes no token for a carrier without a name."""
        scope = ["--scope", "numbering:read"]

        code, output, errors = await tramita(
            "tokens", "create", "--name", "shop", *scope, "--carrier", ""
        )

        assert (1, "") == (code, output)
        assert errors.startswith("tramita: A carrier's code is 1 to 64 letters")
        assert 1 == errors.count("\n")
