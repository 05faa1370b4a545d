"""The search finds each thing by whatever names it, in whichever writing is usual."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from tests.console.findable import (
    INN,
    SERVICE,
    SIM,
    There,
    make_alike,
    make_things,
    of_rui,
)
from tests.console.test_operations import statements_of
from tests.console.visitor import PASSWORD, Seen, Visitor, visiting
from tests.secrecy import leaks_in_log
from tests.web.conftest import Site
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.searches import KEPT
from tramita.kit.accounts.service import create_account
from tramita.kit.finding import MOST
from tramita.kit.retention import Retention

pytestmark = pytest.mark.asyncio(loop_scope="module")

CPF, EMAIL = "165.145.480-91", "maria@example.com"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def there(site: Site) -> There:
    """One thing of each kind."""
    return await make_things(site)


@asynccontextmanager
async def signed_in(site: Site, email: str, role: Role) -> AsyncIterator[Visitor]:
    """A browser that somebody else has signed in with."""
    database = site.runtime.database
    if not await database.fetch("SELECT FROM accounts WHERE email = $1", email):
        async with database.unit_of_work(actor="cli") as work:
            await create_account(work, email, PASSWORD, role)
    async with visiting(site.url) as visitor:
        await visitor.sign_in(email)
        yield visitor


@pytest_asyncio.fixture(loop_scope="module")
async def bob(site: Site) -> AsyncIterator[Visitor]:
    """A browser of somebody who may only look."""
    async with signed_in(site, "bob@example.com", Role.VIEWER) as visitor:
        yield visitor


async def search(visitor: Visitor, typed: str) -> Seen:
    """Type something into the field of a page."""
    page = await visitor.get("/console/me")
    assert 'action="/console/search"' in page.source
    return await visitor.post("/console/search", {"csrf_token": page.csrf_token, "q": typed})


class TestWhateverNamesAThing:
    @pytest.mark.parametrize("write", [str, str.lower, lambda one: f"  {one} "])
    async def test_is_a_contracts_number(self, ana: Visitor, there: There, write: object) -> None:
        """In capitals or not, with blanks around it."""
        seen = await search(ana, write(there.number))  # type: ignore[operator]  # a way to write

        assert (303, f"/console/contracts/{there.contract}") == (seen.status, seen.location)

    @pytest.mark.parametrize("typed", ["Plan 7", "plan 7", "Pla", "PLAN  7"])
    async def test_is_how_a_number_begins(self, ana: Visitor, there: There, typed: str) -> None:
        """The beginning is enough where nothing else begins so."""
        assert f"/console/contracts/{there.bought}" == (await search(ana, typed)).location

    @pytest.mark.parametrize("write", [str, str.upper, lambda one: one.replace("-", "")])
    async def test_is_an_envelopes_token(self, ana: Visitor, there: There, write: object) -> None:
        """With its hyphens or without."""
        seen = await search(ana, write(there.token))  # type: ignore[operator]  # a way to write

        assert f"/console/contracts/{there.contract}" == seen.location

    @pytest.mark.parametrize(
        ("typed", "what"),
        [
            (CPF, "contract"),
            ("16514548091", "contract"),
            ("165 145 480 91", "contract"),
            ("11.222.333/0001-81", "bought"),
            ("11222333000181", "bought"),
            (INN, "application"),
            ("7707 083 893", "application"),
        ],
    )
    async def test_is_a_document(self, ana: Visitor, there: There, typed: str, what: str) -> None:
        """A CPF, CNPJ or INN, with its dots or without."""
        assert str(getattr(there, what)) in (await search(ana, typed)).location

    @pytest.mark.parametrize("typed", [EMAIL, "MARIA@Example.com", f" {EMAIL} "])
    async def test_is_an_e_mail(self, ana: Visitor, there: There, typed: str) -> None:
        """In capitals or not."""
        assert f"/console/contracts/{there.contract}" == (await search(ana, typed)).location

    @pytest.mark.parametrize(
        ("typed", "what"),
        [
            (written, what)
            for number, what in (("98765-4321", "contract"), ("91234-5678", "phone"))
            for written in (
                f"(11) {number}",
                f"+55 11 {number}",
                f"+55 (11) {number}",
                f"011 {number}",
                f"5511{number}".replace("-", ""),
                f"11{number}".replace("-", ""),
                f"0055 11 {number}",
            )
        ]
        + [("joana@prado.example", "bought"), ("21 91234-5678", "bought")],
    )
    async def test_is_a_phone(self, ana: Visitor, there: There, typed: str, what: str) -> None:
        """A client's or one of the stock, with or without country, blanks and hyphens."""
        assert str(getattr(there, what)) in (await search(ana, typed)).location

    @pytest.mark.parametrize(
        ("typed", "what"),
        [
            ("CCB-77", "contract"),
            ("ccb-77", "contract"),
            ("ccb\u201377", "contract"),
            ("3B0C9D4E-7c1f-4f58-9a55-0d5f7e1a2b3c", "contract"),
            ("op-key-1", "contract"),
            ("ref-key-1", "contract"),
            ("2026 1201 0000 1234 56789", "contract"),
            ("unwanted-1", "contract"),
            ("Txn-9F3", "contract"),
            ("univ-2026-000012", "contract"),
            (" wfl_4b7", "contract"),
            ("learner.7", "learnt"),
            (SIM, "phone"),
            ("8955 1012 3456 7890 1234", "phone"),
            ("ТР-000123", "application"),
            ("тр-000123", "application"),
            ("onec-ref-5", "application"),
            ("hold-12", "asked"),
            ("reserve:4711", "asked"),
            ("a-request-7", "bought"),
        ],
    )
    async def test_is_what_others_call_it(
        self, ana: Visitor, there: There, typed: str, what: str
    ) -> None:
        """A provider's number or key, a bank's, a SIM, 1C's number, a name of a user, a request."""
        assert (await search(ana, typed)).location.endswith(f"/{getattr(there, what)}")

    @pytest.mark.parametrize(
        ("typed", "what"),
        [
            ("Joana D’Ávila Prado", "bought"),
            ("joana  d'avila PRADO", "bought"),
            ("MARIA SOUZA", "contract"),
            ("ООО «Ромашка»", "application"),
            ("ооо ромашка", "application"),
            ("Ромашка / Payments", "chat"),
            ("-1001234567890", "chat"),
            ("1234567890", "chat"),
            ("4123456789", "chat"),
        ],
    )
    async def test_is_a_name(self, ana: Visitor, there: There, typed: str, what: str) -> None:
        """Of a client, a payer or a chat, with accents and signs or without; or a chat's number."""
        assert (await search(ana, typed)).location.endswith(f"/{getattr(there, what)}")

    @pytest.mark.parametrize("what", ["contract", "phone", "application", "chat", "operation"])
    async def test_is_an_id(self, ana: Visitor, there: There, what: str) -> None:
        """Of whatever has a page."""
        seen = await search(ana, str(getattr(there, what)))

        assert seen.location.endswith(f"/{getattr(there, what)}")

    async def test_is_an_id_of_what_has_no_page(self, ana: Visitor, there: There) -> None:
        """An envelope's leads to its contract, what came in and what went out to their journals."""
        seen = await search(ana, str(there.envelope))
        page = await ana.get((await search(ana, SERVICE.hex)).location)

        assert f"/console/contracts/{there.contract}" == seen.location
        assert f'"/console/messages/{SERVICE}"' in page.source
        assert f'"/console/deliveries/evt_{SERVICE.hex}"' in page.source
        assert 303 == (await search(ana, f"evt_{SERVICE.hex}")).status


