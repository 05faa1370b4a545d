"""The table of the design, over HTTP: previews, reservations, releases."""

from datetime import timedelta

from tests.numbering.numbers import Numbers


class TestAPreview:
    """Three numbers of an area code, masked."""

    async def test_is_chosen_from(self, numbers: Numbers) -> None:
        """Held, one reserved, given back: here and at Sigan."""
        preview = await numbers.preview("55")
        assert ["HELD", 3] == [preview["state"], len(preview["numbers"])]
        assert "(55) 9••••-" == preview["numbers"][0]["masked_number"][:11]

        said = await numbers.reserve(preview, 1)

        assert 200 == said.status
        msisdn = said.body["msisdn"]
        assert {msisdn: 1} == await numbers.at_sigan()
        assert "RESERVED" == await numbers.status(msisdn)

        assert 204 == (await numbers.release(msisdn)).status
        assert "RETURNED" == await numbers.status(msisdn)
        await numbers.world.until_at_rest()
        assert {} == await numbers.at_sigan()
        assert 204 == (await numbers.release(msisdn)).status

    async def test_ends_with_its_time(self, numbers: Numbers) -> None:
        """410 after a quarter of an hour."""
        preview = await numbers.preview()

        await numbers.world.advance(timedelta(minutes=15))

        assert (410, "PREVIEW_EXPIRED") == (
            (said := await numbers.reserve(preview)).status,
            said.code,
        )


class TestAtRandom:
    """A number without a preview."""

    async def test_reserves_some_number(self, numbers: Numbers) -> None:
        """201, reserved here and there."""
        said = await numbers.random("21")

        assert (201, "RESERVED", None) == (
            said.status,
            said.body["status"],
            said.body["preview_id"],
        )
        assert {said.body["msisdn"]: 1} == await numbers.at_sigan()
