"""What the console shows of a contract in an envelope: its way, its money, its client."""

from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from tramita.kit.database.work import UnitOfWork
from tramita.kit.http.showing import Link, Person, Shown, Stamp, Step, route_of
from tramita.kit.languages.words import to_translate
from tramita.portability.console.stages import OTHER_STAGES, STAGES
from tramita.portability.console.words import OTHER_REACHED, OTHER_WAY, REACHED, WAY
from tramita.portability.lifecycle import DEAD, ContractStatus, PortabilityStatus
from tramita.portability.model import CUSTOMER
from tramita.portability.subjects import in_reais

# More contracts of one envelope are not listed.
_MOST_OTHERS: Final = 20
_CONTRACT: Final = """
    SELECT c.*, e.token, e.state AS envelope_state, e.expires_at, e.customer::text AS customer,
           (SELECT jsonb_agg(jsonb_build_array(o.id, o.number) ORDER BY o.position)::text
            FROM (SELECT id, number, position FROM envelope_contracts
                  WHERE envelope_id = c.envelope_id AND id <> c.id
                  ORDER BY position LIMIT $2) AS o) AS others
    FROM envelope_contracts AS c JOIN envelopes AS e ON e.id = c.envelope_id WHERE c.id = $1
"""


async def show_portability(work: UnitOfWork, contract_id: UUID) -> Shown | None:
    """How a contract in an envelope stands; none where it is in none."""
    rows = await work.fetch(_CONTRACT, contract_id, _MOST_OTHERS)
    if not rows:
        return None
    [row] = rows
    status = row["portability_status"] or row["contract_status"]
    stage = STAGES.get(status) or OTHER_STAGES.get(status)
    is_unsigned = status in {
        PortabilityStatus.DIGITACAO,
        PortabilityStatus.FORMALIZACAO_CLIENTE,
        ContractStatus.AGUARDANDO_FORMALIZACAO,
    }
    client = msgspec.json.decode(work.keys.decrypt_json(row["customer"], CUSTOMER))
    return Shown(
        stamp=stage.stamp if stage else Stamp(status, "idle"),
        route=_route(row, status),
        waits=stage.next if stage else "",
        until=row["decides_by"] or (row["expires_at"] if is_unsigned else None),
        facts=_facts(row),
        money=_money(row),
        people=[_person(client)],
        links=[
            Link(f"{number}", "contract", UUID(id_))
            for id_, number in msgspec.json.decode(row["others"] or "[]")
        ],
    )


def _route(row: asyncpg.Record, status: str) -> list[Step]:
    is_portability = row["portability_status"] is not None
    names, reached = (WAY, REACHED) if is_portability else (OTHER_WAY, OTHER_REACHED)
    is_bad = status in {PortabilityStatus.REPROVADO, PortabilityStatus.RETIDO}
    is_over = status in DEAD or status == ContractStatus.CANCELADO
    return route_of(names, reached=reached.get(status, 1), is_over=is_over, is_bad=is_bad)


def _facts(row: asyncpg.Record) -> list[tuple[str, str]]:
    origin = row["origin"] or {}
    found = [
        (to_translate("Number"), row["number"]),
        (to_translate("Number at the provider"), row["number_at_provider"]),
        (to_translate("Provider"), row["provider"]),
        (to_translate("Present bank"), origin.get("bank_name")),
        (to_translate("Proposal"), row["proposal_number"]),
        (to_translate("Portability number"), row["portability_number"]),
        (to_translate("Stage at the bank"), row["stage_said"]),
        (to_translate("Contradiction"), row["conflict"]),
        *(
            (to_translate("Reason"), one.get("sentence") or one.get("code"))
            for one in row["reasons"]
        ),
        (to_translate("Envelope"), str(row["envelope_id"])),
    ]
    return [(label, str(value)) for label, value in found if value]


def _money(row: asyncpg.Record) -> list[tuple[str, str]]:
    origin, financial = row["origin"] or {}, row["financial"] or {}
    found = [
        (to_translate("Owed when it was sold"), origin.get("last_due_balance")),
        (to_translate("Final balance"), row["final_balance"]),
        (to_translate("Amount of the new loan"), financial.get("issue_amount")),
        (to_translate("New instalment"), financial.get("installment_amount")),
        (to_translate("Saved in all"), financial.get("saving_total")),
    ]
    return [(label, in_reais(value)) for label, value in found if value]


def _person(client: dict[str, Any]) -> Person:
    borrower = client.get("borrower", {})
    phone = borrower.get("phone", {})
    return Person(
        role=to_translate("Client"),
        name=borrower.get("name", ""),
        document=borrower.get("cpf", ""),
        email=borrower.get("email", ""),
        phone=f"{phone.get('area_code', '')}{phone.get('number', '')}",
    )
