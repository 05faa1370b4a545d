"""A learner with a browser, as far as HTTP goes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.console.visitor import Seen, Visitor, visiting
from tests.jwts import token_of
from tests.orders.campus import ADDRESS, Campus, Learner, Offer

TYPED = dict(ADDRESS)


@asynccontextmanager
async def reading(campus: Campus, language: str = "en") -> AsyncIterator[tuple[Learner, Visitor]]:
    """Somebody new, who has come in: with the platform's token, and in a browser."""
    learner = campus.learner(language=language)
    async with visiting(campus.site.url) as visitor:
        await come_in(visitor, learner)
        yield learner, visitor


async def come_in(visitor: Visitor, learner: Learner) -> Seen:
    """As the platform sends somebody."""
    token = token_of(learner.username, **learner.claims)
    return await visitor.post("/learn/enter", {"token": token})


async def act(visitor: Visitor, page: str, path: str, **form: str) -> Seen:
    """Open a page, and press one of its buttons."""
    opened = await visitor.get(page)
    return await visitor.post(path, {"csrf_token": opened.csrf_token} | form)


async def order(visitor: Visitor, offer: Offer, **typed: str) -> str:
    """Order what is offered; answers the order's address."""
    path = f"/learn/catalog/{offer.offering['id']}"
    made = await act(visitor, path, path, **TYPED, **typed)
    assert 303 == made.status, made.text
    return made.location.partition("?")[0]
