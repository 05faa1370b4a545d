"""Lists and counts of everybody's orders, at a cost that does not grow with their number.

Each is asked state by state, and the states stand in the statement itself, and so does how many are
wanted: so PostgreSQL knows how rare each one is, an index answers even where an organization has none of
it, and the plan is made once.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from msgspec import Struct

from tramita.contracts.model import CUSTOMER_NAME
from tramita.kit.database.conditions import is_written, quoted
from tramita.kit.database.work import UnitOfWork
from tramita.kit.jwt_users import USERNAME
from tramita.kit.masking_shapes import mask_name
from tramita.kit.money import Money
from tramita.orders.learners import read_username
from tramita.orders.lifecycle import OrderState

# Of one state no more than so many and one are counted.
MOST_COUNTED: Final = 500
# So many are offered to choose from.
_CHOICES: Final = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """Which orders; what is empty does not matter."""

    states: Collection[OrderState] = ()
    organization: UUID | None = None
    product: UUID | None = None
    learners: Sequence[UUID] = ()

    def source(self, first: int) -> tuple[str, str, list[object]]:
        """As SQL: what to look among and a condition on ``o``, with values from ``$first`` on.

        A learner has few of them, which are found first.
        """
        asked = {"organization_id": self.organization, "product_id": self.product}
        given = {name: value for name, value in asked.items() if value is not None}
        parts = [f"o.{name} = ${n}" for n, name in enumerate(given, start=first)]
        where = " AND ".join(["true", *parts])
        values: list[object] = list(given.values())
        if not self.learners:
            return "", where, values
        place = f"${first + len(values)}::uuid[]"
        among = f"WITH orders AS MATERIALIZED (SELECT * FROM orders WHERE owner_id = ANY({place}))"  # noqa: S608 - ours
        return among, where, [*values, list(self.learners)]


class OrderLine(Struct):
    """An order in the list; of its learner masked."""

    id: UUID
    state: OrderState
    created_at: datetime
    total: Decimal
    currency: str
    course: str
    product: str
    organization: str | None
    learner: str
    username: str

    @property
    def money(self) -> Money:
        """What it costs."""
        return Money(self.total, self.currency)


class Choice(Struct):
    """Something that a list can be narrowed to."""

    id: UUID
    title: str


async def find_orders(
    work: UnitOfWork, asked: Asked, *, before: UUID | None, limit: int
) -> list[OrderLine]:
    """Orders, newest first, those before ``before``; at most ``limit``."""
    among, where, values = asked.source(first=2)
    before_id = "coalesce($1::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')"
    of_each = " UNION ALL ".join(
        f"(SELECT * FROM orders AS o WHERE {is_written('o.state', state)} AND {where} "  # noqa: S608 - constants
        f"AND o.id < {before_id} ORDER BY o.id DESC LIMIT {limit:d})"
        for state in sorted(asked.states or OrderState)
    )
    found = await work.read(
        OrderLine,
        # What is shown beside each is looked up for this page alone, whatever the planner expects.
        f"""
        WITH page AS ({among} SELECT * FROM ({of_each}) AS o ORDER BY o.id DESC LIMIT {limit:d})
        SELECT id, state, created_at, total, currency,
               (SELECT title FROM courses WHERE id = page.course_id) AS course,
               (SELECT title FROM course_products WHERE id = page.product_id) AS product,
               (SELECT title FROM organizations WHERE id = page.organization_id) AS organization,
               (SELECT name FROM customers WHERE id = page.owner_id) AS learner,
               (SELECT username FROM learners WHERE id = page.owner_id) AS username
        FROM page
        ORDER BY id DESC
        """,  # noqa: S608 - constants
        before,
        *values,
    )
    for one in found:
        one.learner = mask_name(work.keys.decrypt(one.learner, CUSTOMER_NAME))
        one.username = mask_name(read_username(work, one.username))
    return found


async def count_orders(work: UnitOfWork, asked: Asked) -> Mapping[OrderState, int]:
    """How many of these stand in each state, whichever state is asked for."""
    among, where, values = asked.source(first=1)
    of_each = " UNION ALL ".join(
        f"SELECT {quoted(state)} AS state, count(*) AS n FROM (SELECT FROM orders AS o "  # noqa: S608 - constants
        f"WHERE {is_written('o.state', state)} AND {where} LIMIT {MOST_COUNTED + 1:d}) AS counted"
        for state in sorted(OrderState)
    )
    rows = await work.fetch(f"{among} {of_each}", *values)
    return {OrderState(row["state"]): row["n"] for row in rows}


async def find_choices(work: UnitOfWork) -> tuple[Sequence[Choice], Sequence[Choice]]:
    """Organizations and products by title; of many, the newest."""
    found = [
        await work.read(
            Choice,
            f"SELECT id, title FROM (SELECT id, title FROM {table} ORDER BY id DESC LIMIT $1) AS t "  # noqa: S608 - ours
            "ORDER BY title, id",
            _CHOICES,
        )
        for table in ("organizations", "course_products")
    ]
    return found[0], found[1]


async def find_learners(work: UnitOfWork, username: str) -> list[UUID]:
    """Learners who are called so, exactly, at the platforms of whichever tenant."""
    rows = await work.fetch(
        "SELECT l.id FROM tenants AS t JOIN learners AS l "
        "ON l.tenant = t.key AND l.username_hash = $1 ORDER BY l.id",
        work.keys.hash(USERNAME, username),
    )
    return [row["id"] for row in rows]
