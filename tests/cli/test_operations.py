"""``tramita operations`` and ``tramita jobs``: what needs a person, from the command line."""

from datetime import timedelta

from msgspec import json

from tests.cli.conftest import Run
from tests.console.standing import add_operation
from tests.kit.held import hold_job
from tramita.kit.database.engine import Database

NOTE = ("--note", "the line was down")
KIND = "portability.insert_proposal"


class TestOperations:
    async def test_are_asked_about_and_sent_again(self, database: Database, tramita: Run) -> None:
        """One or all of a kind; each has its answer, and a refusal is exit code 1."""
        first, second = [
            str(await add_operation(database, age=timedelta(minutes=one))) for one in (9, 3)
        ]
        _, listed, _ = await tramita("operations", "list")

        refused, answers, _ = await tramita("operations", "send-again", first, *NOTE)
        asked, _, _ = await tramita("operations", "ask-again", "--kind", KIND, *NOTE)
        _, left, _ = await tramita("operations", "list", "--json")

        assert [first, second] == [line.split("\t")[0] for line in listed.splitlines()]
        assert (1, 0) == (refused, asked)
        assert [[first, "refused"]] == [line.split("\t")[:2] for line in answers.splitlines()]
        assert "ask again first" in answers
        assert [] == json.decode(left)

    async def test_are_listed_for_one_reason(self, database: Database, tramita: Run) -> None:
        """By the key that each is told with; a state without reasons has none."""
        for reason in ("2 are not paid", "3 are not paid", "nobody knows"):
            await add_operation(database, state="REFUSED", reason=reason)
        _, told, _ = await tramita("operations", "list", "--state", "refused", "--json")
        key = json.decode(told)[0]["alike"]

        _, listed, _ = await tramita("operations", "list", "--state", "refused", "--alike", key)
        wrong, _, _ = await tramita("operations", "list", "--state", "pending", "--alike", key)

        assert ["2 are not paid", "3 are not paid"] == [
            one.split("\t")[-1] for one in listed.splitlines()
        ]
        assert 2 == wrong

    async def test_are_refused_on_a_persons_word(self, database: Database, tramita: Run) -> None:
        """It stands in the history who it was and why; a second time it is too late."""
        operation = str(await add_operation(database))

        codes = [(await tramita("operations", "refuse", operation, *NOTE))[0] for _ in range(2)]

        assert [0, 1] == codes
        rows = await database.fetch(
            "SELECT actor FROM history WHERE subject_id = $1 AND trigger = 'mark_refused'",
            operation,
        )
        assert ["cli"] == [row["actor"] for row in rows]

    async def test_are_not_acted_on_by_a_slip(self, database: Database, tramita: Run) -> None:
        """Without naming any, without a reason, or where none waits."""
        nobody, _, _ = await tramita("operations", "refuse", *NOTE)
        silent, _, _ = await tramita("operations", "refuse", "--kind", KIND, "--note", " ")
        none, _, why = await tramita("operations", "refuse", "--kind", KIND, *NOTE)

        assert (2, 2, 1) == (nobody, silent, none)
        assert "Nothing of that needs attention" in why
        assert [] == await database.fetch("SELECT FROM bulk_acts")


class TestJobs:
    async def test_are_listed_and_run_again(self, database: Database, tramita: Run) -> None:
        """One by its number, all of a name, or all."""
        ids = [await hold_job(database, name=name) for name in ("a.do", "b.do", "b.do", "c.do")]
        _, listed, _ = await tramita("jobs", "list")
        _, told, _ = await tramita("jobs", "list", "--json")

        said = [
            (await tramita("jobs", "run-again", *which))[1]
            for which in ([str(ids[0])], ["--name", "b.do"], ["--all"], ["--all"])
        ]

        assert "b.do\t0 waiting\t0 due\t0 s late\t0 running\t2 held" in listed
        assert f"{ids[0]}\ta.do\tValueError: a bug" in listed
        assert 4 == json.decode(told)["queue"]["held"]
        assert ["1", "2", "1", "0"] == [one.split()[0] for one in said]

    async def test_are_not_run_by_a_slip(self, tramita: Run) -> None:
        """Without naming any."""
        code, _, _ = await tramita("jobs", "run-again")

        assert 2 == code
