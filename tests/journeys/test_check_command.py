"""``tramita check`` as an operator runs it."""

from tests.journeys.processes import Processes
from tests.world import envelope


class TestTheCommand:
    async def test_says_what_is_broken_and_fails(self, tramita: Processes) -> None:
        """Sound: exit 0 and how much was looked at. Broken: exit 1, the promise, the subject."""
        process = await tramita.start("all")
        token = await tramita.make_envelope(envelope(portabilities=2))
        await tramita.send_link(token)
        await tramita.until_done(token)
        sound = await tramita.run("check")
        await tramita.kill(process)
        async with tramita.database.unit_of_work(actor="test") as work:
            await work.fetch("DELETE FROM envelope_announcements")
            await work.fetch(
                "UPDATE operations SET state = 'PREPARED', job = kind, "
                "due_at = now() - interval '2 minutes', lease_until = now() - interval '1 minute' "
                "WHERE id = (SELECT min(id::text)::uuid FROM operations)"
            )
            await work.fetch(
                "INSERT INTO pgqueuer (priority, status, entrypoint, payload) "
                "VALUES (0, 'failed', 'webhooks.deliver', '{}')"
            )

        broken = await tramita.run("check")

        assert 0 == sound[0]
        assert "kept (2)" in sound[1]
        assert "       2  AGUARDANDO_FORMALIZACAO/FORMALIZACAO_CLIENTE" in sound[1]
        assert 1 == broken[0]
        assert "BROKEN: 1 of 1" in broken[1]
        assert "is PREPARED since" in broken[1]
        assert "webhooks.deliver {}: held since" in broken[1]
        assert f"{token}: run 1, 0 of 2 left, 0 being inserted, announced 0 times" in broken[1]
