"""The contract backend ``vivo``: a mobile line, with its number and its SIM.

A contract's ``external_references`` may name its number, ``{"msisdn": "55…"}`` (reserved
already) or ``{"preview_id": "…", "index": 0}``; else one is reserved at random, by ``ddd``
and ``brand_id`` of its package's terms or of its own references. ``sim`` is the ICCID of
its SIM; without one the number waits until it is assigned to a SIM.

Nothing is asked for here: handlers note what is wanted and have the contract looked after
(``contracts.journey.tend_contract``). Numbers and SIMs are hidden in the references once noted,
because everybody who may see the contract sees those. A contract may name what its maker
may see: the numbers and previews of the maker's carrier.
"""

import re
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any, Final, TypeGuard
from uuid import UUID

from tramita.contracts.backends import ContractBackend, Part
from tramita.contracts.errors import BackendRefused
from tramita.contracts.model import Contract
from tramita.contracts.signals import (
    on_contract_cancel,
    on_contract_create,
    on_contract_resume,
    on_contract_suspend,
)
from tramita.kit.database.work import UnitOfWork
from tramita.kit.masking_shapes import mask_device, mask_phone
from tramita.numbering.console.stages import STAGES
from tramita.numbering.contracts.journey.tend_contract import FOLLOW_SUSPENSION
from tramita.numbering.devices.identifiers import check_iccid
from tramita.numbering.numbers.rows import TEND_JOB

KEY: Final = "vivo"
_MSISDN: Final = re.compile(r"55[1-9][1-9]9[0-9]{8}")
_IN_A_PREVIEW: Final = range(3)
_SHOWN: Final = ("number", "status", "sim")


def created(contract: Contract, work: UnitOfWork) -> None:
    """Note what is wanted; raise ``BackendRefused`` for what cannot be meant."""
    references = contract.external_references
    wanted = _wanted_number(references)
    if wanted and not contract.bounds.may_name_numbers:
        raise BackendRefused(
            "the token that asks is bound to no carrier, so there is no number it may name"
        )
    terms = {name: references[name] for name in ("ddd", "brand_id") if name in references}
    if not wanted and contract.package_id is None and len(terms) < 2:
        raise BackendRefused(
            "a mobile line needs a package whose terms say ddd and brand_id, or a number "
            "of its own (msisdn, or preview_id and index)"
        )
    contract.backend_record.update(
        status="REQUESTED",
        wanted_number=wanted or None,
        wanted_terms=terms,
        wanted_sim=_wanted_sim(references),
    )
    _hide(references)
    work.enqueue(TEND_JOB, contract_id=contract.id)


def cancelled(contract: Contract, work: UnitOfWork) -> None:
    """Have the line ended and the number given back."""
    work.enqueue(TEND_JOB, contract_id=contract.id)


def suspended_or_resumed(contract: Contract, work: UnitOfWork) -> None:
    """Have the line rest, or go on."""
    work.enqueue(FOLLOW_SUSPENSION, contract_id=contract.id)


def describe(contract: Contract) -> dict[str, Any]:
    """The number, masked, where it stands, the SIM, and why it has come no further."""
    record = contract.backend_record or {}
    shown = {"name": KEY} | {name: record.get(name) for name in _SHOWN}
    return shown | ({"reason": record["reason"]} if record.get("reason") else {})


async def parts(work: UnitOfWork, contract_id: UUID) -> Sequence[Part]:
    """Its number, and the hold it was taken from: since then it is this contract's."""
    rows = await work.fetch(
        """
        SELECT n.id, n.pre_reservation_id, h.created_at FROM phone_number AS n
        LEFT JOIN pre_reservation AS h ON h.id = n.pre_reservation_id WHERE n.contract_id = $1
        """,
        contract_id,
    )
    numbers = [Part(row["id"], row["created_at"]) for row in rows]
    holds = [Part(row["pre_reservation_id"]) for row in rows if row["pre_reservation_id"]]
    return [*numbers, *holds]


def _wanted_number(references: Mapping[str, Any]) -> dict[str, Any]:
    """Which number the contract names; empty: none."""
    msisdn, preview, index = (references.get(name) for name in ("msisdn", "preview_id", "index"))
    if msisdn is not None and preview is not None:
        raise BackendRefused("msisdn and preview_id name two numbers; name one")
    if msisdn is not None:
        if not isinstance(msisdn, str) or not _MSISDN.fullmatch(msisdn):
            raise BackendRefused("msisdn is 55, the area code, 9 and eight more digits")
        return {"msisdn": msisdn}
    if preview is None:
        return {}
    if not _is_uuid(preview):
        raise BackendRefused("preview_id is no preview's id")
    if type(index) is not int or index not in _IN_A_PREVIEW:
        raise BackendRefused("index says which number of the preview is meant: 0, 1 or 2")
    return {"preview_id": preview, "index": index}


def _wanted_sim(references: Mapping[str, Any]) -> str | None:
    sim = references.get("sim")
    if sim is None:
        return None
    # Without spaces, because it is compared with what GSIM says.
    if not isinstance(sim, str) or not sim.startswith("89") or check_iccid(sim) != sim:
        raise BackendRefused("sim is an ICCID: 19 or 20 digits from 89 on, the last by Luhn")
    return sim


def _is_uuid(text: object) -> TypeGuard[str]:
    if not isinstance(text, str):
        return False
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _hide(references: MutableMapping[str, Any]) -> None:
    for name, mask in (("msisdn", mask_phone), ("sim", mask_device)):
        if references.get(name) is not None:
            references[name] = mask(references[name])


backend = ContractBackend(
    key=KEY,
    title="Vivo",
    handlers={
        on_contract_create: created,
        on_contract_cancel: cancelled,
        on_contract_suspend: suspended_or_resumed,
        on_contract_resume: suspended_or_resumed,
    },
    describe=describe,
    stages=STAGES,
    parts=parts,
    acts=("numbering",),
)
