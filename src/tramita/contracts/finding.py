"""The search of contracts: by number, by whoever they are made with, and by what areas know of them."""

from collections.abc import Sequence
from typing import Final

from tramita.contracts.console.words import stage_of, title_of
from tramita.kit.database.work import UnitOfWork
from tramita.kit.encryption.keys import DOCUMENT, EMAIL, NAME, PHONE
from tramita.kit.finding import Finder, Hit, Needle

CONTRACT: Final = "Contract"
OF_CLIENT: Final = "Contract of this client"
BY_PERSON: Final = (DOCUMENT, EMAIL, PHONE, NAME)
"""Kinds of hashes by which whoever a contract is made with is found, as parameters have them."""

# ``found`` are ``(id, kind, place)``; of those at one place the newest come first. What is shown of each is
# looked up for it alone, whatever the planner expects: hence LIMIT 1.
_SELECT: Final = """
    SELECT f.kind, c.id, c.name, c.backend,
           coalesce((SELECT stage FROM contract_standings WHERE contract_id = f.id), c.state) AS stage
    FROM (SELECT * FROM ({found}) AS each ORDER BY place, id DESC LIMIT $1) AS f
    CROSS JOIN LATERAL (
        SELECT id, name, backend, state FROM contracts WHERE id = f.id LIMIT 1
    ) AS c
    ORDER BY f.place, c.id DESC
"""


def of_person(table: str, columns: Sequence[str], first: int, contracts: str) -> list[str]:
    """What selects contracts of whoever has a hash in one of ``columns``, from parameter ``first`` on.

    ``contracts`` selects those of one row ``p`` of ``table``. Of a hash that very many rows have,
    like a shop's phone, the newest rows are looked at and no others.
    """
    return [
        f"""
        (SELECT c.id, '{OF_CLIENT}' AS kind, 9 AS place FROM unnest(${number}::bytea[]) AS h(hash)
         CROSS JOIN LATERAL (
             SELECT id FROM {table} WHERE {column} = h.hash ORDER BY id DESC LIMIT $1) AS p
         CROSS JOIN LATERAL ({contracts} LIMIT $1) AS c
         LIMIT $1)
        """  # noqa: S608 - ours
        for number, column in enumerate(columns, start=first)
    ]


_OF_CUSTOMER: Final = "SELECT id FROM contracts WHERE customer_id = p.id ORDER BY id DESC"
_FOUND: Final = " UNION ALL ".join(
    [
        f"(SELECT id, '{CONTRACT}' AS kind, 0 AS place FROM contracts WHERE id = $2)",  # noqa: S608 - ours
        f"""
        (SELECT id, '{CONTRACT}', 1 FROM contracts
         WHERE lower(name) = ANY(ARRAY(SELECT lower(one) FROM unnest($3::text[]) AS one)) LIMIT $1)
        """,  # noqa: S608 - ours
        # Bytes compared: what begins like this is a range of the index, up to the last letter there is.
        f"""
        (SELECT id, '{CONTRACT}', 2 FROM contracts
         WHERE lower(name) ~>=~ lower($4::text) AND lower(name) ~<=~ (lower($4::text) || E'\\U0010FFFF')
         ORDER BY lower(name) USING ~<~ LIMIT $1)
        """,  # noqa: S608 - ours
        f"""
        (SELECT id, '{OF_CLIENT}', 9 FROM contracts WHERE customer_id = $2
         ORDER BY id DESC LIMIT $1)
        """,  # noqa: S608 - ours
        *of_person(
            "customers",
            ("document_hash", "email_hash", "phone_hash", "name_hash"),
            5,
            _OF_CUSTOMER,
        ),
    ]
)


async def find_contracts(work: UnitOfWork, needle: Needle, limit: int) -> list[Hit]:
    """Contracts of this id or number, or with whoever this id, document, e-mail, phone or name is."""
    return await find_by(
        work,
        _FOUND,
        limit,
        needle.id,
        needle.spellings,
        needle.beginning,
        *(needle.hashes(work, kind) for kind in BY_PERSON),
    )


async def find_by(work: UnitOfWork, found: str, limit: int, *values: object) -> list[Hit]:
    """The contracts that a statement finds: ``(id, kind, place)``, with ``limit`` as ``$1``.

    ``values`` are its parameters from ``$2`` on.
    """
    rows = await work.fetch(_SELECT.format(found=found), limit, *values)
    return [
        Hit(
            row["kind"],
            row["name"],
            "contract",
            row["id"],
            (title_of(row["backend"]), stage_of(row["backend"], row["stage"]).stamp.word),
        )
        for row in rows
    ]


def known_by(kind: str, table: str, contract: str, columns: Sequence[str], parameter: int) -> str:
    """What selects contracts by names that other systems have for them, each column by its index."""
    return " UNION ALL ".join(
        f"(SELECT {contract} AS id, '{kind}' AS kind, 3 AS place FROM {table} "  # noqa: S608 - ours
        f"WHERE {column} = ANY(${parameter}::text[]) LIMIT $1)"
        for column in columns
    )


FINDER: Final = Finder((CONTRACT, OF_CLIENT), find_contracts)
