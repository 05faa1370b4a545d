"""A partner finds its envelopes again."""

from typing import Any

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


class TestTheSearch:
    async def test_finds_those_of_a_client(self, site: Site) -> None:
        """By CPF, however it is written, page after page, newest first; and nobody else's."""
        made = []
        for cpf in ("39053344705", "390.533.447-05", "390.533.447-05", "16514548091"):
            body = envelope()
            body["customer"]["cpf"] = cpf
            made.append((await site.ask("POST", ENVELOPES, json=body)).body["token"])

        asked: dict[str, Any] = {"json": {"cpf": "390.533.447-05"}}
        first = (await site.ask("POST", f"{ENVELOPES}/search?limit=2", **asked)).body
        after = f"{ENVELOPES}/search?limit=2&cursor={first['next_cursor']}"
        second = (await site.ask("POST", after, **asked)).body

        found = [one["token"] for one in first["items"] + second["items"]]
        assert [made[2], made[1], made[0]] == found
        assert second["next_cursor"] is None

    async def test_names_no_client_where_addresses_and_refusals_are_kept(
        self, site: Site, caplog: pytest.LogCaptureFixture
    ) -> None:
        """What is no CPF is refused without being repeated; what is one is not logged either."""
        wrong, right = "390.533.447", "390.533.447-05"
        refused = await site.ask("POST", f"{ENVELOPES}/search", json={"cpf": wrong})
        await site.ask("POST", f"{ENVELOPES}/search", json={"cpf": right})

        assert (422, "cpf") == (refused.status, refused.body["errors"][0]["path"])
        assert wrong not in str(refused.body) + caplog.text

    async def test_needs_the_scope_of_reading(self, site: Site) -> None:
        """Whoever may only make envelopes finds none."""
        headers = await site.token("envelopes:write")
        said = await site.ask(
            "POST", f"{ENVELOPES}/search", json={"cpf": "39053344705"}, headers=headers
        )

        assert 403 == said.status


class TestTheBank:
    async def test_is_the_one_that_is_named_or_the_installations(self, site: Site) -> None:
        """By the key it is installed under; partners see whose each contract is."""
        body = envelope(portabilities=2)
        body["contracts"][0]["provider"] = "qitech"

        token = (await site.ask("POST", ENVELOPES, json=body)).body["token"]

        contracts = (await site.ask("GET", f"{ENVELOPES}/{token}")).body["contracts"]
        assert ["qitech"] * 2 == [one["portability"]["provider"] for one in contracts]

    async def test_has_to_be_installed(self, site: Site) -> None:
        """The field at fault is named, with those that there are."""
        body = envelope()
        body["contracts"][0]["provider"] = "nobody"
        body["contracts"][-1]["provider"] = "qitech"

        refused = await site.ask("POST", ENVELOPES, json=body)

        assert 422 == refused.status
        last = len(body["contracts"]) - 1
        errors = {one["path"]: (one["code"], one["message"]) for one in refused.body["errors"]}
        assert {"contracts[0].provider", f"contracts[{last}].provider"} == set(errors)
        assert ("unknown_provider", True) == (
            errors["contracts[0].provider"][0],
            "installed: qitech" in errors["contracts[0].provider"][1],
        )
        assert "not_expected" == errors[f"contracts[{last}].provider"][0]
