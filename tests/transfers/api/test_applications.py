"""``/api/v1/applications``: a tenant's own, told in a way that nobody overwrites anybody."""

from typing import Any
from uuid import UUID

import aiohttp
import pytest

from tests.transfers.api.platform import TERMS, Platform
from tests.transfers.house import FIELDS, MASTER, ONEC, OTHER
from tests.transfers.pricing import price
from tramita.transfers.service import HANDED_OVER, get_application
from tramita.transfers.settings import TransferSettings

pytestmark = pytest.mark.asyncio(loop_scope="module")


def at(application: Any, *more: str) -> str:
    """Its address."""
    return "/".join([f"/applications/{application['id']}", *more])


async def count_open(platform: Platform, tenant: str) -> int:
    """How many applications of a tenant take room."""
    rows = await platform.site.runtime.database.fetch(
        "SELECT count(*) AS n FROM applications WHERE tenant = $1 "
        "AND state NOT IN ('completed', 'cancelled', 'rejected')",
        tenant,
    )
    count: int = rows[0]["n"]
    return count


class TestAnApplication:
    async def test_of_the_master_is_special(self, platform: Platform) -> None:
        """It is priced in 1C and has no deadline; of others it is an ordinary one."""
        master = await platform.master.draft(agent_id=str(platform.house.agent))
        other = await platform.other.draft()

        assert [("special", "draft"), ("ordinary", "draft")] == [
            (one["kind"], one["state"]) for one in (master, other)
        ]
        assert (None, {"number": None}) == (
            other["onec"],
            {"number": master["onec"]["number"]},
        )
        assert FIELDS["payer"]["name"] == master["fields"]["payer"]["name"]
        assert ["cancelled", "new_in_house"] == other["moves"]

    async def test_is_made_once_under_one_key(self, platform: Platform) -> None:
        """A request that comes again has the first answer."""
        headers = {"Idempotency-Key": "made-once-0001"}
        made = [
            await platform.other.good("POST", "/applications", {}, headers=headers)
            for _ in range(2)
        ]
        assert made[0]["id"] == made[1]["id"]

    async def test_is_made_while_there_is_room(self, platform: Platform) -> None:
        """One tenant fills nobody else's list; what is over takes no room."""
        runtime = platform.site.runtime
        made = await platform.other.draft()
        # The first tenant has room, whatever other tests have left there.
        while (most := await count_open(platform, OTHER)) <= await count_open(platform, MASTER):
            await platform.other.draft()
        runtime.configure(TransferSettings(open_applications=most))
        try:
            refused = await platform.other.code("POST", "/applications", {})
            await platform.master.draft()
            await platform.other.good("POST", at(made, "status"), {"to": "cancelled"})
            await platform.other.draft()
        finally:
            runtime.configure(TransferSettings())

        assert (409, "too_many_applications") == refused

    async def test_is_another_tenants_to_nobody(self, platform: Platform) -> None:
        """Reading, changing and moving it are 404, in the list it is not."""
        made = await platform.other.draft()
        master = platform.master
        tag = {"If-Match": '"1"'}
        codes = [
            await master.code("GET", at(made)),
            await master.code("PATCH", at(made), {"fields": {}}, headers=tag),
            await master.code("POST", at(made, "status"), {"to": "cancelled"}),
            await master.code("GET", at(made, "timeline")),
            await master.code("GET", at(made, "notes")),
            await master.code("GET", at(made, "documents")),
            await master.code("GET", at(made, "offers")),
        ]

        assert {(404, "application_not_found")} == set(codes)
        listed = (await master.good("GET", "/applications?limit=200"))["items"]
        assert made["id"] not in {one["id"] for one in listed}
        seen = await platform.everybody.good("GET", f"/applications?tenant={OTHER}&limit=200")
        assert made["id"] in {one["id"] for one in seen["items"]}

    async def test_that_is_given_to_its_agent_again_stays_as_it_is(
        self, platform: Platform
    ) -> None:
        """The answer is the same, its version too, and the audit has it once."""
        house = platform.house
        made = await platform.master.draft(agent_id=str(house.agent))
        body = {"agent_id": str(house.lead)}

        first = await platform.master.good("POST", at(made, "agent"), body)
        again = await platform.master.good("POST", at(made, "agent"), body)

        assert (first, 2) == (again, first["version"])
        noted = await platform.site.runtime.database.fetch(
            "SELECT FROM audit WHERE action = $1 AND subject_id = $2", HANDED_OVER, made["id"]
        )
        assert 1 == len(noted)

    async def test_is_changed_by_whoever_has_read_it(self, platform: Platform) -> None:
        """By its ``ETag``; another one's change in between is said, and so is a missing tag."""
        made = await platform.other.draft()
        read = await platform.other.ask("GET", at(made))
        tag = {"If-Match": read.headers["ETag"]}
        body = {"fields": {"money": {"amount": "77.00"}}}

        changed = await platform.other.ask("PATCH", at(made), json=body, headers=tag)

        assert ('"2"', "77.00") == (changed.headers["ETag"], changed.body["amount"])
        other = platform.other
        assert (409, "version_conflict") == await other.code("PATCH", at(made), body, headers=tag)
        assert (400, "if_match_missing") == await other.code("PATCH", at(made), body)
        broken = {"If-Match": "two"}
        assert (400, "if_match_not_readable") == await other.code(
            "PATCH", at(made), body, headers=broken
        )

    async def test_says_what_would_be_wrong_and_keeps_nothing(self, platform: Platform) -> None:
        """``validate_only`` judges as the check would."""
        made = await platform.other.draft()
        body = {"fields": {"payer": {"inn": "7707083890"}, "basis": {"invoice_number": None}}}

        answer = await platform.other.ask(
            "PATCH", f"{at(made)}?validate_only=true", json=body, headers={"If-Match": '"1"'}
        )

        assert 422 == answer.status
        assert {"payer.inn", "basis.invoice_number"} == {
            one["path"] for one in answer.body["errors"]
        }
        assert 1 == (await platform.other.good("GET", at(made)))["version"]

    async def test_counts_with_a_whole_form_alone(self, platform: Platform) -> None:
        """Every field that is missing is named; where it cannot go, where it can."""
        made = await platform.other.draft(fields={})
        other = platform.other
        assert (422, "invalid_request") == await other.code(
            "POST", at(made, "status"), {"to": "new_in_house"}
        )
        assert (409, "invalid_transition") == await other.code(
            "POST", at(made, "status"), {"to": "completed"}
        )
        assert (422, "invalid_request") == await other.code(
            "POST", at(made, "status"), {"to": "forgotten"}
        )

    async def test_goes_to_1c_with_its_invoice_alone(self, platform: Platform) -> None:
        """What is missing is named as a field; trying it without effect says so too."""
        master = platform.master
        made = await master.draft(agent_id=str(platform.house.agent))
        checked = {"json": {"to": "new_in_house"}}

        refused = await master.ask("POST", at(made, "status"), **checked)
        tried = await master.ask(
            "PATCH",
            f"{at(made)}?validate_only=true",
            json={"fields": {"money": {"amount": "13000.00"}}},
            headers={"If-Match": '"1"'},
        )
        await master.bring_invoice(made)

        for said in (refused, tried):
            assert (422, ["files.invoice"]) == (
                said.status,
                [one["path"] for one in said.body["errors"]],
            )
        assert 200 == (await master.ask("POST", at(made, "status"), **checked)).status

    async def test_that_counts_without_an_invoice_is_changed_as_it_is_tried(
        self, platform: Platform
    ) -> None:
        """It was there before invoices were asked for; what is wrong with the form itself is said."""
        master = platform.master
        made = await master.draft(agent_id=str(platform.house.agent))
        await master.bring_invoice(made)
        await master.ask("POST", at(made, "status"), json={"to": "new_in_house"})
        async with platform.house.database.unit_of_work(actor="test") as work:
            await work.fetch(
                "DELETE FROM application_documents WHERE application_id = $1", UUID(made["id"])
            )

        async def change(amount: str, version: int, *, is_tried: bool) -> tuple[int, list[str]]:
            said = await master.ask(
                "PATCH",
                f"{at(made)}?validate_only={str(is_tried).lower()}",
                json={"fields": {"money": {"amount": amount}}},
                headers={"If-Match": f'"{version}"'},
            )
            return said.status, [one["path"] for one in said.body.get("errors", ())]

        for is_tried in (True, False):
            assert (422, ["money.amount"]) == await change("-1.00", 2, is_tried=is_tried)
            assert (200, []) == await change("13000.00", 2, is_tried=is_tried)

    async def test_is_found_by_state_kind_and_agent_page_by_page(self, platform: Platform) -> None:
        """Newest first, and a page goes on where the one before ended."""
        made = [await platform.other.draft() for _ in range(3)]
        cancelled = made[1]
        await platform.other.good("POST", at(cancelled, "status"), {"to": "cancelled"})
        pages, cursor = [], ""
        for _ in range(2):
            page = await platform.other.good(
                "GET", f"/applications?state=draft&kind=ordinary&limit=1{cursor}"
            )
            pages += page["items"]
            cursor = f"&cursor={page['next_cursor']}"

        assert [made[2]["id"], made[0]["id"]] == [one["id"] for one in pages]
        assert ("CN", "12500.00") == (pages[0]["beneficiary_country"], pages[0]["amount"])

    async def test_has_its_story_notes_and_documents(self, platform: Platform) -> None:
        """A file is given back as it came, under the name that it had, and is there once."""
        made = await platform.published_by_other()
        other = platform.other
        await other.good("POST", at(made, "notes"), {"text": "Проверить БИК"})
        added = []
        for _ in range(2):
            form = aiohttp.FormData(quote_fields=False)
            form.add_field("file", b"%PDF-1.4 ...", filename="../Счёт.pdf")
            form.add_field("kind", "invoice")
            form.add_field("date", "2026-01-15")
            added.append(await other.good("POST", at(made, "documents"), data=form))

        [listed] = (await other.good("GET", at(made, "documents")))["items"]
        content = await other.ask("GET", at(made, "documents", listed["id"]))
        [note] = (await other.good("GET", at(made, "notes")))["items"]
        await platform.house.database.fetch(
            "UPDATE history SET actor = 'user:ana@example.com', cause = 'She asked me' "
            "WHERE subject_id = $1",
            UUID(made["id"]),
        )
        story = (await other.good("GET", at(made, "timeline")))["items"]
        [moved] = [one for one in story if one["kind"] == "transition"]
        assert ("operator", None) == (moved["actor"], moved["cause"])

        assert [listed["id"]] * 2 == [one["id"] for one in added]
        assert ("Счёт.pdf", "application/pdf", "2026-01-15") == (
            listed["name"],
            listed["media_type"],
            listed["date"],
        )
        assert b"%PDF-1.4 ..." == content.body
        assert "Проверить БИК" == note["text"]
        assert ["revision", "transition", "document"] == [one["kind"] for one in story]
        assert (422, "invalid_request") == await other.code(
            "POST", at(made, "documents"), data=aiohttp.FormData({"kind": "shoe"})
        )

    async def test_that_is_priced_is_closed(self, platform: Platform) -> None:
        """And documents may be asked of 1C; its contract says the same as it does."""
        made = await platform.master.published(agent_id=str(platform.house.agent))
        async with platform.house.database.reading() as work:
            await price(platform.house, await get_application(work, made["id"]))

        found = await platform.master.good("GET", at(made))
        tag = {"If-Match": f'"{found["version"]}"'}
        body = {"fields": {"money": {"amount": "1.00"}}}
        assert ("offer_accepted", False, "read_only") == (
            found["state"],
            found["editable"],
            found["read_only_reason"],
        )
        assert (409, "read_only") == await platform.master.code(
            "PATCH", at(made), body, headers=tag
        )
        job = await platform.master.good("POST", at(made, "document-jobs"), {"kind": "act"})
        assert ("requested", 1) == (job["state"], job["position"])
        assert (409, "duplicate_job") == await platform.master.code(
            "POST", at(made, "document-jobs"), {"kind": "act"}
        )
        assert found["id"] == found["contract_id"]
        assert ONEC.name not in str(found)

    async def test_is_another_agents_from_now_on(self, platform: Platform) -> None:
        """One of the same tenant's."""
        made = await platform.master.draft(agent_id=str(platform.house.agent))
        body = {"agent_id": str(platform.house.lead)}

        moved = await platform.master.good("POST", at(made, "agent"), body)

        assert str(platform.house.lead) == moved["agent_id"]
        stranger = {"agent_id": str(platform.house.stranger)}
        assert (403, "agent_not_whitelisted") == await platform.master.code(
            "POST", at(made, "agent"), stranger
        )


