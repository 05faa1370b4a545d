"""The catalogue of learners, and ordering by hand."""

import re

import pytest

from tests.orders.campus import Campus
from tests.orders.pages.reader import TYPED, act, order, reading

pytestmark = pytest.mark.asyncio(loop_scope="module")

_AGREED = re.compile(r'name="agreed" value="([^"]+)"')


class TestAnOffer:
    async def test_tells_what_would_be_due_when(self, campus: Campus) -> None:
        """By the rules, in the reader's language, before anything is ordered."""
        offer = await campus.offer(price="300.00")
        path = f"/learn/catalog/{offer.offering['id']}"
        async with (
            reading(campus, "en-GB") as (_, english),
            reading(campus, "fr-FR") as (_, french),
        ):
            in_english, in_french = await english.get(path), await french.get(path)

        assert "1 March 2030 to 1 September 2030" in in_english.text
        assert ["€90.00", "€105.00", "€105.00"] == [
            one for one in in_english.text.split() if one in ("€90.00", "€105.00")
        ]
        assert "90,00\xa0€" in in_french.source
        assert "Commander avec obligation de payer" in in_french.text

    async def test_is_counted_from_what_has_to_be_done(self, campus: Campus) -> None:
        """Nobody is told of a signature where nothing is signed."""
        said = []
        for is_signed in (True, False):
            offer = await campus.offer(price="300.00", is_signed=is_signed)
            async with reading(campus) as (_, visitor):
                page = await visitor.get(f"/learn/catalog/{offer.offering['id']}")
            said.append(("If you sign today" in page.text, "If you order today" in page.text))

        assert [(True, False), (False, True)] == said

    async def test_becomes_an_order(self, campus: Campus) -> None:
        """The page of the order says what is asked for first."""
        offer = await campus.offer(organizations=2)
        async with reading(campus) as (learner, visitor):
            made = await visitor.get(await order(visitor, offer, waived="yes"))
            offers = await visitor.get("/learn/catalog")
            [listed] = (await learner.ask("GET", "/orders")).body["items"]

        assert "Sign your contract to go on." in made.text
        assert listed["has_waived_withdrawal_right"]
        assert "Ordered" in offers.text

    async def test_keeps_what_was_typed_when_it_cannot_be_taken(self, campus: Campus) -> None:
        """Beside each field stands what to do about it, and nothing is ordered."""
        path = f"/learn/catalog/{(await campus.offer()).offering['id']}"
        typed = TYPED | {"postcode": "750 05 <b>", "city": "", "address": "1 rue des Écoles"}
        async with reading(campus, "fr") as (learner, visitor):
            refused = await act(visitor, path, path, **typed)
            listed = (await learner.ask("GET", "/orders")).body["items"]

        assert (422, []) == (refused.status, listed)
        assert 'value="750 05 &lt;b&gt;"' in refused.source
        assert 'value="1 rue des Écoles"' in refused.source
        assert "Écrivez le code postal" in refused.text
        assert "Écrivez la ville" in refused.text
        assert "Écrivez votre nom" not in refused.text

    async def test_is_ordered_once(self, campus: Campus) -> None:
        """A second click says that it is there already, and leads to it."""
        offer = await campus.offer()
        path = f"/learn/catalog/{offer.offering['id']}"
        async with reading(campus) as (_, visitor):
            opened = await visitor.get(path)
            form = {"csrf_token": opened.csrf_token, **TYPED}
            made, again = [await visitor.post(path, form) for _ in range(2)]

        assert (303, 409) == (made.status, again.status)
        assert "You have ordered this already." in again.text
        assert made.location.partition("?")[0] in again.source

    async def test_is_ordered_for_the_price_that_was_shown_alone(self, campus: Campus) -> None:
        """Who agreed to another one reads the new one first, and nothing is ordered meanwhile."""
        offer = await campus.offer(price="300.00")
        path = f"/learn/catalog/{offer.offering['id']}"
        async with reading(campus) as (learner, visitor):
            [agreed] = _AGREED.findall((await visitor.get(path)).source)
            await campus.site.ask(
                "PATCH",
                f"/api/v1/admin/products/{offer.product['id']}",
                json={"price": {"amount": "900.00", "currency": "EUR"}},
            )
            refused = await act(visitor, path, path, **TYPED, agreed=agreed)
            listed = (await learner.ask("GET", "/orders")).body["items"]
            [agreed] = _AGREED.findall(refused.source)
            made = await act(visitor, path, path, **TYPED, agreed=agreed)

        assert (409, []) == (refused.status, listed)
        assert "Order with obligation to pay €900.00" in refused.text
        assert 303 == made.status

    async def test_without_dates_says_so(self, campus: Campus) -> None:
        """Before somebody types an address for nothing; who does all the same reads it too."""
        course = await campus.course(starts_on=None, ends_on=None)
        path = f"/learn/catalog/{(await campus.offer(course=course)).offering['id']}"
        async with reading(campus) as (_, visitor):
            shown = await visitor.get(path)
            refused = await act(visitor, path, path, **TYPED)

        assert "cannot be said what is due when" in shown.text
        assert 'name="postcode"' not in shown.source
        assert 409 == refused.status

    async def test_that_is_free_asks_for_no_address(self, campus: Campus) -> None:
        """It is the learner's at once."""
        offer = await campus.offer(price="0.00", is_signed=False)
        path = f"/learn/catalog/{offer.offering['id']}"
        async with reading(campus) as (_, visitor):
            opened = await visitor.get(path)
            made = await act(visitor, path, path)
            shown = await visitor.get(made.location)

        assert 'name="postcode"' not in opened.source
        assert "Your course is open." in shown.text

    async def test_that_there_is_not_has_a_page_of_its_own(self, campus: Campus) -> None:
        """In the reader's language."""
        async with reading(campus, "fr") as (_, visitor):
            missing = await visitor.get("/learn/catalog/01a20284-9c25-7762-939b-ad71bf9fe9f9")

        assert 404 == missing.status
        assert "Cette page n’existe pas" in missing.text
