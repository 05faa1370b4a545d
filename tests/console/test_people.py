"""What an operator sees before somebody is erased, and of whom was erased."""

import pytest
import pytest_asyncio

from tests.console.visitor import Seen, Visitor
from tests.contracts.test_erasing import a_contract, a_customer
from tests.emptying import empty
from tests.forgetting import CPF
from tests.web.conftest import Site

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGE = "/console/people"
THEIRS = "390.533.447-05"


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def nobody_is_there(site: Site) -> None:
    """Each test begins without people."""
    await empty(site.runtime.database, "customers", "erasures", "audit")


async def look(ana: Visitor, person: str) -> Seen:
    """Type in whom to erase."""
    page = await ana.get(PAGE)
    form = {"csrf_token": page.csrf_token, "person": person, "tenant": "house"}
    return await ana.post(PAGE, form)


class TestErasing:
    async def test_is_done_when_it_was_seen_and_confirmed(self, site: Site, ana: Visitor) -> None:
        """The document stands in no address, and the list says who did it and nothing of whom."""
        customer = await a_customer(site.runtime.database)

        asked = await look(ana, THEIRS)
        form = {"csrf_token": asked.csrf_token, "confirmed": "yes", "action": "erase"}
        done = await ana.post(PAGE, form | {"person": THEIRS, "tenant": "house"})
        page = await ana.get(done.location)

        assert "Erase this person?" in asked.text
        assert "Customers 1" in asked.text
        assert (303, f"{PAGE}?done=true") == (done.status, done.location)
        assert "It is being erased." in page.text
        assert "1 of The house, by ana@example.com Erasing" in page.text
        [row] = await site.runtime.database.fetch(
            "SELECT erased_at FROM customers WHERE id = $1", customer
        )
        assert row["erased_at"] is not None

    async def test_tells_who_looked(self, site: Site, ana: Visitor) -> None:
        """That somebody is held here is shown to nobody in secret."""
        customer = await a_customer(site.runtime.database)

        await look(ana, THEIRS)

        [row] = await site.runtime.database.fetch(
            "SELECT actor, action, subject_id, request_id, network FROM audit "
            "WHERE action LIKE 'person.%'"
        )
        assert ("user:ana@example.com", "person.looked_up") == (row["actor"], row["action"])
        assert (str(customer), "127.0.0.0/24") == (row["subject_id"], row["network"])
        assert row["request_id"]

    async def test_tells_what_is_under_way(self, site: Site, ana: Visitor) -> None:
        """Before anybody is asked to confirm what cannot be done."""
        contract = await a_contract(site.runtime.database, await a_customer(site.runtime.database))

        asked = await look(ana, CPF)

        assert 409 == asked.status
        assert f"contract {contract} (net) is created" in asked.text

    @pytest.mark.parametrize(
        ("language", "said"), [("pt", "o contrato {} (net) está em"), ("ru", "договор {} (net):")]
    )
    async def test_tells_it_in_its_readers_language(
        self, site: Site, ana: Visitor, language: str, said: str
    ) -> None:
        """Each thing that is under way, as far as it is our own word."""
        contract = await a_contract(site.runtime.database, await a_customer(site.runtime.database))
        ana.session.headers["Accept-Language"] = language

        asked = await look(ana, CPF)

        assert said.format(contract) in asked.text

    @pytest.mark.parametrize(
        ("person", "said"),
        [
            ("529.982.247-25", "Nothing is held here of such a person."),
            ("Z. Q.", "This is neither an id nor a document"),
        ],
    )
    async def test_of_nobody_is_said_in_place(self, ana: Visitor, person: str, said: str) -> None:
        """A slip erases nobody."""
        asked = await look(ana, person)

        assert 422 == asked.status
        assert said in asked.text