class TestWhatIsFound:
    async def test_is_listed_where_it_is_several(self, site: Site, ana: Visitor) -> None:
        """Each with its kind, the newest first; nobody is named, and what was typed is masked."""
        numbers = []
        for _ in range(2):
            made = await site.ask("POST", "/api/v1/envelopes", json=of_rui(portabilities=1))
            numbers.append(made.body["contracts"][0]["number"])

        for typed, masked in (("529.982.247-25", "•••25"), ("rui barbosa", "r••• b•••")):
            page = await ana.get((await search(ana, typed)).location)

            assert 200 == page.status
            assert f"“{masked}”: 2 found." in page.text
            assert 2 == page.text.count("Contract of this client")
            assert page.text.index(numbers[1]) < page.text.index(numbers[0])
            assert "barbosa" not in page.source.lower()
            assert "52998224725" not in page.source.replace(".", "").replace("-", "")
            assert "no-store" in page.headers["Cache-Control"]

    async def test_may_be_nothing(self, ana: Visitor) -> None:
        """Which is said, with what can be typed."""
        page = await ana.get((await search(ana, "nothing is called this")).location)

        assert "Nothing here is known by" in page.text
        assert "A CPF, CNPJ or INN" in page.text

    async def test_ends_somewhere_and_costs_the_same_however_much_it_is(
        self, site: Site, ana: Visitor, there: There
    ) -> None:
        """Each area asks once; that there may be more is said only where that is so."""
        counted = []
        for has_more in (False, True):
            body = of_rui(portabilities=MOST, cpf="111.444.777-35")
            body["customer"] |= {"email": "many@example.com", "name": "Iracema Prates"}
            assert 201 == (await site.ask("POST", "/api/v1/envelopes", json=body)).status
            seen = await search(ana, "many@example.com")
            page = await ana.get(seen.location)
            counted.append(await statements_of(site, ana, seen.location))

            assert MOST == page.text.count("Contract of this client")
            assert has_more == ("There may be more" in page.text)
        assert counted[0] == counted[1] <= 20

    async def test_is_not_looked_for_again_by_itself(self, ana: Visitor) -> None:
        """An open page would search each time that anything changes."""
        page = await ana.get((await search(ana, "nothing is called this")).location)

        assert "data-is-shown" in (await ana.get("/console/me")).source
        assert "data-is-shown" not in page.source

    async def test_is_what_whoever_searches_may_see(
        self, site: Site, bob: Visitor, there: There
    ) -> None:
        """Of what a request did, who may not read the audit is told where, and no more."""
        page = await bob.get((await search(bob, "a-request-8")).location)
        async with signed_in(site, "cleo@example.com", Role.ADMIN) as cleo:
            shown = await cleo.get((await search(cleo, "a-request-8")).location)

        assert str(there.bought) in page.source
        assert str(there.contract) in page.source
        assert "wrote a note" not in page.text
        assert "/console/accounts/" not in page.source
        assert 2 == shown.text.count("wrote a note")
        assert "/console/accounts/" in shown.source

    async def test_is_told_as_masked_as_on_its_page(self, site: Site, bob: Visitor) -> None:
        """A number by its last digits, a chat by its number: a title may name a client."""
        await make_alike(site)
        phones = await bob.get((await search(bob, "+55 31 98765-1111")).location)
        chats = await bob.get((await search(bob, "tito luz, transfers")).location)

        assert "2 found." in phones.text
        assert "98765-1111" not in phones.text
        assert "2 found." in chats.text
        assert "-4000000001" in chats.text
        assert "Tito" not in chats.source


