"""Every page of the console that is looked at: lists as they are narrowed, and things of each kind."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import asyncpg

# What those are alike by that say nothing, as in ``lives``.
REASON: Final = hashlib.md5(b"portability.accept_balance qitech ").hexdigest()  # noqa: S324 - as there
LISTS: Final[Mapping[str, str]] = {
    "overview": "/console",
    "contracts, newest first": "/console/contracts",
    "contracts that stand longest": "/console/contracts?order=longest",
    "contracts of a journey under way": "/console/contracts?journey=portability&stage=under_way",
    "contracts in a stage": "/console/contracts?journey=orders&stage=to_sign&order=longest",
    "contracts of a provider": "/console/contracts?provider=sigan",
    "contracts that have stood for 30 days": "/console/contracts?stood=month",
    "contracts begun since a day": "/console/contracts?begun=2999-01-01",
    "contracts ended since a day": "/console/contracts?stage=ended_otherwise&came=2999-01-01",
    "contracts of a partner": "/console/contracts?partner=rare",
    "files of contracts": "/console/contracts/files",
    "what needs attention": "/console/attention",
    "providers": "/console/providers",
    "a provider": "/console/providers/qitech",
    "operations": "/console/operations",
    "operations that wait": "/console/operations?state=waiting",
    "operations of a provider": "/console/operations?state=pending&provider=lyra",
    "operations wanted for a week": "/console/operations?state=pending&age=week",
    "operations that ended": "/console/operations?state=succeeded",
    "operations that were refused": "/console/operations?state=refused",
    "operations that were refused for a reason": f"/console/operations?state=refused&reason={REASON}",
    "operations of a rare kind": "/console/operations?state=succeeded&kind=portability.open_group",
    "orders": "/console/orders",
    "orders in a rare state": "/console/orders?state=failed_payment",
    "the catalogue": "/console/catalogue/courses",
    "e-mails that failed": "/console/mails",
    "applications": "/console/applications",
    "applications in a state": "/console/applications?state=in_work",
    "agents": "/console/agents",
    "the exchange with 1C": "/console/exchange",
    "messages of 1C that were refused": "/console/exchange?standing=rejected",
    "chats": "/console/chats",
    "numbering": "/console/numbering",
    "numbers of an area code": "/console/numbering/numbers?ddd=11",
    "numbers in a state": "/console/numbering/numbers?status=QUARANTINE",
    "exchanges": "/console/exchanges",
    "exchanges that were refused": "/console/exchanges?outcome=refused",
    "exchanges of a kind": "/console/exchanges?provider=sigan&kind=numbering.reserve_numbers",
    "messages": "/console/messages",
    "messages put aside": "/console/messages?standing=aside",
    "deliveries": "/console/deliveries",
    "deliveries that failed": "/console/deliveries?standing=failed",
    "jobs": "/console/jobs",
    "people": "/console/people",
    "retention": "/console/retention",
    "what can be typed to search": "/console/search",
    "audit": "/console/audit",
    "audit of a person": "/console/audit?person=ana@example.com",
    "accounts": "/console/accounts",
    "tokens": "/console/tokens",
    "me": "/console/me",
    "my security": "/console/me/security",
}


@dataclass(frozen=True)
class Thing:
    """The page of one thing; ``found`` is a statement for what its address names."""

    address: str
    found: str


def _contract(journey: str) -> Thing:
    """One in the middle of the others."""
    found = f"SELECT id FROM contracts WHERE backend = '{journey}' AND state = 'activated' ORDER BY id LIMIT 1 OFFSET 50"  # noqa: S608 - ours
    return Thing("/console/contracts/{contract_id:uuid}", found)


THINGS: Final[Mapping[str, Thing]] = {
    **{
        f"a contract: {journey}": _contract(journey)
        for journey in ("portability", "orders", "vivo", "onec", "smt")
    },
    "a group of what needs attention": Thing(
        "/console/attention/{alike:str}",
        "SELECT md5(concat_ws(' ', kind, provider, 'no answer within … s')) FROM operations "
        "WHERE state = 'NEEDS_ATTENTION' LIMIT 1",
    ),
    "an act on many": Thing(
        "/console/attention/acts/{bulk_id:uuid}", "SELECT id FROM bulk_acts LIMIT 1"
    ),
    "a parked operation": Thing(
        "/console/operations/{operation_id:uuid}",
        "SELECT id FROM operations WHERE state = 'NEEDS_ATTENTION' LIMIT 1",
    ),
    "an operation that ended": Thing(
        "/console/operations/{operation_id:uuid}",
        "SELECT id FROM operations WHERE state = 'SUCCEEDED' ORDER BY id LIMIT 1 OFFSET 50",
    ),
    "an order": Thing(
        "/console/orders/{order_id:uuid}", "SELECT id FROM orders ORDER BY id LIMIT 1 OFFSET 50"
    ),
    "something that is offered": Thing(
        "/console/catalogue/courses/{row_id:uuid}", "SELECT id FROM courses LIMIT 1"
    ),
    "an application": Thing(
        "/console/applications/{application_id:uuid}",
        "SELECT id FROM applications ORDER BY id LIMIT 1 OFFSET 20",
    ),
    "a message of 1C": Thing(
        "/console/exchange/{message_id:uuid}",
        "SELECT id FROM office_messages WHERE direction = 'in' ORDER BY id LIMIT 1",
    ),
    "a chat": Thing(
        "/console/chats/{chat_id:uuid}", "SELECT id FROM chats ORDER BY id LIMIT 1 OFFSET 20"
    ),
    "a number": Thing(
        "/console/numbering/numbers/{number_id:uuid}",
        "SELECT id FROM phone_number ORDER BY id LIMIT 1 OFFSET 50",
    ),
    "an exchange": Thing(
        "/console/exchanges/{exchange_id:int}", "SELECT id FROM exchanges ORDER BY id LIMIT 1"
    ),
    "a message": Thing("/console/messages/{message_id:uuid}", "SELECT id FROM inbox LIMIT 1"),
    "a delivery": Thing(
        "/console/deliveries/{event_id:str}",
        "SELECT event_id FROM webhook_deliveries ORDER BY id LIMIT 1",
    ),
    "what a thing is part of": Thing(
        "/console/things/{thing:uuid}",
        "SELECT id FROM envelope_contracts ORDER BY id LIMIT 1 OFFSET 50",
    ),
    "an account": Thing("/console/accounts/{account_id:uuid}", "SELECT id FROM accounts LIMIT 1"),
}
# No page that shows what there is much of: forms, steps of signing in, waits, and what is fetched. What
# searching costs is measured search by search, among ``looks``.
OTHERS: Final = frozenset(
    {
        "/console/applications/{application_id:uuid}/changes",
        "/console/applications/csv",
        "/console/audit/csv",
        "/console/catalogue",
        "/console/catalogue/{shelf:str}/new",
        "/console/contracts/files/{export_id:uuid}",
        "/console/login",
        "/console/orders/{order_id:uuid}/changes",
        "/console/orders/{order_id:uuid}/invoice",
        "/console/search/{search:uuid}",
        "/console/second-step",
        "/console/tokens/{token_id:uuid}",
        "/console/welcome/{secret:str}",
    }
)


async def find_addresses(connection: asyncpg.Connection) -> dict[str, str]:
    """Each page's address in a database that lives fill."""
    things = {}
    for name, thing in THINGS.items():
        found = await connection.fetchval(thing.found)
        assert found is not None, name
        head, _, rest = thing.address.partition("{")
        things[name] = head + str(found) + rest.partition("}")[2]
    return {**LISTS, **things}