class TestOffers:
    async def test_of_another_tenants_agents_are_accepted(self, platform: Platform) -> None:
        """The market names nobody; what was accepted is the contract's, and others are declined."""
        made = await platform.published_by_other()
        market = f"/market/applications/{made['id']}"
        line = await platform.master.good("GET", market)
        offers = [
            await platform.master.good("POST", f"{market}/offers", TERMS | {"agent_id": str(agent)})
            for agent in (platform.house.agent, platform.house.lead)
        ]

        accepted = await platform.other.good("POST", at(made, "offers", offers[0]["id"], "accept"))

        assert FIELDS["payer"]["name"] not in str(line)
        assert {"id", "kind", "state", "amount", "currency", "beneficiary_country"} < set(line)
        assert ("offer_accepted", str(platform.house.agent)) == (
            accepted["state"],
            accepted["agent_id"],
        )
        listed = (await platform.other.good("GET", at(made, "offers")))["items"]
        assert ["declined", "accepted"] == [one["state"] for one in listed]
        own = (await platform.master.good("GET", f"{market}/offers"))["items"]
        assert [one["id"] for one in listed] == [one["id"] for one in own]

    async def test_are_taken_back_by_their_tenant(self, platform: Platform) -> None:
        """Nobody else's, and not made for agents of others."""
        made = await platform.published_by_other()
        market = f"/market/applications/{made['id']}"
        offer = await platform.master.good(
            "POST", f"{market}/offers", TERMS | {"agent_id": str(platform.house.agent)}
        )
        odd = TERMS | {"agent_id": str(platform.house.agent), "payout_amount": "1.125"}
        assert (422, "invalid_request") == await platform.master.code(
            "POST", f"{market}/offers", odd
        )
        address = f"{market}/offers/{offer['id']}/withdraw"

        assert (404, "offer_not_found") == await platform.other.code("POST", address)
        assert "withdrawn" == (await platform.master.good("POST", address))["state"]
        theirs = TERMS | {"agent_id": str(platform.house.stranger)}
        assert (404, "agent_not_found") == await platform.master.code(
            "POST", f"{market}/offers", theirs
        )
        assert (403, "role_forbidden") == await platform.other.code(
            "POST", f"{market}/offers", theirs
        )

    @pytest.mark.parametrize(
        "moment", ["2030-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:00:00-12:00"]
    )
    async def test_end_at_a_moment_that_there_is(self, platform: Platform, moment: str) -> None:
        """One without a zone, or outside the years that can be counted, is told as invalid."""
        made = await platform.published_by_other()
        body = TERMS | {"agent_id": str(platform.house.agent), "valid_until": moment}

        assert (422, "invalid_request") == await platform.master.code(
            "POST", f"/market/applications/{made['id']}/offers", body
        )

    @pytest.mark.parametrize("visibility", ["all_agents", "own_tenant"])
    async def test_are_not_made_on_what_1c_prices(
        self, platform: Platform, visibility: str
    ) -> None:
        """It is listed to everybody or to nobody, as its tenant says; drafts never are."""
        await platform.everybody.good(
            "PATCH", "/tenants/paybridge", {"application_visibility": visibility}
        )
        draft = await platform.master.draft(agent_id=str(platform.house.agent))
        made = await platform.master.published(agent_id=str(platform.house.agent))

        page = await platform.other.good("GET", "/market/applications?limit=200")
        listed = {one["id"]: one for one in page["items"]}

        is_seen = visibility == "all_agents"
        assert is_seen == (made["id"] in listed)
        assert draft["id"] not in listed
        code = await platform.other.code(
            "POST",
            f"/market/applications/{made['id']}/offers",
            TERMS | {"agent_id": str(platform.house.stranger)},
        )
        assert ((403, "offer_not_allowed") if is_seen else (404, "application_not_found")) == code
