"""The search of orders: by the name that a learner has on their platform."""

from typing import Final

from tramita.contracts.finding import find_by
from tramita.kit.database.work import UnitOfWork
from tramita.kit.finding import Finder, Hit, Needle
from tramita.kit.jwt_users import USERNAME

OF_LEARNER: Final = "Order of this learner"
# One name stands for as many learners as there are tenants at most.
_FOUND: Final = f"""
    SELECT o.id, '{OF_LEARNER}' AS kind, 1 AS place
    FROM learners AS l JOIN orders AS o ON o.owner_id = l.id
    WHERE l.username_hash = $2 ORDER BY o.id DESC LIMIT $1
"""  # noqa: S608 - ours


async def find_orders_of(work: UnitOfWork, needle: Needle, limit: int) -> list[Hit]:
    """Orders of whoever is called like this."""
    return await find_by(work, _FOUND, limit, work.keys.hash(USERNAME, needle.text))


FINDER: Final = Finder((OF_LEARNER,), find_orders_of)
