"""Learners, payers, members, cards and documents from before their encryption."""

import pytest

from tests.forgetting import PEOPLE, rows_of, traces_without_key
from tests.kit.database.old import old_database
from tests.kit.people.test_encrypting import keys_used, tell
from tramita.kit.database.migrate import migrate
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.jwt_users import JWTUser
from tramita.kit.people.encrypting import rotate
from tramita.orders.learners import know_learner
from tramita.payments.cards import find_payer_of, list_cards, save_card
from tramita.payments.ports import SavedCard

NAME = "Zulmira Quartzberg"
USER = JWTUser("house", "zulmira.q@example.org", "zulmira.q@example.org", NAME, "pt")
CARD = SavedCard("token-1", "Visa", 12, 2030, "0014", "issuer-1")
_BEFORE = (
    "INSERT INTO customers (id, name, email, locale, created_at) "
    "VALUES (gen_random_uuid(), $1, $2, 'pt', now())",
    "INSERT INTO learners (id, username, tenant) SELECT id, $2, 'house' FROM customers WHERE name = $1",
    "INSERT INTO payers (id, tenant, owner, email, created_at) "
    "VALUES (gen_random_uuid(), left($1, 0) || 'house', $2, $2, now())",
    "INSERT INTO payers (id, tenant, owner, email, created_at) SELECT gen_random_uuid(), "
    "left($1 || $2, 0) || 'house', '(erased) ' || n, '(erased)', now() FROM generate_series(1, 2) AS n",
    "WITH gone AS (INSERT INTO customers (id, name, created_at) SELECT gen_random_uuid(), '(erased)', "
    "now() FROM generate_series(1, 2) RETURNING id) INSERT INTO learners (id, username, tenant) "
    "SELECT id, left($1 || $2, 0) || '(erased) ' || id, 'house' FROM gone",
    "INSERT INTO credit_cards (id, tenant, provider, token, issuer_reference, title, brand, "
    "expiration_month, expiration_year, last_numbers, state, created_at) VALUES (gen_random_uuid(), "
    "left($2, 0) || 'house', 'lyra', 'token-1', 'issuer-1', $1, 'Visa', 12, 2030, '0014', 'active', now())",
    "INSERT INTO card_owners SELECT c.id, p.id, true, now() FROM credit_cards AS c, payers AS p "
    "WHERE p.owner = $2 AND $1 <> ''",
    "INSERT INTO organizations (id, code, title, created_at) "
    "VALUES (gen_random_uuid(), left($1 || $2, 0) || 'univ', 'University', now())",
    "INSERT INTO organization_members (id, organization_id, username, full_name, email, language, "
    "role, created_at) SELECT gen_random_uuid(), id, $2, $1, $2, 'pt', 'owner', now() FROM organizations",
    "INSERT INTO documents (id, digest, title, text, language, file, created_at) VALUES "
    "(gen_random_uuid(), left($2, 0) || 'digest', 'A title', 'Agreement of ' || $1, 'pt', 'a-file', now())",
)


@pytest.mark.parametrize("is_rotated", [False, True])
async def test_are_found_at_once_and_encrypted_afterwards(
    server: EmbeddedPostgres, is_rotated: bool
) -> None:
    """Whoever was known stays so, by the same name and with the same card; who was erased stays that."""
    async with old_database(server, "0034") as database:
        for statement in _BEFORE:
            await database.fetch(statement, NAME, USER.username)
        await migrate(database)
        if is_rotated:
            await rotate(database, PEOPLE, tell)

        async with database.unit_of_work(actor="test") as work:
            await know_learner(work, USER)
            payer = await find_payer_of(work, "house", USER.username)
            assert payer is not None
            await save_card(work, "lyra", payer, CARD)
            [card] = await list_cards(work, payer, "lyra")

        told = await rows_of(database, "organization_members", "username, full_name, email")
        payers = await rows_of(database, "payers", "owner, owner_hash IS NULL")
        assert [(USER.username, NAME, USER.username)] == told
        assert {(USER.username, False), ("(erased)", True)} == {*payers}
        assert [("Agreement of " + NAME,)] == await rows_of(database, "documents", "text")
        assert (NAME, True) == (card.title, card.is_main)
        learners = await rows_of(database, "learners", "username, username_hash IS NULL")
        assert [(USER.username, False), *[("(erased)", True)] * 2] == sorted(learners, reverse=True)
        files = await database.fetch("SELECT name, key, drop_at FROM stored_files")
        assert [("a-file", "", None)] == [tuple(one) for one in files]
        if is_rotated:
            assert {database.keys.first_name} == await keys_used(database)
            assert [] == await traces_without_key(database)
