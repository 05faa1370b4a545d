"""Whatever is declared encrypted is written so, by what writes it in earnest.

One person is a customer, the client of an envelope, a learner, and whoever pays abroad: everything
that is done with them is played once, and what it left is looked at column by column, as the areas
declare them.
"""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio

from tests.chats.story import converse
from tests.conftest import fresh_database
from tests.forgetting import CUSTOMER, PEOPLE, PLACES, traces_without_key
from tests.journeys.school import School, running_school
from tests.journeys.test_erasing import an_envelope
from tests.kit.people.test_encrypting import keys_used, roots, tell
from tests.orders.campus import ADDRESS, Learner
from tests.transfers.desk import Desk
from tests.transfers.story import transfer
from tests.transfers.webapp.lobby import Lobby
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.saved_views import save_view
from tramita.kit.accounts.second_factor import begin_enrolment
from tramita.kit.accounts.service import invite
from tramita.kit.database.engine import Database
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.encryption.keys import Keyring, new_key
from tramita.kit.encryption.settings import EncryptionSettings
from tramita.kit.files import Files
from tramita.kit.notes import write_note
from tramita.kit.operations.actions import OperationAction
from tramita.kit.operations.many import Chosen, begin_many
from tramita.kit.people.encrypting import count_values, rehash, rotate
from tramita.kit.people.erasures import PersonNotFound
from tramita.kit.settings import Mode, Settings
from tramita.payments.cards import find_payer_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

EMAIL = "zulmira.q@example.org"
AGREEMENT = "# Agreement of {{ learner.full_name }}, {{ learner.email }}"
"""A text that names whoever signs it."""
MASKED = (".533.", "Z•")
"""What journals show, which are masked as they are written."""


@dataclass(frozen=True)
class Played:
    """What is left when all of it was played and every process has ended."""

    url: str
    database: Database
    folder: Path


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def played(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Played]:
    """Everything that is done with one person, once."""
    folder = tmp_path_factory.mktemp("school")
    async with fresh_database(server) as url:
        database = Database.open(url)
        async with running_school(database, url, folder) as school:
            hook = {"url": "http://127.0.0.1:9/hook"}
            await school.campus.site.ask("POST", "/api/v1/webhooks/endpoints", json=hook)
            await _buy_a_line(school)
            await an_envelope(school.world)
            await _learn(school)
            desk = await Desk.of_world(school.world)
            await transfer(desk, Lobby(school.campus.site, desk.house), "Zulmira Quartzberg")
        await converse(database, folder, "Zulmira Quartzberg")
        await _set_up_an_app(database)
        await _note_down(database)
        await _keep_a_view(database)
        await _act_on_many(database)
        yield Played(url, database, folder)
        await database.close()


async def _set_up_an_app(database: Database) -> None:
    """One of our own people sets up an authenticator app."""
    async with database.unit_of_work() as work:
        account_id, _ = await invite(work, "ana@example.com", Role.VIEWER)
        await begin_enrolment(work, account_id)


async def _note_down(database: Database) -> None:
    """One of our own people writes down what the person said."""
    async with database.unit_of_work(actor="user:ana@example.com") as work:
        [contract] = await work.fetch("SELECT id FROM contracts WHERE name = 'A line'")
        await write_note(work, "contract", contract["id"], "Zulmira Quartzberg calls on Monday")


async def _keep_a_view(database: Database) -> None:
    """One of our own people names a list after the person."""
    async with database.unit_of_work() as work:
        [ana] = await work.fetch("SELECT id FROM accounts WHERE email = 'ana@example.com'")
        await save_view(work, ana["id"], "contracts", name="Zulmira Quartzberg", query="q=Z")


async def _act_on_many(database: Database) -> None:
    """One of our own people says why many are acted on; the words stay until all are answered."""
    async with database.unit_of_work(actor="user:ana@example.com") as work:
        [one] = await work.fetch("SELECT id FROM operations ORDER BY id LIMIT 1")
        chosen, note = Chosen(ids=[one["id"]]), "Zulmira Quartzberg calls on Monday"
        await begin_many(work, OperationAction.ASK_AGAIN, chosen, note=note)


async def _buy_a_line(school: School) -> None:
    ask, headers = school.campus.site.ask, {"Idempotency-Key": "a-customer"}
    made = await ask("POST", "/api/v1/customers", json=CUSTOMER, headers=headers)
    assert 201 == made.status, made
    line = {"name": "A line", "backend": "net", "customer": made.body["id"]}
    assert 201 == (await ask("POST", "/api/v1/contracts", json=line)).status
    path, change = f"/api/v1/customers/{made.body['id']}", {"email": f"also.{EMAIL}"}
    assert 200 == (await ask("PATCH", path, json=change)).status


