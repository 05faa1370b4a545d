"""One thing of each kind that the console's search finds, and what each is called."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from tests.console.standing import add_operation
from tests.web.conftest import Site
from tests.world import envelope
from tramita.kit.audit import Subject, coming_from, note_act
from tramita.kit.database.work import UnitOfWork
from tramita.kit.encryption.keys import DOCUMENT, NAME
from tramita.kit.identifiers import new_id
from tramita.kit.jwt_users import USERNAME

INN: Final = "7707083893"
SIM: Final = "89551012345678901234"
SERVICE: Final = UUID("0b1e6f6e-53a7-4b9e-8c3f-5d1f3f0f7a11")
"""The id of a message of a provider; an event has the same."""

# Other systems' names for a contract; rows that these need besides are no matter here.
_CALLED: Final = (
    "UPDATE envelope_contracts SET proposal_key = '3b0c9d4e-7c1f-4f58-9a55-0d5f7e1a2b3c', "
    "proposal_number = 'CCB-77', credit_operation_key = 'op-key-1', refinancing_key = 'ref-key-1', "
    "portability_number = '202612010000123456789' WHERE id = $1",
    "INSERT INTO unwanted_proposals (id, provider, proposal_key, contract_id, reason, "
    "wanted_gone_at, operation_id) "
    "VALUES (gen_random_uuid(), 'qitech', 'unwanted-1', $1, 'surplus', now(), gen_random_uuid())",
    "INSERT INTO payment_transactions (id, contract_id, installment_id, provider, reference, kind, "
    "amount, currency, created_at) "
    "VALUES (gen_random_uuid(), $1, gen_random_uuid(), 'lyra', 'Txn-9F3', 'payment', 1, 'EUR', now())",
    "INSERT INTO invoices (id, contract_id, tenant, organization, year, number, reference, kind, "
    "total, currency, issued_at, seller_id) VALUES (gen_random_uuid(), $1, 'house', 'univ', 2026, 12, "
    "'UNIV-2026-000012', 'main', 1, 'EUR', now(), gen_random_uuid())",
    "INSERT INTO signing_procedures (id, contract_id, provider, provider_reference, title, "
    "document_id, state, created_at, expires_at, version, sent_version) VALUES (gen_random_uuid(), "
    "$1, 'lexpersona', 'wfl_4b7', 't', gen_random_uuid(), 'aborted', now(), now(), 1, 1)",
)


@dataclass(frozen=True)
class There:
    """What can be found: an envelope's one contract, another customer's, a learner's, and more."""

    contract: UUID
    number: str
    token: str
    envelope: UUID
    bought: UUID
    learnt: UUID
    phone: UUID
    application: UUID
    chat: UUID
    operation: UUID
    asked: UUID


async def make_things(site: Site) -> There:
    """One thing of each kind."""
    made = await site.ask("POST", "/api/v1/envelopes", json=envelope(portabilities=1))
    [contract] = made.body["contracts"]
    person = {
        "name": "Joana D’Ávila Prado",
        "document": {"kind": "cnpj", "number": "11.222.333/0001-81"},
        "email": "Joana@Prado.example",
        "phone": "+5521912345678",
    }
    customer = await site.ask("POST", "/api/v1/customers", json=person)
    assert 201 == customer.status, customer
    database, its_id = site.runtime.database, UUID(contract["id"])
    async with database.unit_of_work(actor="test") as work:
        [row] = await work.fetch("SELECT id FROM envelopes WHERE token = $1", made.body["token"])
        bought = await _add_contract(work, "Plan 7", UUID(customer.body["id"]))
        await work.fetch("SET LOCAL session_replication_role = replica")
        for statement in _CALLED:
            await work.fetch(statement, its_id)
        with coming_from("a-request-7", "203.0.113.7"):
            await note_act(work, "cli", "note.written", Subject("contract", bought))
        with coming_from("a-request-8", "203.0.113.7"):
            await note_act(work, "cli", "note.written", Subject("contract", bought))
            await note_act(work, "cli", "note.written", Subject("contract", its_id))
            await note_act(work, "cli", "account.disabled", Subject("account", new_id()))
        there = There(
            contract=its_id,
            number=contract["number"],
            token=made.body["token"],
            envelope=row["id"],
            bought=bought,
            learnt=await _add_order(work),
            phone=await _add_number(work),
            application=await _add_application(work),
            chat=await _add_chat(work),
            operation=await add_operation(database, subject=its_id),
            asked=await add_operation(database, subject=new_id()),
        )
        await _add_messages(work)
    await database.fetch(
        "UPDATE operations SET reference = 'hold-12', key = 'reserve:4711' WHERE id = $1",
        there.asked,
    )
    # The provider's word for what it did is mostly its word for the contract.
    await database.fetch(
        "UPDATE operations SET reference = 'op-key-1' WHERE id = $1", there.operation
    )
    return there


