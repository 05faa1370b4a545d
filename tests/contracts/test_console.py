"""What people who look after contracts see of them in the console."""

import csv
import io
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from benchmarks.lives import THIN, make_lives
from tests.conftest import fresh_database, hashing_quickly
from tests.console.conftest import ANA
from tests.console.test_operations import statements_of
from tests.console.visitor import PASSWORD, Seen, Visitor, visiting
from tests.web.conftest import Site, running_site
from tramita.contracts.backends import load_backends
from tramita.contracts.console import exporting
from tramita.contracts.console.exporting import write_contracts
from tramita.contracts.console.words import JOURNEYS, products_in
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.service import create_account
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.exports import Piece, find_export, keep_piece
from tramita.kit.languages.words import words_in
from tramita.transfers.rules.kinds import Kind

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGE = "/console/contracts"
_LIVES = 300
BOB = "bob@example.com"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Site]:
    """The web over contracts on every journey, with accounts of Ana and Bob."""
    with hashing_quickly():
        async with (
            fresh_database(server) as url,
            running_site(url, tmp_path_factory.mktemp("site")) as site,
        ):
            connection = await site.runtime.database.connect()
            await make_lives(connection, _LIVES, shape=THIN, of_each=True)
            await connection.close()
            async with site.runtime.database.unit_of_work() as work:
                await create_account(work, ANA, PASSWORD, Role.OPERATOR)
                await create_account(work, BOB, PASSWORD, Role.VIEWER)
            yield site


@pytest_asyncio.fixture(loop_scope="module")
async def ana(site: Site) -> AsyncIterator[Visitor]:
    """A browser Ana has signed in with."""
    async with visiting(site.url) as visitor:
        assert 303 == (await visitor.sign_in(ANA)).status
        yield visitor


@pytest_asyncio.fixture(loop_scope="module")
async def bob(site: Site) -> AsyncIterator[Visitor]:
    """A browser Bob has signed in with."""
    async with visiting(site.url) as visitor:
        assert 303 == (await visitor.sign_in(BOB)).status
        yield visitor


def shown(page: Seen) -> list[str]:
    """The contracts on a page, in order."""
    return re.findall(rf'<h2><a href="{PAGE}/([\w-]+)"', page.source)


def onward(page: Seen) -> str | None:
    """The address of the next page."""
    found = re.search(r'rel="next" href="([^"]+)"', page.source)
    return found and found[1].replace("&amp;", "&")


async def press(visitor: Visitor, at: str, query: str, **form: str) -> Seen:
    """Send one of the forms below the list."""
    token = (await visitor.get(PAGE)).csrf_token
    return await visitor.post(f"{PAGE}/{at}", {"csrf_token": token, "query": query, **form})


class TestTheList:
    async def test_leads_through_every_contract_once(self, site: Site, ana: Visitor) -> None:
        """Newest first, and those first that have stood longest, page by page."""
        for order, column in (
            ("", "begun_at DESC, contract_id DESC"),
            ("longest", "since, contract_id"),
        ):
            rows = await site.runtime.database.fetch(
                f"SELECT contract_id FROM contract_standings WHERE backend = 'orders' ORDER BY {column}"
            )
            told: list[str] = []
            address: str | None = f"{PAGE}?journey=orders&order={order}"
            while address:
                page = await ana.get(address)
                told += shown(page)
                address = onward(page)

            assert [str(row["contract_id"]) for row in rows] == told

    async def test_tells_where_each_stands_and_what_comes_next(self, ana: Visitor) -> None:
        """In words, with its client masked and the time since it stands there."""
        page = await ana.get(f"{PAGE}?journey=portability&stage=AGUARDANDO_SALDO")

        assert "Balance awaited C•••" in page.text
        assert "The bank of origin has to tell the balance" in page.text
        assert "Client " not in page.source.split('id="list"')[1]

    @pytest.mark.parametrize(
        ("language", "journeys"),
        [("en", ["Orders", "Portability"]), ("pt", ["Pedidos", "Portabilidade"])],
    )
    async def test_calls_journeys_as_its_reader_does(
        self, ana: Visitor, language: str, journeys: list[str]
    ) -> None:
        """Above the list and in it, and so kinds of product that have a code alone."""
        ana.session.headers["Accept-Language"] = language

        page = await ana.get(f"{PAGE}?journey=portability")

        tabs = page.source.split('class="tabs"')[1].split("</nav>")[0]
        assert journeys == [one for one in journeys if f">{one} <" in tabs]
        assert f"<span>{journeys[1]}</span>" in page.source.split('id="list"')[1]
        assert "PORTABILIDADE<" not in page.source
        assert "<span>QI Tech</span>" in page.source

    async def test_has_words_for_all_that_is_installed(self) -> None:
        """Journeys, and kinds of product."""
        assert {one.title for one in load_backends().loaded.values()} <= set(JOURNEYS)
        assert {one.value for one in Kind} <= set(products_in(words_in("pt")))
        assert "Cartão benefício" == products_in(words_in("pt"))["CARTAO_BENEFICIO"]

    async def test_counts_each_journey_and_stage(self, site: Site, ana: Visitor) -> None:
        """Within everything else that is asked for."""
        [row] = await site.runtime.database.fetch(
            "SELECT count(*) AS n FROM contract_standings WHERE backend = 'vivo'"
        )

        page = await ana.get(f"{PAGE}?journey=vivo")

        assert f"Vivo {row['n']} " in page.text
        assert f"{row['n']} contracts" in page.text
        assert re.search(r"Live \(\d+\)", page.text)

    async def test_asks_the_same_of_the_database_whatever_is_shown(
        self, site: Site, ana: Visitor
    ) -> None:
        """A constant number of statements."""
        numbers = set()
        for query in ("", "?journey=smt&stage=nowhere", "?stood=hour", "?order=longest"):
            numbers.add(await statements_of(site, ana, f"{PAGE}{query}"))

        assert 1 == len(numbers), numbers


