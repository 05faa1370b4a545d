"""The list an operator works from, page by page."""

from tests.world import World, envelope


class TestTheList:
    async def test_leads_through_every_operation_once(self, world: World) -> None:
        """By age, with cursors, and filtered by state."""
        token = await world.make_envelope(envelope(portabilities=3))
        await world.send_link(token)
        await world.until_done(token)

        seen, cursor = [], None
        while True:
            query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
            async with world.api.get("/api/v1/operations", params=query) as answer:
                page = await answer.json()
            seen += [one["id"] for one in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break

        assert 3 == len(seen) == len(set(seen))
        assert sorted(seen) == seen
        async with world.api.get("/api/v1/operations?state=needs_attention") as answer:
            assert {"items": [], "next_cursor": None} == await answer.json()

    async def test_shows_one_with_its_exchanges(self, world: World) -> None:
        """What was sent and what came back."""
        token = await world.make_envelope(envelope(portabilities=1))
        await world.send_link(token)
        await world.until_done(token)
        async with world.api.get("/api/v1/operations") as answer:
            (operation,) = (await answer.json())["items"]

        async with world.api.get(f"/api/v1/operations/{operation['id']}") as answer:
            shown = await answer.json()

        assert operation == shown["operation"]
        for subject, expected in ((operation["subject_id"], [operation]), (operation["id"], [])):
            path = f"/api/v1/operations?subject={subject}"
            async with world.api.get(path) as answer:
                assert expected == (await answer.json())["items"]
        assert 1 == len(shown["exchanges"])