async def _add_contract(work: UnitOfWork, name: str, customer: UUID | None) -> UUID:
    contract = new_id()
    await work.fetch(
        "INSERT INTO contracts (id, name, customer_id, backend, state, activated, created_at, "
        "external_references, backend_record, version) "
        "VALUES ($1, $2, $3, 'net', 'created', false, now(), '{}', '{}', 1)",
        contract,
        name,
        customer,
    )
    return contract


async def _add_order(work: UnitOfWork) -> UUID:
    order, learner = await _add_contract(work, "Order 3", None), new_id()
    await work.fetch(
        "INSERT INTO learners (id, username, username_hash, tenant) VALUES ($1, $2, $3, 'house')",
        learner,
        work.keys.encrypt("learner.7", "learners.username"),
        work.keys.hash(USERNAME, "learner.7"),
    )
    await work.fetch(
        "INSERT INTO orders (id, owner_id, offering_id, product_id, course_id, state, total, currency, "
        "is_one_sitting, has_waived_withdrawal_right, created_at) VALUES ($1, $2, "
        "gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'draft', 1, 'EUR', false, false, now())",
        order,
        learner,
    )
    return order


async def _add_number(work: UnitOfWork) -> UUID:
    phone = new_id()
    await work.fetch(
        "INSERT INTO phone_number (id, msisdn, origin, status, assigned_sim_id, created_at, "
        "updated_at) VALUES ($1, '5511912345678', 'VIVO', 'IN_USE', $2, now(), now())",
        phone,
        SIM,
    )
    return phone


async def _add_application(work: UnitOfWork) -> UUID:
    application = new_id()
    await work.fetch(
        "INSERT INTO applications (id, tenant, origin, kind, state, payment_state, version, "
        "revision, fields, created_at, updated_at, onec_number, onec_ref, payer_hash, "
        "payer_name_hash) VALUES ($1, 'house', 'api', 'ordinary', 'draft', 'none', 1, 1, '{}', "
        "now(), now(), 'ТР-000123', 'onec-ref-5', $2, $3)",
        application,
        work.keys.hash(DOCUMENT, INN),
        work.keys.hash(NAME, "ооо ромашка"),
    )
    return application


async def _add_chat(work: UnitOfWork) -> UUID:
    chat = new_id()
    await work.fetch(
        "INSERT INTO chats (id, provider, telegram_id, title, title_hash, type, state, created_at) "
        "VALUES ($1, 'telegram', -1001234567890, $2, $3, 'supergroup', 'present', now())",
        chat,
        work.keys.encrypt("Ромашка / payments", "chats.title"),
        work.keys.hash(NAME, "ромашка payments"),
    )
    await work.fetch(
        "INSERT INTO chat_aliases (telegram_id, chat_id, since) "
        "VALUES (-1001234567890, $1, now()), (-4123456789, $1, now())",
        chat,
    )
    return chat


async def _add_messages(work: UnitOfWork) -> None:
    await work.fetch(
        "INSERT INTO inbox (id, provider, vendor_id, body, received_at) "
        "VALUES ($1, 'qitech', 'm', '', now())",
        SERVICE,
    )
    await work.fetch(
        "INSERT INTO webhook_events (id, type, occurred_at, body, subject_id) "
        "VALUES ($1, 'contract.activated', now(), '', gen_random_uuid())",
        f"evt_{SERVICE.hex}",
    )


def of_rui(*, portabilities: int, cpf: str = "529.982.247-25") -> dict[str, Any]:
    """An envelope of another client."""
    body = envelope(portabilities=portabilities)
    body["customer"] |= {
        "name": "Rui Barbosa",
        "cpf": cpf,
        "email": "rui@example.com",
        "phone": {"area_code": "31", "number": "987650000"},
    }
    return body


async def make_alike(site: Site) -> None:
    """A client whose phone is one of our numbers; and two chats that are called like them."""
    person = {"name": "Tito Luz", "phone": "+5531987651111"}
    customer = await site.ask("POST", "/api/v1/customers", json=person)
    async with site.runtime.database.unit_of_work(actor="test") as work:
        await _add_contract(work, "Line 9", UUID(customer.body["id"]))
        await work.fetch(
            "INSERT INTO phone_number (id, msisdn, origin, status, created_at, updated_at) "
            "VALUES ($1, '5531987651111', 'VIVO', 'QUARANTINE', now(), now())",
            new_id(),
        )
        for number in (-4000000001, -4000000002):
            await work.fetch(
                "INSERT INTO chats (id, provider, telegram_id, title, title_hash, type, state, "
                "created_at) VALUES ($1, 'telegram', $2, $3, $4, 'group', 'present', now())",
                new_id(),
                number,
                work.keys.encrypt("Tito Luz, transfers", "chats.title"),
                work.keys.hash(NAME, "tito luz transfers"),
            )
