"""One person who is a customer, the client of an envelope, a learner, and whoever pays abroad.

Everything that is done with them is played once, by whatever does it in earnest: whoever asks what is
kept of people, or what pages show of all of it, looks at what that has left.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.chats.story import converse
from tests.conftest import fresh_database
from tests.databases import opened
from tests.forgetting import CUSTOMER
from tests.journeys.school import School, running_school
from tests.journeys.test_erasing import an_envelope
from tests.orders.campus import ADDRESS, Learner
from tests.transfers.desk import Desk
from tests.transfers.story import transfer
from tests.transfers.webapp.lobby import Lobby
from tests.world import until
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.saved_views import save_view
from tramita.kit.accounts.searches import keep_search
from tramita.kit.accounts.second_factor import begin_enrolment
from tramita.kit.accounts.service import invite
from tramita.kit.database.engine import Database
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.notes import write_note
from tramita.kit.operations.actions import OperationAction
from tramita.kit.operations.many import Chosen, begin_many

EMAIL = "zulmira.q@example.org"
AGREEMENT = "# Agreement of {{ learner.full_name }}, {{ learner.email }}"
"""A text that names whoever signs it."""


@dataclass(frozen=True)
class Played:
    """What is left when all of it was played and every process has ended."""

    url: str
    database: Database
    folder: Path


@asynccontextmanager
async def playing(server: EmbeddedPostgres, folder: Path) -> AsyncIterator[Played]:
    """Everything that is done with one person, once."""
    async with fresh_database(server) as url, opened(url) as database:
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
        await _search(database)
        await _act_on_many(database)
        yield Played(url, database, folder)


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


async def _search(database: Database) -> None:
    """One of our own people looks for the person."""
    async with database.unit_of_work() as work:
        [ana] = await work.fetch("SELECT id FROM accounts WHERE email = 'ana@example.com'")
        await keep_search(work, ana["id"], EMAIL)


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
    await until(lambda: _is_signed_file_kept(school))


async def _is_signed_file_kept(school: School) -> bool:
    query = "SELECT FROM signing_procedures WHERE signed_file IS NOT NULL"
    return bool(await school.world.fetch(query))
