"""The portability journey, end to end over HTTP."""

from tests.world import World, envelope


class TestAnEnvelope:
    """An envelope of loan portability contracts."""

    async def test_is_ready_to_sign_when_every_proposal_was_accepted(self, world: World) -> None:
        """The main job: send the link, hear "all done", see what to sign."""
        token = await world.make_envelope(envelope())

        sent = await world.send_link(token)
        messages = await world.until_done(token)
        details = await world.details(token)

        assert (5, 4) == (sent["contracts"], sent["being_inserted"])
        assert {"message": "all done", "type": "CONTRACTS_PROCESSED"} == messages[-1]
        assert ["AGUARDANDO_FORMALIZACAO"] * 5 == [one["status"] for one in details["contracts"]]
        assert 4 == len(await world.qitech.ledger())
