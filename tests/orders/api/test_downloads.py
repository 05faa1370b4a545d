"""Files of many orders: signed contracts in an archive, orders as rows of a spreadsheet."""

import csv
import io
import zipfile
from collections.abc import Sequence
from typing import Any

import aiohttp
import pytest
from obstore.exceptions import GenericError

from tests.orders.campus import ADMIN, Campus, Learner, Offer
from tests.orders.signed import sign
from tramita.kit.files import Files
from tramita.orders import archive, export

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def owner_of(campus: Campus, offer: Offer) -> Learner:
    owner = campus.learner()
    [organization] = offer.organizations
    person = {"full_name": "Olga Owner", "email": "olga@example.com", "role": "owner"}
    path = f"/organizations/{organization['id']}/members"
    await campus.make(path, username=owner.username, **person)
    return owner


async def signed_orders(campus: Campus, offer: Offer, count: int) -> list[dict[str, Any]]:
    """Orders of an offer that both have signed."""
    orders = [await campus.learner().order(offer) for _ in range(count)]
    for n, order in enumerate(orders):
        await sign(campus, order, b"%PDF-1.7 of " + str(n).encode())
    return orders


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def named(orders: Sequence[dict[str, Any]]) -> list[str]:
    return [f"{one['created_on'][:10]}_{one['course']['code']}_{one['id']}.pdf" for one in orders]


class TestTheArchive:
    async def test_has_what_both_have_signed(
        self, campus: Campus, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """However many pages of them; what is half signed, canceled or another's is not in it."""
        monkeypatch.setattr(archive, "_AT_ONCE", 2)
        offer = await campus.offer()
        [organization], owner = offer.organizations, await owner_of(campus, offer)
        orders = await signed_orders(campus, offer, 5)
        await sign(campus, await campus.learner().order(offer), None)
        [canceled] = await signed_orders(campus, offer, 1)
        await campus.site.ask(
            "POST", f"{ADMIN}/orders/{canceled['id']}/cancel", json={"reason": "because"}
        )
        await signed_orders(campus, await campus.offer(), 1)
        path = f"/organizations/{organization['id']}/contracts/archive"

        whole = await owner.ask("GET", path)
        rest = await owner.ask("GET", f"{path}?after={orders[2]['id']}")
        two = await owner.ask(
            "GET", f"{path}?contract_ids={orders[1]['id']}&contract_ids={orders[4]['id']}"
        )
        none = await owner.ask("GET", f"{path}?after={orders[4]['id']}")

        assert (200, "application/zip") == (whole.status, whole.headers["Content-Type"])
        assert named(orders) == list(unpacked(whole.body))
        assert b"%PDF-1.7 of 3" == unpacked(whole.body)[named(orders)[3]]
        assert named(orders[3:]) == list(unpacked(rest.body))
        assert named([orders[1], orders[4]]) == list(unpacked(two.body))
        assert (404, "nothing_signed") == (none.status, none.body["code"])

    async def test_names_what_is_lost(self, campus: Campus) -> None:
        """And has the others."""
        offer = await campus.offer()
        [organization], owner = offer.organizations, await owner_of(campus, offer)
        lost, kept = await signed_orders(campus, offer, 2)
        rows = await campus.site.runtime.database.fetch(
            "SELECT signed_file FROM signing_procedures WHERE contract_id::text = $1", lost["id"]
        )
        await campus.site.runtime.files.delete(rows[0]["signed_file"])

        said = await owner.ask("GET", f"/organizations/{organization['id']}/contracts/archive")

        assert {*named([kept]), "missing.txt"} == set(unpacked(said.body))
        assert lost["id"].encode() in unpacked(said.body)["missing.txt"]

    async def test_breaks_off_where_files_are_away(
        self, campus: Campus, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """So nobody takes half of it for the whole; afterwards it is there."""
        offer = await campus.offer()
        [organization], owner = offer.organizations, await owner_of(campus, offer)
        orders = await signed_orders(campus, offer, 2)
        path = f"/organizations/{organization['id']}/contracts/archive"
        get, calls = Files.get, []

        async def away(files: Files, digest: str) -> bytes:
            calls.append(digest)
            if len(calls) > 1:
                raise GenericError("the store is away")
            return await get(files, digest)

        with monkeypatch.context() as patch:
            patch.setattr(Files, "get", away)
            with pytest.raises(aiohttp.ClientPayloadError):
                await owner.ask("GET", path)
        again = await owner.ask("GET", path)

        assert named(orders) == list(unpacked(again.body))


async def exported(
    campus: Campus, query: str = "", *, language: str = "en", separator: str = ","
) -> list[dict[str, str]]:
    """Rows by their headings."""
    headers = {"Accept-Language": language}
    said = await campus.site.ask("GET", f"{ADMIN}/orders/export{query}", headers=headers)
    assert (200, "text/csv; charset=utf-8") == (said.status, said.headers["Content-Type"])
    assert said.body.startswith(b"\xef\xbb\xbf")
    text = said.body.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, strict=True))


