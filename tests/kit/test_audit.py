"""Who did what: written with the change, with where it came from, and with nothing of anybody."""

from typing import Any

import pytest

from tests.emptying import empty
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.service import create_account, disable_account, set_password
from tramita.kit.accounts.sessions import WrongCredentials, end_session, sign_in
from tramita.kit.audit import Subject, coming_from, network_prefix, note_act
from tramita.kit.database.engine import Database
from tramita.kit.identifiers import new_id
from tramita.kit.tokens import create_token, revoke_token

EMAIL, PASSWORD = "ana@example.com", "correct horse battery"


async def written(database: Database) -> list[dict[str, Any]]:
    rows = await database.fetch(
        "SELECT actor, action, subject_kind, subject_id, tenant, details::text, request_id, network "
        "FROM audit ORDER BY id"
    )
    return [dict(row) for row in rows]


async def acts(database: Database) -> list[tuple[str, str]]:
    return [(one["actor"], one["action"]) for one in await written(database)]


class TestAnAct:
    async def test_is_kept_with_its_request(self, database: Database) -> None:
        """Who, what, on what, and from which network; by the platform's clock."""
        thing = new_id()
        with coming_from("req-1", "203.0.113.77"):
            async with database.unit_of_work(actor="user:ana@example.com") as work:
                subject = Subject("customer", thing, "acme")
                await note_act(work, work.actor, "contact.shown", subject, field="phone", times=2)

        assert [
            {
                "actor": "user:ana@example.com",
                "action": "contact.shown",
                "subject_kind": "customer",
                "subject_id": str(thing),
                "tenant": "acme",
                "details": '{"field": "phone", "times": 2}',
                "request_id": "req-1",
                "network": "203.0.113.0/24",
            }
        ] == await written(database)

    async def test_without_a_request_comes_from_nowhere(self, database: Database) -> None:
        """A command has neither a number nor a network, and a provider has a name for an id."""
        async with database.unit_of_work(actor="cli") as work:
            await note_act(work, work.actor, "provider.paused", Subject("provider", "lyra"))

        [row] = await written(database)
        assert ("lyra", None, None) == (row["subject_id"], row["request_id"], row["network"])

    async def test_goes_with_what_is_not_done(self, database: Database) -> None:
        """What was rolled back was not done, and nobody is said to have done it."""

        async def fail_after_all() -> None:
            async with database.unit_of_work(actor="cli") as work:
                await note_act(work, work.actor, "token.created", Subject("token"))
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await fail_after_all()

        assert [] == await written(database)

    async def test_names_nobody_by_accident(self, database: Database) -> None:
        """What looks like an address or a document in a detail is masked."""
        async with database.unit_of_work(actor="cli") as work:
            said = ["529.982.247-25", "maria@example.com"]
            await note_act(work, work.actor, "x.done", Subject("x"), one=said[1], many=said)

        [row] = await written(database)
        assert not [one for one in said if one in row["details"]]


class TestANetwork:
    @pytest.mark.parametrize(
        ("address", "prefix"),
        [
            ("203.0.113.77", "203.0.113.0/24"),
            ("::ffff:203.0.113.77", "203.0.113.0/24"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
            ("", None),
            ("unix", None),
        ],
    )
    def test_is_told_and_no_address(self, address: str, prefix: str | None) -> None:
        """Enough to tell two offices apart."""
        assert prefix == network_prefix(address)


@pytest.mark.usefixtures("quick_passwords")
class TestAnAccount:
    async def test_leaves_what_was_done_to_it(self, database: Database) -> None:
        """Made, entered, left, given another password, disabled; whoever did each."""
        async with database.unit_of_work(actor="cli") as work:
            await create_account(work, EMAIL, PASSWORD, Role.OPERATOR)
        entry = await sign_in(database, email=EMAIL, password=PASSWORD, address="192.0.2.1")
        async with database.unit_of_work() as work:
            await end_session(work, entry.session_id)
        async with database.unit_of_work(actor="cli") as work:
            await set_password(work, EMAIL, PASSWORD + "!")
            await disable_account(work, EMAIL)

        assert [
            ("cli", "account.created"),
            (f"user:{EMAIL}", "account.signed_in"),
            (f"user:{EMAIL}", "account.signed_out"),
            ("cli", "account.password_set"),
            ("cli", "account.disabled"),
        ] == await acts(database)

    async def test_that_is_guessed_at_is_named_and_the_guess_is_not(
        self, database: Database
    ) -> None:
        """Of an address that nobody has it does not stay: people type passwords there, and strangers
        would fill the table. Of each account, and of all else together, stays once an hour how often."""
        async with database.unit_of_work() as work:
            await create_account(work, EMAIL, PASSWORD, Role.OPERATOR)
        await empty(database, "audit")
        for number in range(30):
            for email in (EMAIL, "a secret of theirs"):
                network = f"198.51.{number}.1"
                with pytest.raises(WrongCredentials):
                    await sign_in(database, email=email, password="wrong", address=network)

        found = await written(database)
        assert [("nobody", "account.sign_in_failed", '{"times": 30}')] * 2 == [
            (row["actor"], row["action"], row["details"]) for row in found
        ]
        subjects = {row["subject_kind"]: row["subject_id"] for row in found}
        assert {"account", "address"} == set(subjects)
        assert "nobody" == subjects["address"]


class TestAToken:
    async def test_leaves_who_made_it_and_who_revoked_it(self, database: Database) -> None:
        """Its scopes are told, and it is not."""
        async with database.unit_of_work(actor="cli") as work:
            token = await create_token(work, "shop", ["numbering:read"])
        async with database.unit_of_work(actor="cli") as work:
            await revoke_token(work, "shop")

        made, revoked = await written(database)
        assert ["token.created", "token.revoked"] == [made["action"], revoked["action"]]
        assert made["subject_id"] == revoked["subject_id"]
        assert '{"scopes": ["numbering:read"]}' == made["details"]
        assert token not in str(made)
