"""The contract backend ``portability``: what a portability is to the core.

A portability is born with its envelope, and whoever cancels its contract cancels what lives
of it at the bank.
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from tramita.contracts.backends import Clients, ContractBackend, Part
from tramita.contracts.errors import BackendRefused
from tramita.contracts.model import Contract
from tramita.contracts.signals import on_contract_create
from tramita.kit.database.work import UnitOfWork
from tramita.portability.console.stages import OTHER_STAGES, PRODUCTS, STAGES
from tramita.portability.ending import cancel_contract
from tramita.portability.model import BACKEND, named


def created(contract: Contract) -> None:
    """A contract that belongs to no envelope could never be sent, signed or cancelled."""
    if contract.envelope_token is None:
        raise BackendRefused("a portability is made with its envelope (POST /api/v1/envelopes)")


def describe(contract: Contract) -> dict[str, Any]:
    """The proposal's key, number, status, rate and instalment, once there is one."""
    return {"name": BACKEND, "contract": contract.name, **(contract.backend_record or {})}


async def parts(work: UnitOfWork, contract_id: UUID) -> Sequence[Part]:
    """Its envelope, the pictures of it, and what must not live at the bank."""
    rows = await work.fetch(
        """
        WITH mine AS (SELECT envelope_id AS id FROM envelope_contracts WHERE id = $1)
        SELECT id FROM mine
        UNION ALL
        SELECT d.id FROM envelope_documents AS d JOIN mine ON mine.id = d.envelope_id
        UNION ALL
        SELECT id FROM unwanted_proposals WHERE contract_id = $1
        """,
        contract_id,
    )
    return [Part(row["id"]) for row in rows]


CLIENTS: Final = Clients(
    "SELECT c.id, e.customer::text AS stored FROM envelope_contracts AS c "
    "JOIN envelopes AS e ON e.id = c.envelope_id WHERE c.id = ANY($1::uuid[])",
    lambda keys, stored: named(keys, stored).name,
)
backend = ContractBackend(
    key=BACKEND,
    title="Portability",
    handlers={on_contract_create: created},
    describe=describe,
    cancel=cancel_contract,
    parts=parts,
    keeps_envelopes=True,
    # Its name when QI Tech was the only bank there was.
    former_keys=("qitech",),
    stages=STAGES,
    besides=OTHER_STAGES,
    products=PRODUCTS,
    clients=CLIENTS,
    acts=("portability",),
)
