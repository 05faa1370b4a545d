"""The table of roles and routes is what the application does, cell by cell."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pytest
import pytest_asyncio
from aiohttp import WSServerHandshakeError
from multidict import CIMultiDict, CIMultiDictProxy

from tests.architecture.sources import ROOT
from tests.jwts import bearing, user_of
from tests.orders.campus import Campus, save_any_card
from tests.orders.guards import (
    BODIES,
    OF_THE_CONSOLE,
    QUERIES,
    SOCKET,
    Route,
    Said,
    Who,
    find_routes,
    render,
)
from tests.web.conftest import Answer
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.service import create_account
from tramita.kit.accounts.sessions import csrf_token_of, sign_in
from tramita.kit.http.forms import CSRF_FIELD
from tramita.kit.identifiers import new_id
from tramita.orders.sessions import begin_session
from tramita.signatures.settings import SignatureSettings

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGE = ROOT / "docs" / "reference" / "courses-roles.md"
# Who has things of their own, elsewhere.
_OTHER: Final = "other"
# A thing that is not there, whatever it would be.
_MISSING: Final = frozenset({"order_not_found", "credit_card_not_found", "organization_not_found"})


@dataclass(frozen=True)
class People:
    """Everybody of the table, at one organization of which a learner has ordered something."""

    campus: Campus
    offer: Any
    headers: Mapping[Who, dict[str, str]]

    async def things(self) -> dict[str, str]:
        """Ids by the names that paths have: an order of the learner's, a card, and what is offered."""
        learner = self.campus.learner()
        for who, username in ((Who.LEARNER, learner.username), (Who.OTHER, _OTHER)):
            self.headers[who].clear()
            self.headers[who].update(await on_their_pages(self.campus, username))
        order = await learner.order(self.offer)
        [organization] = self.offer.organizations
        return {
            "order_id": order["id"],
            "contract_id": order["id"],
            "reference": order["main_invoice_reference"],
            "card_id": await save_any_card(self.campus.site, learner.username),
            "organization_id": organization["id"],
            "course_id": self.offer.course["id"],
            "course_product_id": self.offer.product["id"],
            "definition_id": self.offer.product["contract_definition"],
            "offering_id": self.offer.offering["id"],
            "member_id": str(new_id()),
            "shelf": "courses",
            "row_id": self.offer.course["id"],
        }

    async def ask(self, route: Route, who: Who, ids: Mapping[str, str]) -> Answer:
        """One request of somebody's about these things."""
        path = "/".join(
            ids[part[1:].partition(":")[0]] if part.startswith("{") else part
            for part in route.path.split("/")
        )
        last = route.path.rpartition("/")[2]
        if route.method == SOCKET:
            return await self._open(path, who)
        path, body = path + QUERIES.get(last, "").format(**ids), BODIES.get(last)
        if body is not None:
            body = {name: value.format(**ids) for name, value in body.items()}
        sent: dict[str, Any] = {}
        if body is not None and route.method not in ("GET", "DELETE"):
            sent["json"] = body
        if route.scheme in ("learner", "console") and route.method == "POST":
            session = self.headers[who].get("Cookie", "=").partition("=")[2]
            sent = {"data": {CSRF_FIELD: csrf_token_of(session), "card": ids["card_id"]}}
        return await self.campus.site.ask(
            route.method,
            path,
            authenticated=False,
            headers=dict(self.headers[who]),
            allow_redirects=False,
            **sent,
        )

    async def _open(self, path: str, who: Who) -> Answer:
        """A socket of somebody's, which is closed at once."""
        session = self.campus.site.session
        try:
            async with session.ws_connect(self.campus.site.url + path, headers=self.headers[who]):
                status = 101
        except WSServerHandshakeError as error:
            status = error.status
        return Answer(status, CIMultiDictProxy(CIMultiDict()), "")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def people(campus: Campus) -> AsyncIterator[People]:
    """All of them."""
    site = campus.site
    site.runtime.configure(SignatureSettings(link_seconds=0))
    offer, other = await campus.offer(), await campus.organization()
    roles = {Who.MEMBER: "member", Who.ADMINISTRATOR: "administrator", Who.OWNER: "owner"}
    headers = {who: bearing(who.name.lower()) for who in roles}
    organizations = dict.fromkeys(roles, offer.organizations[0]["id"]) | {Who.OTHER: other["id"]}
    for who, organization in organizations.items():
        await campus.make(
            f"/organizations/{organization}/members",
            username=_OTHER if who is Who.OTHER else who.name.lower(),
            full_name=str(who),
            email="somebody@example.com",
            role=roles.get(who, "owner"),
        )
    yield People(
        campus,
        offer,
        headers
        | {
            Who.LEARNER: {},
            Who.OTHER: {},
            Who.TOKEN: site.headers,
            Who.NARROW: await site.token("envelopes:read"),
            **{who: await _signed_in(campus, who) for who in OF_THE_CONSOLE},
            Who.NOBODY: {},
        },
    )


