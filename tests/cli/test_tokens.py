"""``tramita tokens``: service tokens from the command line."""

from tests.cli.conftest import Run
from tramita.kit.database.engine import Database
from tramita.kit.tokens import find_token
from tramita.web.scopes import find_scopes


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
        assert found.bounds.may_see("acme")
        _, listed, _ = await tramita("tokens", "list")
        [line] = listed.splitlines()
        assert ["shop", "numbering:read", "valid", "acme", "house", "never"] == [
            column for at, column in enumerate(line.split("\t")) if at not in {3, 6}
        ]

    async def test_are_rotated(self, database: Database, tramita: Run) -> None:
        """The new one is printed once; the one before is good for as long as was said."""
        made = ("tokens", "create", "--name", "shop", "--scope", "numbering:read")
        _, first, _ = await tramita(*made, "--days", "30")

        code, second, errors = await tramita("tokens", "rotate", "shop", "--hours", "2")
        both = [await find_token(database, one.strip()) for one in (first, second)]
        _, third, _ = await tramita("tokens", "rotate", "shop", "--hours", "0")

        assert (0, "") == (code, errors)
        assert ["shop", "shop"] == [one and one.name for one in both]
        left = [await find_token(database, one.strip()) for one in (first, second, third)]
        assert [None, None, "shop"] == [one and one.name for one in left]

    async def test_are_refused_in_a_sentence(self, tramita: Run) -> None:
        """An empty variable of a script makes no token for a carrier without a name."""
        scope = ["--scope", "numbering:read"]

        code, output, errors = await tramita(
            "tokens", "create", "--name", "shop", *scope, "--carrier", ""
        )

        assert (1, "") == (code, output)
        assert errors.startswith("tramita: A carrier's code is 1 to 64 letters")
        assert 1 == errors.count("\n")

    async def test_have_scopes_that_exist_only(self, tramita: Run) -> None:
        """Whoever mistypes one is told all there are; nothing is made."""
        wrong = ["--scope", "envelope:read", "--scope", "root"]

        code, output, errors = await tramita("tokens", "create", "--name", "shop", *wrong)

        assert (2, "") == (code, output)
        told = " ".join(errors.replace("│", " ").split())
        assert "there is no scope envelope:read, root" in told
        assert "envelopes:read" in told
        assert (0, "", "") == await tramita("tokens", "list")

    async def test_are_explained_with_every_scope(self, tramita: Run) -> None:
        """Those that routes ask for, and those that let a token see more."""
        code, output, _ = await tramita("tokens", "create", "--help")

        told = output.replace("\n", " ")
        assert 0 == code
        assert [] == [one for one in find_scopes() if one not in told]
        assert {"contracts:read", "numbering:all", "tenants:all"} <= set(find_scopes())

    async def test_belong_to_a_tenant_that_there_is(self, database: Database, tramita: Run) -> None:
        """Who has not been added gets no token."""
        made = ("tokens", "create", "--name", "shop", "--scope", "contracts:read")
        code, _, errors = await tramita(*made, "--tenant", "acme")
        assert (1, "tramita: There is no tenant acme.\n") == (code, errors)

        await tramita("tenants", "create", "acme", "--title", "Acme Ltda.")
        code, token, _ = await tramita(*made, "--tenant", "acme")

        found = await find_token(database, token.strip())
        assert (0, "acme") == (code, found and found.tenant)
        _, listed, _ = await tramita("tenants", "list")
        assert ["acme", "house"] == [line.split("\t")[0] for line in listed.splitlines()]
