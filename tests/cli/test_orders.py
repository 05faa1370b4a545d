"""``tramita orders``: the catalogue from a file, and debits begun by hand."""

from pathlib import Path

from tests.cli.conftest import Run
from tramita.kit.database.engine import Database


class TestSeed:
    async def test_fills_the_demo(self, database: Database, tramita: Run) -> None:
        """And says what there is now; a second time it says what is there already."""
        code, output, errors = await tramita("orders", "seed", mode="demo")
        again, _, why = await tramita("orders", "seed")

        assert (0, "") == (code, errors)
        assert output.startswith("2 organizations, 2 contract definitions, 7 courses")
        assert 1 == again
        assert why.startswith(
            "tramita: Nothing of the seed file is taken. Wrong is organizations[0]"
        )

    async def test_wants_a_file_in_production(
        self, database: Database, tramita: Run, tmp_path: Path
    ) -> None:
        """What the demo sells is nobody's catalogue; a file of one's own is taken."""
        own = tmp_path / "own.toml"
        own.write_text('[[courses]]\ncode = "botany"\ntitle = "Botany"\n')

        code, _, errors = await tramita("orders", "seed")
        taken, output, _ = await tramita("orders", "seed", str(own))
        missing, _, why = await tramita("orders", "seed", str(tmp_path / "nothing.toml"))

        assert (1, "tramita: Which FILE?") == (code, errors[:20])
        assert (0, "1 courses") == (taken, output.split(", ")[2])
        assert 1 == missing
        assert "nothing.toml" in why
        assert 1 == len(await database.fetch("SELECT FROM courses"))


class TestDebitDueInstalments:
    async def test_says_how_many_it_has_begun(self, database: Database, tramita: Run) -> None:
        """Where nothing is due, none."""
        code, output, errors = await tramita("orders", "debit-due-instalments", mode="demo")

        assert (0, "0 debits begun\n", "") == (code, output, errors)


class TestSendMailUpcomingDebit:
    async def test_says_how_many_it_has_written(self, database: Database, tramita: Run) -> None:
        """Where nothing is debited soon, none."""
        code, output, errors = await tramita("orders", "send-mail-upcoming-debit", mode="demo")

        assert (0, "0 e-mails written\n", "") == (code, output, errors)
