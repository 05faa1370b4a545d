"""What people who look after orders see of them in the console's list."""

import re
from uuid import uuid4

import pytest

from tests.console.test_operations import statements_of
from tests.console.visitor import Seen, Visitor
from tests.orders.campus import Campus
from tests.orders.standing import order_of, paying
from tests.web.conftest import Site
from tramita.orders.operator import lists

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGE = "/console/orders"


def shown(page: Seen) -> list[str]:
    """The orders on a page, in order."""
    return re.findall(rf'<h2><a href="{PAGE}/([\w-]+)"', page.source)


def onward(page: Seen) -> str:
    """The address of the next page."""
    return page.source.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")


class TestTheList:
    async def test_is_empty_in_words(self, ana: Visitor) -> None:
        """Where nothing fits what is asked for, it leads back to everything."""
        page = await ana.get(f"{PAGE}?product={uuid4()}")

        assert "There are none of these. Show all orders" in page.text

    async def test_tells_what_where_whose_and_for_how_much(
        self, campus: Campus, ana: Visitor
    ) -> None:
        """In words; of its learner no more than initials."""
        one = await order_of(campus, price="120.00", title="Botany at night")

        page = await ana.get(PAGE)

        assert [str(one.id)] == shown(page)[:1]
        told = page.text.split("Botany at night")[-1]
        said = r" To be signed A••• L••• Botany University €120\.00 made \d+ s ago"
        assert re.match(said, told)
        assert one.learner.username not in page.source

    async def test_leads_through_every_order_once(self, campus: Campus, ana: Visitor) -> None:
        """Of one organization, newest first, page by page."""
        offer = await campus.offer(organizations=1)
        made = [str((await order_of(campus, offer)).id) for _ in range(27)]

        first = await ana.get(f"{PAGE}?organization={offer.organizations[0]['id']}&state=")
        rest = await ana.get(onward(first))

        assert made[::-1] == shown(first) + shown(rest)
        assert 'rel="next"' not in rest.source

    async def test_is_narrowed_by_state_organization_and_product(
        self, campus: Campus, ana: Visitor
    ) -> None:
        """Any of them alone or together; an order of another one is not there."""
        one, other = await order_of(campus), await order_of(campus)
        organization, product = one.order["organization"]["id"], one.order["product_id"]

        for query in (
            f"organization={organization}&product=",
            f"product={product}&organization=",
            f"state=to_sign&organization={organization}&product={product}",
            f"state=to_sign&state=signing&product={product}",
        ):
            assert [str(one.id)] == shown(await ana.get(f"{PAGE}?{query}")), query
        page = await ana.get(f"{PAGE}?state=completed&product={product}")
        assert [] == shown(page)
        assert str(other.id) not in page.source

    async def test_counts_what_stands_where(
        self, campus: Campus, ana: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """By view, and by state where one chooses; of many it says that there are more."""
        offer = await campus.offer(price="1000.00")
        organization = offer.organizations[0]["id"]
        for _ in range(3):
            await order_of(campus, offer)
        refused = await order_of(campus, offer)
        await refused.sign()

        page = await ana.get(f"{PAGE}?organization={organization}")
        monkeypatch.setattr("tramita.orders.console.orders.MOST_COUNTED", 2)
        monkeypatch.setattr(lists, "MOST_COUNTED", 2)
        capped = await ana.get(f"{PAGE}?organization={organization}")

        assert "To be signed 3 Card missing 1 Being paid 0" in page.text
        assert "To be signed (3)" in page.text
        assert "To be signed 2+ Card missing 1" in capped.text

    async def test_costs_the_same_however_many(
        self, site: Site, campus: Campus, ana: Visitor
    ) -> None:
        """A constant number of statements, the session and the page's transaction included."""
        await order_of(campus)
        few = await statements_of(site, ana, PAGE)
        offer = await campus.offer()
        for _ in range(5):
            await order_of(campus, offer)

        assert few == await statements_of(site, ana, PAGE) <= 12

    @pytest.mark.parametrize(
        "query", ["state=nonsense", "organization=nonsense", "learner=x", "cursor=nonsense"]
    )
    async def test_says_when_an_address_means_nothing(self, ana: Visitor, query: str) -> None:
        """As a page, and not as all orders."""
        page = await ana.get(f"{PAGE}?{query}")

        assert page.status in (400, 422)
        assert "Error 4" in page.text


class TestFindingAnOrder:
    async def test_by_its_learners_name_leaves_no_name_in_an_address(
        self, campus: Campus, ana: Visitor
    ) -> None:
        """Exactly as the platform says it; the learner's orders alone are listed."""
        one, _ = await order_of(campus), await order_of(campus)
        page = await ana.get(PAGE)
        form = {"csrf_token": page.csrf_token, "learner": f" {one.learner.username} "}

        found = await ana.post(f"{PAGE}/find", form)
        listed = await ana.get(found.location)

        assert 303 == found.status
        assert one.learner.username not in found.location
        assert [str(one.id)] == shown(listed)
        assert "Of one learner only." in listed.text

    async def test_by_its_id_leads_to_it(self, campus: Campus, ana: Visitor) -> None:
        """As it stands in the API and in e-mails."""
        one = await order_of(campus)
        page = await ana.get(PAGE)

        found = await ana.post(
            f"{PAGE}/find", {"csrf_token": page.csrf_token, "learner": str(one.id)}
        )

        assert (303, f"{PAGE}/{one.id}") == (found.status, found.location)

    @pytest.mark.parametrize("typed", ["nobody", "Learner-1 ", "", "x" * 300])
    async def test_says_when_there_is_nobody(self, ana: Visitor, typed: str) -> None:
        """In place."""
        page = await ana.get(PAGE)

        missed = await ana.post(f"{PAGE}/find", {"csrf_token": page.csrf_token, "learner": typed})

        assert 404 == missed.status
        assert "Nobody of this user name" in missed.text


class TestRoles:
    async def test_viewers_look_at_every_order(self, campus: Campus, viewer: Visitor) -> None:
        """They are shown no button, and what they press without one does nothing."""
        one = await paying(campus)

        listed = await viewer.get(PAGE)
        page = await viewer.get(f"{PAGE}/{one.id}")
        form = {"csrf_token": page.csrf_token, "action": "cancel", "note": "x", "confirmed": "yes"}
        refused = await viewer.post(f"{PAGE}/{one.id}", form)

        assert str(one.id) in shown(listed)
        assert "Your role shows you this." in page.text
        assert 403 == refused.status
        assert "Canceled" not in (await viewer.get(f"{PAGE}/{one.id}")).text.split("Tramita")[0]

    async def test_operators_act_from_our_own_form_only(self, campus: Campus, ana: Visitor) -> None:
        """Without its token, or from another site, nothing is done."""
        one = await order_of(campus)
        page = await ana.get(f"{PAGE}/{one.id}")
        form = {"action": "cancel", "note": "x", "confirmed": "yes"}

        without = await ana.post(f"{PAGE}/{one.id}", form)
        elsewhere = await ana.post(
            f"{PAGE}/{one.id}",
            form | {"csrf_token": page.csrf_token},
            {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        )

        assert (403, 403) == (without.status, elsewhere.status)
        assert "To be signed" in (await ana.get(f"{PAGE}/{one.id}")).text

    async def test_nobody_else_sees_any(self, campus: Campus, stranger: Visitor) -> None:
        """They are sent to sign in."""
        one = await order_of(campus)

        for path in (PAGE, f"{PAGE}/{one.id}", f"{PAGE}/{one.id}/changes", f"{PAGE}/{uuid4()}"):
            assert 303 == (await stranger.get(path)).status
