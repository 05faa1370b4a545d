"""``tramita providers``: how the outside systems are, and pausing them, from the command line."""

from datetime import UTC, datetime, timedelta

from msgspec import json

from tests.cli.conftest import Run


class TestProviders:
    async def test_are_paused_and_resumed(self, tramita: Run) -> None:
        """By the same rules as elsewhere: whoever comes second is told, with exit code 1."""
        code, paused, _ = await tramita("providers", "pause", "qitech", "--why", "a maintenance")
        twice, _, error = await tramita("providers", "pause", "qitech", "--why", "a maintenance")
        _, status, _ = await tramita("providers", "status")
        _, resumed, _ = await tramita("providers", "resume", "qitech")
        again, _, too_late = await tramita("providers", "resume", "qitech")

        assert (0, 1, 1) == (code, twice, again)
        assert paused.startswith("qitech is paused by cli since ")
        assert "qitech is paused already, by cli" in error
        [line] = [one for one in status.splitlines() if one.startswith("qitech")]
        assert ["qitech", "paused", "0 waiting"] == line.split("\t")[:3]
        assert "qitech goes on\n" == resumed
        assert "qitech is not paused" in too_late

    async def test_are_paused_for_one_kind_until_a_time(self, tramita: Run) -> None:
        """In UTC; what is told for programs says both."""
        kind = "portability.insert_proposal"
        until = f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%dT%H:%M}"

        await tramita(
            *("providers", "pause", "qitech", "--why", "x", "--kind", kind, "--until", until)
        )
        _, told, _ = await tramita("providers", "status", "qitech", "--json")

        [one] = json.decode(told)
        assert [(kind, f"{until}:00Z")] == [(p["kind"], p["until"]) for p in one["pauses"]]
        assert kind in one["kinds"]

    async def test_are_not_paused_by_a_slip(self, tramita: Run) -> None:
        """A provider that is not there, without a reason, another's act: a sentence each."""
        unknown, _, who = await tramita("providers", "pause", "quitech", "--why", "x")
        silent, _, _ = await tramita("providers", "pause", "qitech", "--why", " ")
        other, _, _ = await tramita(
            *("providers", "pause", "qitech", "--why", "x", "--kind", "numbering.reserve_number")
        )

        assert (1, 2, 1) == (unknown, silent, other)
        assert "There is no provider quitech; there are" in who
