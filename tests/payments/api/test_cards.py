"""A learner's own cards, over HTTP."""

from typing import Any
from uuid import uuid4

import pytest

from tests.jwts import bearing
from tests.payments.shop import Learner, Shop
from tests.world import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

CARDS = "/api/v1/credit-cards"


async def ask(shop: Shop, who: str, method: str, path: str, **request: Any) -> tuple[int, Any]:
    """One request of a learner; answers the status and what was said."""
    url = f"{CARDS}{path}"
    async with shop.world.api.request(method, url, headers=bearing(who), **request) as answer:
        return answer.status, await answer.json() if answer.status != 204 else None


async def saved(shop: Shop, who: str) -> dict[str, Any]:
    """A card that a learner has just written into the provider's page."""
    _, before = await ask(shop, who, "GET", "")
    status, form = await ask(shop, who, "POST", "/tokenize-card")
    assert 200 == status
    async with shop.world.api.post(
        form["url"], data={"number": "4970100000000014", "expiry": "11/98", "cvv": "123"}
    ) as page:
        assert 200 == page.status
        assert "done" in await page.text()
    known = {one["id"] for one in before["items"]}

    async def is_listed() -> bool:
        _, said = await ask(shop, who, "GET", "")
        return len(said["items"]) > len(known)

    await until(is_listed)
    _, said = await ask(shop, who, "GET", "")
    card: dict[str, Any] = next(one for one in said["items"] if one["id"] not in known)
    return card


class TestCreditCards:
    async def test_are_saved_in_the_providers_page(self, shop: Shop) -> None:
        """And shown by what anybody may know of them."""
        card = await saved(shop, "camille")

        expected = {
            "title": None,
            "brand": "visa",
            "expiration_month": 11,
            "expiration_year": 2098,
            "last_numbers": "0014",
            "is_main": True,
            "is_expired": False,
        }
        assert expected == {name: card[name] for name in expected}

    async def test_are_promoted_renamed_and_deleted(self, shop: Shop) -> None:
        """One after the other; the other one is the main one in the end."""
        first, second = [await saved(shop, "dominique") for _ in range(2)]

        status, promoted = await ask(shop, "dominique", "POST", f"/{second['id']}/promote")
        assert (200, True) == (status, promoted["is_main"])
        status, renamed = await ask(
            shop, "dominique", "PATCH", f"/{second['id']}", json={"title": "Blue"}
        )
        assert (200, "Blue") == (status, renamed["title"])
        status, _ = await ask(shop, "dominique", "DELETE", f"/{second['id']}")
        assert 204 == status

        _, left = await ask(shop, "dominique", "GET", "")
        assert [(first["id"], True)] == [(one["id"], one["is_main"]) for one in left["items"]]

    @pytest.mark.parametrize("is_theirs", [True, False])
    async def test_of_somebody_else_are_not_there(self, shop: Shop, *, is_theirs: bool) -> None:
        """One that there is and one that there is not are the same 404."""
        card = (await saved(shop, "elise"))["id"] if is_theirs else str(uuid4())
        asked = [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/promote")]

        for method, path in asked:
            body = {"json": {"title": "Mine"}} if method == "PATCH" else {}
            status, said = await ask(shop, "frederic", method, f"/{card}{path}", **body)
            assert (404, "credit_card_not_found") == (status, said["code"])

    async def test_are_nobodys_without_a_token(self, shop: Shop) -> None:
        """Service tokens are no learners either."""
        async with shop.world.api.get(CARDS) as answer:
            assert 401 == answer.status

    async def test_that_pay_for_something_are_not_deleted(self, shop: Shop) -> None:
        """409, and it is there still."""
        learner: Learner = await shop.payable()
        await shop.schedule(learner, starts_in=60)
        _, said = await ask(shop, learner.name, "GET", "")
        [card] = said["items"]

        status, said = await ask(shop, learner.name, "DELETE", f"/{card['id']}")

        assert (409, "credit_card_in_use") == (status, said["code"])

    async def test_are_not_had_while_the_provider_is_away(self, shop: Shop) -> None:
        """The list is there all the same; a form has to be asked for again."""
        await shop.lyra.fail("reset_before_effect", operation="create_token")

        status, said = await ask(shop, "gabriel", "POST", "/tokenize-card")

        assert (503, "payment_provider_unavailable") == (status, said["code"])
        assert (200, {"items": []}) == await ask(shop, "gabriel", "GET", "")