async def _learn(school: School) -> None:
    claims = {"email": EMAIL, "full_name": "Zulmira Quartzberg"}
    learner = Learner(school.campus.site, EMAIL, claims)
    offer = await school.offer()
    path = f"/api/v1/admin/contract-definitions/{offer.product['contract_definition']}"
    await school.campus.site.ask("PATCH", path, json={"body": AGREEMENT})
    address = ADDRESS | {"last_name": "Quartzberg", "address": "Travessa do Quartzo 7"}
    order = await learner.order(offer, billing_address=address)
    await school.sign(learner, order)
    await school.until(learner, order, "to_save_payment_method")
    await school.countersign(order)
    card = await school.save_card(learner)
    title = {"title": "Of Zulmira"}
    assert 200 == (await learner.ask("PATCH", f"/credit-cards/{card}", json=title)).status
    await school.pay_with(learner, order, card)
    await school.until(learner, order, "pending_payment")


def ring(*keys: str, lookup: str) -> Keyring:
    """The keys of one process."""
    settings = EncryptionSettings(encryption_keys=",".join(keys), lookup_key=lookup)
    return Keyring.of(settings, Settings(mode=Mode.DEMO))


class TestADeclaredColumn:
    @pytest.mark.parametrize("place", PLACES)
    async def test_is_encrypted_by_whoever_writes_it(self, played: Played, place: str) -> None:
        """A new one has to be written by the story above: nobody can forget to try it."""
        counted = await count_values(played.database, PEOPLE)

        assert {played.database.keys.first_name} == {key for one, key, _ in counted if one == place}

    async def test_shows_nothing_to_whoever_has_a_copy(self, played: Played) -> None:
        """Of the person stands there at most what masks leave of a number."""
        seen = await traces_without_key(played.database)
        assert [] == [one for one in seen if not one.startswith(MASKED)]

    async def test_shows_nothing_to_whoever_has_the_folder(self, played: Played) -> None:
        """What was to be signed, what both have signed, what was put into a chat, what 1C sent."""
        files = Files.open("", played.folder, played.database)
        lying = [one for one in (played.folder / "files").rglob("*") if one.is_file()]
        contents = [await files.get(one.name) for one in lying]

        assert [b"%PDF-"] * 4 == [one[:5] for one in contents]
        assert not any(one.read_bytes().startswith(b"%PDF-") for one in lying)
        named = {hashlib.sha256(one).hexdigest() for one in contents}
        assert named.isdisjoint(one.name for one in lying)


async def everything(database: Database) -> str:
    """Every encrypted value, as this process reads it; in whatever order rows lie."""
    read: list[object] = []
    for table in PEOPLE.tables:
        if table.hidden:
            rows = await database.fetch(f"SELECT {', '.join(table.hidden)} FROM {table.name}")
            read += sorted(str(table.decrypted(database.keys, row)) for row in rows)
    return str(read)


class TestOtherKeys:
    async def test_read_every_column_after_a_rotation(self, played: Played) -> None:
        """All of it comes under the new key, which alone reads it; and back."""
        old, new = EncryptionSettings(), new_key()
        both = ring(new, old.encryption_keys, lookup=old.lookup_key)
        async with _opened(played.url, both) as database:
            await rotate(database, PEOPLE, tell)
            assert {both.first_name} == await keys_used(database)
        async with _opened(played.url, ring(new, lookup=old.lookup_key)) as database:
            told = await everything(database)
        again = ring(old.encryption_keys, new, lookup=old.lookup_key)
        async with _opened(played.url, again) as database:
            await rotate(database, PEOPLE, tell)

        assert told == await everything(played.database)
        assert EMAIL in told

    async def test_find_everybody_after_a_change_of_theirs(self, played: Played) -> None:
        """By their document, and by their name on the platform; and back."""
        old = EncryptionSettings()
        for lookup in (new_key(), old.lookup_key):
            async with _opened(played.url, ring(old.encryption_keys, lookup=lookup)) as database:
                assert ([], None) == await found(database)
                await rehash(database, PEOPLE, tell)
                persons, payer = await found(database)

            assert 2 == len(persons)
            assert payer is not None


async def found(database: Database) -> tuple[list[UUID], UUID | None]:
    """Who is found by the person's document, and who by their name on the platform."""
    async with database.unit_of_work(actor="test") as work:
        payer = await find_payer_of(work, "house", EMAIL)
    try:
        return await roots(database), payer
    except PersonNotFound:
        return [], payer


@asynccontextmanager
async def _opened(url: str, keys: Keyring) -> AsyncIterator[Database]:
    database = Database.open(url, keys=keys)
    try:
        yield database
    finally:
        await database.close()
