"""Forgetting one of our own people: the name goes, and what they did stays by one and the same stranger.

A name stands beside everything that somebody did, in columns that all hold an actor. They are found in
the schema, so that a table which comes later is not forgotten. It may be run again from anywhere.
"""

from typing import Final

from tramita.kit.accounts.model import AccountNotDisabled, AccountNotFound, normalize_email
from tramita.kit.accounts.second_factor import end_all
from tramita.kit.accounts.sessions import name_of
from tramita.kit.audit import Subject, note_act
from tramita.kit.database.engine import Database

# What a column is called that says who did something.
_NAMED: Final = r"^(actor|[a-z]+_by)$"


async def forget_account(database: Database, email: str, *, actor: str) -> str:
    """Put another name in the place of a disabled account's; answers which.

    Raises ``AccountNotFound`` and ``AccountNotDisabled``.
    """
    email = normalize_email(email)
    rows = await database.fetch("SELECT id, disabled_at FROM accounts WHERE email = $1", email)
    if not rows:
        raise AccountNotFound(email=email)
    if rows[0]["disabled_at"] is None:
        raise AccountNotDisabled(email=email)
    account_id = rows[0]["id"]
    stranger = f"forgotten-{account_id.hex[-12:]}"
    columns = await database.fetch(
        "SELECT c.table_name AS name, c.column_name AS column FROM information_schema.columns AS c "
        "JOIN information_schema.tables AS t USING (table_schema, table_name) "
        "WHERE c.table_schema = 'public' AND c.data_type = 'text' AND c.column_name ~ $1 "
        "AND t.table_type = 'BASE TABLE' ORDER BY 1, 2",
        _NAMED,
    )
    for table, column in columns:
        async with database.unit_of_work(actor=actor) as work:
            # The second condition is that of the indexes over what people did.
            await work.fetch(
                f"UPDATE {table} SET {column} = $2 "  # noqa: S608 - names of the schema
                f"WHERE {column} = $1 AND starts_with({column}, 'user:')",
                name_of(email),
                name_of(stranger),
            )
    # The account itself goes last: until then the same command finds it again.
    async with database.unit_of_work(actor=actor) as work:
        # Somebody may have let them in again since we looked; what is not committed is waited for.
        disabled = await work.fetch(
            "SELECT FROM accounts WHERE id = $1 AND disabled_at IS NOT NULL FOR NO KEY UPDATE",
            account_id,
        )
        if not disabled:
            raise AccountNotDisabled(email=email)
        await work.fetch(
            "UPDATE mails SET recipient = NULL, facts = NULL WHERE subject_id = $1", account_id
        )
        await work.fetch("DELETE FROM account_links WHERE account_id = $1", account_id)
        await work.fetch("DELETE FROM second_factors WHERE account_id = $1", account_id)
        # What was theirs alone: names of views may name a client.
        await work.fetch("DELETE FROM saved_views WHERE account_id = $1", account_id)
        await work.fetch("DELETE FROM exports WHERE account_id = $1", account_id)
        await end_all(work, account_id)
        await work.fetch(
            "UPDATE accounts SET email = $2, password_hash = NULL WHERE id = $1",
            account_id,
            stranger,
        )
        await note_act(work, work.actor, "account.forgotten", Subject("account", account_id))
    return stranger