class TestAKeptView:
    async def test_is_its_owners_alone_until_it_is_forgotten(
        self, ana: Visitor, bob: Visitor
    ) -> None:
        """And leads to what the list was narrowed to."""
        kept = await press(ana, "views", "journey=orders&order=longest", name="Old orders")
        page, others = await ana.get(kept.location), await bob.get(PAGE)
        view = re.search(rf"{PAGE}/views/([\w-]+)/forget", page.source)
        assert view is not None
        await press(bob, f"views/{view[1]}/forget", "")
        after_bob = await ana.get(PAGE)
        await press(ana, f"views/{view[1]}/forget", "")

        assert f"{PAGE}?journey=orders&order=longest" == kept.location
        assert "Old orders" in page.text
        assert "Old orders" not in others.text
        assert "Old orders" in after_bob.text
        assert "Old orders" not in (await ana.get(PAGE)).text

    async def test_has_a_name(self, ana: Visitor) -> None:
        """Said in place where it has none."""
        page = await press(ana, "views", "", name=" ")

        assert (422, True) == (page.status, "Give the view a name" in page.text)


class TestAQueryInAForm:
    @pytest.mark.parametrize("at", ["files", "views"])
    async def test_with_what_no_text_can_hold_is_refused(self, ana: Visitor, at: str) -> None:
        """A text in a text: what is written as ``%00`` there is a NUL once it is read."""
        assert 400 == (await press(ana, at, "provider=a%00b", name="Any")).status


class TestAFile:
    async def test_has_every_row_once_however_often_its_writer_dies(
        self, site: Site, ana: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Killed between two pieces, or with a piece that was never named; run twice at once."""
        monkeypatch.setattr(exporting, "_AT_ONCE", 40)
        runtime = site.runtime
        asked = await press(ana, "files", "journey=portability")
        [row] = await runtime.database.fetch("SELECT id FROM exports ORDER BY id DESC LIMIT 1")
        before = await ana.get(f"{PAGE}/files/{row['id']}")
        await write_contracts(runtime, row["id"])
        async with runtime.database.reading() as work:
            stale = await find_export(work, row["id"])
        assert stale is not None
        await runtime.files.put(b"never named")
        for _ in range(6):
            await write_contracts(runtime, row["id"])
        assert not await keep_piece(runtime, stale, Piece(b"late", 1, None))

        fetched = await ana.get(f"{PAGE}/files/{row['id']}")
        rows = list(csv.reader(io.StringIO(fetched.source.lstrip("\ufeff"))))
        expected = await runtime.database.fetch(
            "SELECT c.name FROM contracts AS c JOIN contract_standings AS s ON s.contract_id = c.id "
            "WHERE s.backend = 'portability' ORDER BY s.begun_at DESC, c.id DESC"
        )

        assert f"{PAGE}/files" == asked.location
        assert 409 == before.status
        assert "Contract" == rows[0][0]
        assert [one["name"] for one in expected] == [one[0] for one in rows[1:]]
        assert {("Portability", "QI Tech")} == {(one[2], one[4]) for one in rows[1:] if one[4]}

    async def test_is_for_nobody_but_whoever_asked_and_for_a_day(
        self, site: Site, ana: Visitor, bob: Visitor
    ) -> None:
        """And that it was asked for, and fetched, is written down."""
        await press(ana, "files", "journey=smt")
        [row] = await site.runtime.database.fetch("SELECT id FROM exports ORDER BY id DESC LIMIT 1")
        await write_contracts(site.runtime, row["id"])

        own, others = [await one.get(f"{PAGE}/files/{row['id']}") for one in (ana, bob)]
        listed = [await one.get(f"{PAGE}/files") for one in (ana, bob)]
        noted = await site.runtime.database.fetch(
            "SELECT action FROM audit WHERE subject_id = $1 ORDER BY id", str(row["id"])
        )
        await site.runtime.database.fetch(
            "UPDATE exports SET requested_at = tramita_now() - interval '25 hours'"
        )
        late = await ana.get(f"{PAGE}/files/{row['id']}")

        assert (200, 404, 404) == (own.status, others.status, late.status)
        assert [True, False] == ["Ready" in one.text for one in listed]
        assert ["export.requested", "export.fetched"] == [one["action"] for one in noted]

    async def test_says_what_its_list_was_narrowed_to(self, ana: Visitor) -> None:
        """In words, as the list itself does."""
        await press(ana, "files", "journey=portability&stage=under_way&provider=qitech&stood=week")

        page = await ana.get(f"{PAGE}/files")

        assert "Portability, Under way, QI Tech, for a week" in page.text

    async def test_lies_encrypted_and_goes_with_its_row(self, site: Site, ana: Visitor) -> None:
        """Its pieces are dropped with it, and nothing of them can be read where they lie."""
        await press(ana, "files", "journey=orders")
        database = site.runtime.database
        [row] = await database.fetch("SELECT id FROM exports ORDER BY id DESC LIMIT 1")
        await write_contracts(site.runtime, row["id"])
        [piece] = await database.fetch(
            "SELECT file FROM export_pieces WHERE export_id = $1", row["id"]
        )

        await database.fetch("DELETE FROM exports WHERE id = $1", row["id"])
        [stored] = await database.fetch(
            "SELECT key, drop_at <= clock_timestamp() AS goes FROM stored_files WHERE name = $1",
            piece["file"],
        )

        assert stored["key"]
        assert stored["goes"]
