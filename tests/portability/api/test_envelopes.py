"""A partner finds its envelopes again."""

import pytest

from tests.web.conftest import Site, site
from tests.world import envelope

__all__ = ["site"]

pytestmark = pytest.mark.asyncio(loop_scope="module")
ENVELOPES = "/api/v1/envelopes"


class TestTheList:
    async def test_finds_the_one_that_has_a_contract(self, site: Site) -> None:
        """By its number, with a link to the client's page, as in every answer about it."""
        made, other = [(await site.ask("POST", ENVELOPES, json=envelope())).body for _ in range(2)]
        number = made["contracts"][0]["number"]

        found = (await site.ask("GET", f"{ENVELOPES}?contract_number={number}")).body["items"]
        shown = (await site.ask("GET", f"{ENVELOPES}/{made['token']}")).body

        assert [made["token"]] == [one["token"] for one in found]
        assert number in found[0]["contract_numbers"]
        assert f"/formalizacao/{made['token']}" in made["page"]
        assert made["page"] == shown["page"] == found[0]["page"]
        assert other["token"] != made["token"]

    async def test_leads_through_all_newest_first(self, site: Site) -> None:
        """Page after page, each once, those of one state if that is asked."""
        made = [
            (await site.ask("POST", ENVELOPES, json=envelope())).body["token"] for _ in range(3)
        ]

        seen: list[str] = []
        cursor = ""
        while len(seen) < len(made):
            page = (await site.ask("GET", f"{ENVELOPES}?state=draft&limit=2&cursor={cursor}")).body
            seen += [one["token"] for one in page["items"]]
            cursor = page["next_cursor"]
        none = (await site.ask("GET", f"{ENVELOPES}?state=cancelled")).body["items"]

        assert made[::-1] == seen[: len(made)]
        assert [] == none