class TestTheExport:
    async def test_says_of_each_order_what_administrators_ask_for(self, campus: Campus) -> None:
        """Under the headings that they know."""
        offer = await campus.offer(price="120.50", title='Botany; for all, "advanced"')
        learner = campus.learner(full_name="Zoé Ção", email="zoe@example.org")
        order = await learner.order(offer, has_waived_withdrawal_right=True)
        await sign(campus, order, b"%PDF-1.7")

        [row] = await exported(campus, f"?product_id={offer.product['id']}")
        [french] = await exported(
            campus, f"?product_id={offer.product['id']}", language="fr", separator=";"
        )

        expected = {
            "Order reference": order["id"],
            "Product": 'Botany; for all, "advanced"',
            "Owner": "Zoé Ção",
            "Email": "zoe@example.org",
            "Organization": "University",
            "Order state": "to_save_payment_method",
            "Product type": "credential",
            "Enrollment session": "",
            "Price": "120.50",
            "Currency": "EUR",
            "Waived withdrawal right": "yes",
            "Contract": "Training agreement",
            "Type": "main",
            "Total (on invoice)": "120.50",
            "Balance (on invoice)": "-120.50",
            "Billing state": "unpaid",
            "Card type": "",
            "Payment date 1": "",
            "Payment state 4": "",
        }
        assert expected == {name: row[name] for name in expected}
        assert row["Student signature date"]
        assert 26 + 3 * 4 == len(row)
        assert ("120,50", "oui") == (
            french["Prix"],
            french["Renoncement au délai de rétractation"],
        )

    async def test_has_every_order_once_on_however_many_pages(
        self, campus: Campus, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Newest first, by the filters of the list."""
        monkeypatch.setattr(export, "_AT_ONCE", 2)
        offer = await campus.offer(title="=cmd|' /C calc'!A1")
        orders = [await campus.learner().order(offer) for _ in range(4)]
        await campus.site.ask(
            "POST", f"{ADMIN}/orders/{orders[1]['id']}/cancel", json={"reason": "because"}
        )

        rows = await exported(campus, f"?product_id={offer.product['id']}&state_exclude=canceled")

        assert [orders[n]["id"] for n in (3, 2, 0)] == [row["Order reference"] for row in rows]
        assert {"'=cmd|' /C calc'!A1"} == {row["Product"] for row in rows}


class TestTheSignatureFilter:
    async def test_tells_contracts_by_who_has_signed(self, campus: Campus) -> None:
        """Nobody, the learner alone, both; to the learner and to the organization."""
        learner, offers = campus.learner(), [await campus.offer() for _ in range(3)]
        unsigned, half, signed = [await learner.order(offer) for offer in offers]
        await sign(campus, half, None)
        await sign(campus, signed, b"%PDF-1.7")

        for state, order, offer in zip(
            ("unsigned", "half_signed", "signed"), (unsigned, half, signed), offers, strict=True
        ):
            own = await learner.ask("GET", f"/orders/contracts?signature_state={state}")
            owner, [organization] = await owner_of(campus, offer), offer.organizations
            path = f"/organizations/{organization['id']}/contracts?signature_state="
            theirs = {
                asked: [one["id"] for one in (await owner.ask("GET", path + asked)).body["items"]]
                for asked in ("unsigned", "half_signed", "signed")
            }

            assert [order["id"]] == [one["id"] for one in own.body["items"]]
            assert [order["id"]] == theirs.pop(state)
            assert [[], []] == list(theirs.values())

    async def test_is_one_of_three(self, campus: Campus) -> None:
        """Another one is the asker's mistake."""
        said = await campus.learner().ask("GET", "/orders/contracts?signature_state=maybe")

        assert 400 == said.status
