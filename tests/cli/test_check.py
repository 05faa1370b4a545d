"""``tramita check``: what it says of what it could not ask. What it finds: ``tests/journeys``."""

from sqlalchemy import make_url

from tests.cli.conftest import Run
from tramita.kit.database.engine import Database


class TestCheck:
    async def test_calls_nothing_kept_that_was_not_asked(
        self, database: Database, database_url: str, tramita: Run
    ) -> None:
        """Without a provider its promises are not verified: exit 3, and no traceback."""
        code, output, errors = await tramita("check", mode="production")

        unasked = "not verified: QI Tech has no address: set TRAMITA_QITECH_URL."
        assert 3 == code
        assert 2 == output.count(unasked)
        assert "not verified: Sigan has no address: set TRAMITA_SIGAN_URL." in output
        assert "Traceback" not in errors

    async def test_names_what_it_asked(
        self, database: Database, database_url: str, tramita: Run
    ) -> None:
        """A check of another installation would be green as well."""
        _, output, _ = await tramita("check", "portability", mode="demo", simulators_port=1)

        lines = output.splitlines()
        assert lines[0].startswith("database   ")
        assert lines[0].endswith(f"/{make_url(database_url).database}")
        assert "qitech     http://127.0.0.1:1/qitech" in lines

    async def test_leaves_another_schema_alone(self, database: Database, tramita: Run) -> None:
        """It says what to run, and changes nothing by looking."""
        async with database.unit_of_work(actor="test") as work:
            await work.fetch("UPDATE alembic_version SET version_num = '0001'")

        code, output, errors = await tramita("check")

        assert (4, "") == (code, output)
        assert "has another schema than this release: run `tramita migrate` first" in errors
        async with database.unit_of_work(actor="test") as work:
            [row] = await work.fetch("SELECT version_num FROM alembic_version")
        assert "0001" == row["version_num"]
