"""What an operation of signatures is about, and what is at stake where one needs a person."""

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.masking_shapes import mask_name
from tramita.signatures.acts import CREATE, FETCH, REMOVE, START, STOP, UPDATE, UPLOAD
from tramita.signatures.rows import find_signatories

STAKES: Final[Mapping[str, str]] = {
    CREATE.name: "A contract has to be given to the signing service, and nobody knows whether it "
    "has it: its learner waits for the link by which they sign.",
    UPLOAD.name: "The document of a contract has to be with the signing service: its learner waits "
    "for the link by which they sign.",
    START.name: "A contract has to be opened for signing: its learner waits for the link.",
    REMOVE.name: "A draft that nobody wants is still at the signing service. No learner waits; look "
    "that nobody can sign it, or remove it there.",
    STOP.name: "A contract that is not wanted any more can still be signed at the signing service: "
    "stop it there, or somebody is bound by it.",
    FETCH.name: "A contract is signed by both, and its file is not kept here yet: neither can "
    "download it.",
    UPDATE.name: "Others sign for the organization now, and the signing service still asks those "
    "from before.",
}


WHOLES: Final = (
    "SELECT id, 'contract' AS kind, contract_id AS whole FROM signing_procedures "
    "WHERE id = ANY($1::uuid[])",
)


async def facts_about(
    work: UnitOfWork, subjects: Collection[UUID]
) -> dict[UUID, list[tuple[str, str]]]:
    """Contract and learner of signing procedures, and where these stand."""
    rows = await work.fetch(
        "SELECT p.id, c.name, p.state FROM signing_procedures AS p "
        "JOIN contracts AS c ON c.id = p.contract_id WHERE p.id = ANY($1::uuid[])",
        list(subjects),
    )
    people = await find_signatories(work, [row["id"] for row in rows])
    return {
        row["id"]: [
            ("Contract", row["name"]),
            *(("Learner", mask_name(one.name)) for one in people[row["id"]][:1]),
            ("Signing", row["state"].replace("_", " ")),
        ]
        for row in rows
    }
