"""Read models of applications: one statement each, whatever the page's size and however many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import asyncpg
from msgspec import json
from sqlalchemy import select

from tramita.kit.database.conditions import NOTHING, is_written, one_of, only_given
from tramita.kit.database.places import MOST_COUNTED
from tramita.kit.database.work import UnitOfWork
from tramita.transfers.amounts import written
from tramita.transfers.errors import ApplicationNotFound
from tramita.transfers.lifecycle import UNCHECKED, ApplicationState
from tramita.transfers.model import AGENT_NAME, FIELDS, Application, Offer
from tramita.transfers.rules.kinds import Kind
from tramita.transfers.rules.visibility import Visibility
from tramita.transfers.views import AgentView, ApplicationLine, MarketLine

PARTS: Final = """
    SELECT id FROM offers WHERE application_id = $1
    UNION ALL SELECT id FROM document_jobs WHERE application_id = $1
"""
"""Whose history is an application's as well."""
_LINES: Final = """
    SELECT a.id, a.tenant, a.kind, a.state, a.payment_state, a.amount, a.currency, a.fields::text,
           a.agent_id, a.onec_number, a.deadline, a.created_at, a.updated_at, a.version
    FROM applications AS a
"""
_SHOWN: Final = f"NOT {one_of('a.state', UNCHECKED)} AND a.in_house_at IS NOT NULL"


@dataclass(frozen=True, slots=True)
class ApplicationFilter:
    """Which applications; what is empty does not matter."""

    states: Sequence[ApplicationState] = ()
    kind: Kind | None = None
    agent_id: UUID | None = None
    chat_id: UUID | None = None
    tenant: str | None = None


def _newest(limit: int) -> str:
    """Written out: not knowing how few rows are wanted, PostgreSQL would plan it anew each time."""
    return f"ORDER BY a.id DESC LIMIT {limit + 1:d}"


async def list_applications(
    work: UnitOfWork, wanted: ApplicationFilter, *, before: UUID | None, limit: int
) -> list[ApplicationLine]:
    """Applications within the caller's bounds, newest first; one more than ``limit`` if there are."""
    tenant, carrier = work.bounds.limits
    conditions = [is_written("a.tenant", one) for one in (tenant, wanted.tenant) if one is not None]
    if carrier is not None:
        conditions.append(is_written("a.carrier", carrier))
    if wanted.states:
        conditions.append(one_of("a.state", wanted.states))
    if wanted.kind is not None:
        conditions.append(is_written("a.kind", wanted.kind.value))
    asked = {"a.agent_id =": wanted.agent_id, "a.chat_id =": wanted.chat_id, "a.id <": before}
    where, values = only_given({}, asked)
    everything = " AND ".join([*conditions, where])
    rows = await work.fetch(f"{_LINES} WHERE {everything} {_newest(limit)}", *values)
    return [_line(work, row) for row in rows]


async def count_applications(work: UnitOfWork) -> dict[ApplicationState, int]:
    """How many are in each state, of each at most one more than ``MOST_COUNTED``."""
    rows = await work.fetch(
        f"SELECT s.state, (SELECT count(*) FROM (SELECT FROM applications AS a "  # noqa: S608 - ours
        f"WHERE a.state = s.state LIMIT {MOST_COUNTED + 1:d}) AS counted) AS n "
        "FROM unnest($1::text[]) AS s(state)",
        [one.value for one in ApplicationState],
    )
    return {ApplicationState(row["state"]): row["n"] for row in rows}


def _fields(work: UnitOfWork, row: asyncpg.Record) -> dict[str, Any]:
    fields: dict[str, Any] = json.decode(work.keys.decrypt_json(row["fields"], FIELDS))
    return fields


def _amount(row: asyncpg.Record) -> str | None:
    amount: Decimal | None = row["amount"]
    return None if amount is None else written(amount, row["currency"])