async def on_their_pages(campus: Campus, username: str) -> dict[str, str]:
    """A learner with the platform's token, and in a browser too."""
    user = user_of(username)
    async with campus.site.runtime.within(user.bounds).database.unit_of_work() as work:
        session_id = await begin_session(work, user)
    return bearing(username) | {"Cookie": f"tramita_learner={session_id}"}


async def _signed_in(campus: Campus, role: Who) -> dict[str, str]:
    email, password = f"{role}@example.com", "nobody guesses this one"
    database = campus.site.runtime.database
    async with database.unit_of_work() as work:
        await create_account(work, email, password, Role(role))
    entry = await sign_in(database, email=email, password=password, address="127.0.0.1")
    return {"Cookie": f"tramita_session={entry.session_id}"}


def heard(said: Answer, route: Route) -> Said:
    """What an answer is, as the table has it; in the console a page that says 404 is one, too."""
    code = said.body.get("code") if isinstance(said.body, dict) else None
    is_sent_away = said.status == 303 and "/login" in said.headers["Location"]
    if is_sent_away or (said.status == 401 and not isinstance(said.body, dict)):
        return Said.SIGN_IN
    if code == "webhook_not_verified":
        return Said.NOT_BELIEVED
    is_page = isinstance(said.body, str) and route.scheme != "console"
    if said.status == 404 and (code in _MISSING or is_page):
        return Said.NOT_THERE
    return {401: Said.STRANGER, 403: Said.FORBIDDEN}.get(said.status, Said.YES)


def about_nothing(said: Answer, ids: Mapping[str, str]) -> tuple[int, str]:
    """An answer without its own number and the ids that were asked for."""
    if isinstance(said.body, str):
        return said.status, said.body
    told = str({name: value for name, value in said.body.items() if name != "request_id"})
    for name, value in ids.items():
        told = told.replace(value, name)
    return said.status, told


class TestTheTable:
    async def test_is_what_the_routes_do(
        self, people: People, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Each route is asked by everybody, last of all by whom it may let change something."""
        monkeypatch.setattr("tramita.orders.console.order.WAIT", 0.01)  # Nothing will change.
        wrong = []
        nothing: dict[str, str] = {}
        for route in find_routes():
            ids = await people.things()
            nothing = {name: str(new_id()) for name in ids}
            for may in (False, True):
                asking = [who for who in Who if may is (route.says(who) is Said.YES)]
                answers = await asyncio.gather(*(people.ask(route, who, ids) for who in asking))
                wrong += [
                    f"{route.method} {route.path}: {who} hears {said.status} {said.body}"
                    for who, said in zip(asking, answers, strict=True)
                    if heard(said, route) is not route.says(who)
                ]
                hidden = [who for who in asking if route.says(who) is Said.NOT_THERE]
                others = await asyncio.gather(*(people.ask(route, who, nothing) for who in hidden))
                wrong += [
                    f"{route.method} {route.path}: {who} is told {said.body}"
                    for who, said, other in zip(
                        hidden, (answers[asking.index(one)] for one in hidden), others, strict=True
                    )
                    if about_nothing(said, ids) != about_nothing(other, nothing)
                ]

        assert not wrong, "\n".join(wrong)

    async def test_has_everything(self) -> None:
        """All three areas, and every kind of guard that they have."""
        routes = list(find_routes())

        assert len(routes) > 50
        assert {"public", "jwt", "scope"} <= {one.scheme for one in routes}

    async def test_is_the_one_in_the_documentation(self) -> None:
        """docs/reference/courses-roles.md is what ``python -m tests.orders.guards`` prints."""
        assert render() == PAGE.read_text(encoding="utf-8")