class TestItsAddress:
    async def test_names_nobody_and_neither_does_the_log(
        self, site: Site, ana: Visitor, written: io.StringIO
    ) -> None:
        """What was typed stands encrypted, under a random id."""
        for typed in ("390.533.447-05", "nobody@example.com", "+55 11 90000-0000", "No Body"):
            seen = await search(ana, typed)
            page = await ana.get(seen.location)

            assert seen.location.startswith("/console/search/")
            assert "<title>Search · Tramita</title>" in page.source
            assert 4 == UUID(seen.location.rpartition("/")[2]).version
            assert typed not in page.source
            [row] = await site.runtime.database.fetch(
                "SELECT typed FROM searches ORDER BY created_at DESC LIMIT 1"
            )
            assert row["typed"].startswith("enc1:")
            assert typed not in written.getvalue()
            assert typed not in (await site.ask("GET", "/metrics")).body
        assert "/console/search" in written.getvalue()
        assert [] == leaks_in_log(written.getvalue())

    async def test_opens_to_whoever_searched_alone(self, ana: Visitor, bob: Visitor) -> None:
        """To anybody else there is no such thing."""
        address = (await search(ana, "nothing is called this")).location

        assert 200 == (await ana.get(address)).status
        assert 404 == (await bob.get(address)).status
        assert "nothing is called" not in (await bob.get(address)).source

    async def test_is_over_after_minutes(self, site: Site, ana: Visitor) -> None:
        """Nothing is kept of it then."""
        address = (await search(ana, "nothing is called this")).location
        database = site.runtime.database
        await database.fetch("UPDATE searches SET created_at = now() - interval '11 minutes'")

        page = await ana.get(address)
        await Retention(site.runtime, KEPT).forget()

        assert 404 == page.status
        assert "This search is over" in page.text
        assert [] == await database.fetch("SELECT FROM searches")

    async def test_is_never_there_by_chance(self, ana: Visitor) -> None:
        """An id that nobody was given."""
        assert 404 == (await ana.get(f"/console/search/{uuid4()}")).status

    async def test_takes_a_form_of_ours(self, ana: Visitor) -> None:
        """And nothing typed is no search."""
        assert 403 == (await ana.post("/console/search", {"q": "x"})).status
        assert "/console/search" == (await search(ana, "  ")).location
        assert "What can be typed" in (await ana.get("/console/search")).text

    async def test_is_open_to_viewers(self, bob: Visitor, there: There) -> None:
        """Whoever may look may search."""
        assert f"/console/contracts/{there.contract}" == (await search(bob, there.token)).location