def _line(work: UnitOfWork, row: asyncpg.Record) -> ApplicationLine:
    fields = _fields(work, row)
    beneficiary = fields.get("beneficiary", {})
    return ApplicationLine(
        id=row["id"],
        tenant=row["tenant"],
        kind=row["kind"],
        state=row["state"],
        payment_state=row["payment_state"],
        amount=_amount(row),
        currency=row["currency"],
        payer=fields.get("payer", {}).get("name", ""),
        beneficiary=beneficiary.get("name", ""),
        beneficiary_country=beneficiary.get("country", ""),
        agent_id=row["agent_id"],
        onec_number=row["onec_number"],
        deadline=row["deadline"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        version=row["version"],
    )


async def list_market(
    work: UnitOfWork, states: Sequence[ApplicationState], *, before: UUID | None, limit: int
) -> list[MarketLine]:
    """What agents of every tenant see, newest first; one more than ``limit`` if there are more."""
    chosen = one_of("a.state", states) if states else "true"
    where, values = only_given({}, {"a.id <": before})
    shown = f"{_SHOWN} AND {await _seen_by_others(work)} AND {chosen} AND {where}"
    rows = await work.fetch(f"{_LINES} WHERE {shown} {_newest(limit)}", *values)
    return [_market_line(work, row) for row in rows]


async def get_in_market(work: UnitOfWork, application_id: UUID) -> MarketLine:
    """One of these; raises ``ApplicationNotFound``."""
    shown = f"{_SHOWN} AND {await _seen_by_others(work)} AND a.id = $1"
    rows = await work.fetch(f"{_LINES} WHERE {shown}", application_id)
    if not rows:
        raise ApplicationNotFound(id=application_id)
    return _market_line(work, rows[0])


async def _seen_by_others(work: UnitOfWork) -> str:
    """The condition that what is not ordinary is no secret of its tenant's."""
    hiding = await work.fetch(
        "SELECT key, is_master FROM tenants WHERE application_visibility = $1 ORDER BY key",
        Visibility.OWN_TENANT.value,
    )
    ordinary = is_written("a.kind", Kind.ORDINARY.value)
    if any(row["is_master"] for row in hiding):
        return ordinary
    hidden = " OR ".join(is_written("a.tenant", row["key"]) for row in hiding)
    return f"({ordinary} OR NOT ({hidden or NOTHING}))"


def _market_line(work: UnitOfWork, row: asyncpg.Record) -> MarketLine:
    return MarketLine(
        id=row["id"],
        kind=row["kind"],
        state=row["state"],
        amount=_amount(row),
        currency=row["currency"],
        beneficiary_country=_fields(work, row).get("beneficiary", {}).get("country", ""),
        created_at=row["created_at"],
        deadline=row["deadline"],
    )


async def get_application_of_chat(work: UnitOfWork, chat_id: UUID) -> Application | None:
    """The application of a chat that is under way."""
    rows = await work.fetch(
        "SELECT id FROM applications WHERE chat_id = $1 "
        "AND state NOT IN ('completed', 'cancelled', 'rejected')",
        chat_id,
    )
    return await work.session.get_one(Application, rows[0]["id"]) if rows else None


async def agent_of_application(work: UnitOfWork, chat_id: UUID) -> UUID | None:
    """Whose the application of a chat is that is under way; nothing of it is read besides."""
    rows = await work.fetch(
        "SELECT agent_id FROM applications WHERE chat_id = $1 "
        "AND state NOT IN ('completed', 'cancelled', 'rejected')",
        chat_id,
    )
    return rows[0]["agent_id"] if rows else None


async def last_agent_of_chat(work: UnitOfWork, chat_id: UUID, tenant: str) -> UUID | None:
    """Whose a chat's last application was, if they are on the tenant's list still."""
    rows = await work.fetch(
        "SELECT g.id FROM (SELECT agent_id FROM applications WHERE chat_id = $1 "
        "ORDER BY id DESC LIMIT 1) AS last JOIN agents AS g ON g.id = last.agent_id "
        "WHERE g.tenant = $2 AND g.is_active",
        chat_id,
        tenant,
    )
    return rows[0]["id"] if rows else None


async def finished_of_chat(work: UnitOfWork, chat_id: UUID) -> list[ApplicationLine]:
    """What a chat was about before, newest first."""
    rows = await work.fetch(
        f"{_LINES} WHERE a.chat_id = $1 AND a.state IN ('completed', 'cancelled', 'rejected') "
        "ORDER BY a.id DESC LIMIT 50",
        chat_id,
    )
    return [_line(work, row) for row in rows]


async def list_offers(
    work: UnitOfWork, application_id: UUID, *, of_tenant: str | None = None
) -> Sequence[Offer]:
    """All offers on an application, or those of a tenant's agents, newest first."""
    rows = await work.fetch(
        "SELECT o.id FROM offers AS o JOIN agents AS g ON g.id = o.agent_id "
        "WHERE o.application_id = $1 AND ($2::text IS NULL OR g.tenant = $2) ORDER BY o.id DESC",
        application_id,
        of_tenant,
    )
    ids = [row["id"] for row in rows]
    found = await work.session.scalars(
        select(Offer).where(Offer.id.in_(ids)).order_by(Offer.id.desc()),
        execution_options={"populate_existing": True},
    )
    return found.all()


async def list_agents(work: UnitOfWork, *, before: UUID | None, limit: int) -> list[AgentView]:
    """Agents of the caller's tenant, or of all, newest first; one more than ``limit`` if there are."""
    where, values = only_given({}, {"g.tenant =": work.bounds.limits[0], "g.id <": before})
    found = await work.read(
        AgentView,
        f"SELECT g.id, g.tenant, g.name, g.telegram_id, g.role, g.is_active, g.created_at "  # noqa: S608 - ours
        f"FROM agents AS g WHERE {where} ORDER BY g.id DESC LIMIT {limit + 1:d}",
        *values,
    )
    for one in found:
        one.name = work.keys.decrypt(one.name, AGENT_NAME)
    return found
