"""Where contracts stand in their journeys: lists and counts that cost the same however many there are.

The database keeps a row for each contract (``contract_standings``), by *place* (see
``tramita.kit.database.places``); in each, contracts lie by age and by how long they have stood there.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from msgspec import Struct

from tramita.contracts.backends import Stage, find_stage, installed_backends
from tramita.contracts.lifecycle import ContractState
from tramita.contracts.model import CUSTOMER_NAME
from tramita.kit.database.places import MOST_COUNTED, every_place
from tramita.kit.database.work import UnitOfWork
from tramita.kit.masking_shapes import mask_name

_WELL: Final = "done"
_PLACES: Final = every_place(
    "contract_standings", {"place": "place"}, ("backend", "stage", "provider", "product", "tenant")
)
# What is shown of each is looked up for this page alone, whatever the planner expects: hence LIMIT 1.
_LINES: Final = """
    SELECT page.contract_id AS id, s.begun_at, s.since, s.backend, s.stage, s.provider, s.product, s.tenant,
           (SELECT name FROM contracts WHERE id = page.contract_id) AS number,
           (SELECT k.name FROM contracts AS c JOIN customers AS k ON k.id = c.customer_id
            WHERE c.id = page.contract_id) AS client
    FROM (
        SELECT first.* FROM unnest($1::bigint[]) AS p(place) CROSS JOIN LATERAL (
            SELECT s.contract_id, s.{by} FROM contract_standings AS s
            WHERE s.place = p.place {beyond} ORDER BY s.{by} {way}, s.contract_id {way} LIMIT $2
        ) AS first ORDER BY {by} {way}, contract_id {way} LIMIT $2
    ) AS page CROSS JOIN LATERAL (
        SELECT * FROM contract_standings WHERE contract_id = page.contract_id LIMIT 1
    ) AS s
    ORDER BY page.{by} {way}, page.contract_id {way}
"""
_COUNTS: Final = """
    WITH asked AS (SELECT * FROM unnest($1::text[], $2::bigint[]) AS a(label, place))
    SELECT label, (SELECT count(*) FROM (
        SELECT FROM asked AS a CROSS JOIN LATERAL (
            SELECT FROM contract_standings AS s WHERE s.place = a.place {until} LIMIT $3
        ) AS found WHERE a.label = labels.label LIMIT $3
    ) AS counted) AS n
    FROM (SELECT DISTINCT label FROM asked) AS labels
"""


class Order(StrEnum):
    """In which order contracts are listed."""

    NEWEST = "newest"
    LONGEST = "longest"


class End(StrEnum):
    """How a contract's journey has ended."""

    WELL = "well"
    OTHERWISE = "otherwise"


# Of contracts that are on no journey.
_ENDS: Final[Mapping[str, End]] = {
    ContractState.ACTIVATED: End.WELL,
    ContractState.CANCELLED: End.OTHERWISE,
}


def end_of(stage: Stage) -> End:
    """How one has ended that stands at a stage where nothing more is awaited."""
    return End.WELL if stage.stamp.look == _WELL else End.OTHERWISE


class Place(Struct, frozen=True):
    """Where contracts stand that have all of this alike; what is empty they have none of."""

    place: int
    backend: str
    stage: str
    provider: str
    product: str
    tenant: str

    @property
    def end(self) -> End | None:
        """How a contract that stands here has ended; nothing: something is awaited of it yet."""
        stage = find_stage(self.backend, self.stage)
        if stage is None:
            return _ENDS.get(self.stage)
        return end_of(stage) if stage.is_settled else None


class Line(Struct):
    """A contract in a list; ``client`` is masked."""

    id: UUID
    number: str
    client: str | None
    backend: str
    stage: str
    provider: str
    product: str
    tenant: str
    begun_at: datetime
    since: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """Which contracts; what is empty does not matter.

    ``stood`` is how long they have stood where they stand at least, ``came`` since which day they do;
    those are told in the order of how long. ``begun`` is since which day they are there at all; those
    are told the newest first. Days are those of ``zone``. ``under_way``: those of which something is
    awaited yet; ``ended``: those of which nothing is, that have ended so.
    """

    backend: str | None = None
    stage: str | None = None
    provider: str | None = None
    product: str | None = None
    tenant: str | None = None
    under_way: bool = False
    ended: End | None = None
    stood: timedelta | None = None
    came: date | None = None
    begun: date | None = None
    zone: str = "UTC"
    order: Order = Order.NEWEST

    @property
    def is_longest_first(self) -> bool:
        """Whether those come first that have stood longest."""
        by_standing = self.order is Order.LONGEST or self.stood is not None or self.came is not None
        return by_standing and self.begun is None

    def key_of(self, line: Line) -> tuple[datetime, UUID]:
        """What the list goes on after, in its order."""
        return (line.since if self.is_longest_first else line.begun_at), line.id

    def among(self, places: Iterable[Place]) -> list[Place]:
        """The places of these contracts."""
        exact = {
            name: value
            for name in ("backend", "stage", "provider", "product", "tenant")
            if (value := getattr(self, name)) is not None
        }
        return [
            one
            for one in places
            if all(getattr(one, name) == value for name, value in exact.items())
            and (not self.under_way or one.end is None)
            and (self.ended is None or one.end is self.ended)
        ]


def _within(asked: Asked, values: list[object]) -> str:
    """The condition of times on standings ``s``, whose parameters come behind ``values``."""
    condition = ""
    if asked.stood is not None:
        values.append(asked.stood)
        condition += f"AND s.since <= tramita_now() - ${len(values)}::interval "
    for column, day in (("since", asked.came), ("begun_at", asked.begun)):
        if day is not None:
            values += [day, asked.zone]
            at = f"${len(values) - 1}::date::timestamp AT TIME ZONE ${len(values)}::text"
            condition += f"AND s.{column} >= ({at}) "
    return condition


async def find_places(work: UnitOfWork) -> list[Place]:
    """Every place in which a contract stands."""
    return await work.read(Place, _PLACES)


async def find_contracts(
    work: UnitOfWork,
    asked: Asked,
    places: Collection[Place],
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Line]:
    """Contracts that stand in these places, those after ``after``; at most ``limit``."""
    values: list[object] = [[one.place for one in places], limit]
    by, way, further = (
        ("since", "ASC", ">") if asked.is_longest_first else ("begun_at", "DESC", "<")
    )
    beyond = _within(asked, values)
    if after is not None:
        values += after
        beyond += f"AND (s.{by}, s.contract_id) {further} (${len(values) - 1}, ${len(values)})"
    lines = await work.read(Line, _LINES.format(beyond=beyond, by=by, way=way), *values)
    names = await name_clients(work, [one.id for one in lines])
    for one in lines:
        customer = one.client and work.keys.decrypt(one.client, CUSTOMER_NAME)
        name = names.get(one.id) or customer
        one.client = mask_name(name) if name else None
    return lines


async def name_clients(work: UnitOfWork, contract_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Whose these contracts are, in full, as far as their backends know it; in one statement."""
    told = [one.clients for one in installed_backends().values() if one.clients is not None]
    if not told:
        return {}
    each = (
        f"SELECT {number:d} AS backend, id, stored FROM ({one.select}) AS clients_{number:d}"  # noqa: S608
        for number, one in enumerate(told)
    )
    rows = await work.fetch(" UNION ALL ".join(each), contract_ids)
    return {row["id"]: told[row["backend"]].read(work.keys, row["stored"]) for row in rows}


async def count_contracts(
    work: UnitOfWork,
    asked: Asked,
    groups: Mapping[str, Sequence[Place]],
    *,
    most: int = MOST_COUNTED,
) -> dict[str, int]:
    """How many contracts of each group of places; ``most`` + 1 stands for more."""
    pairs = [(label, one.place) for label, places in groups.items() for one in places]
    values: list[object] = [[label for label, _ in pairs], [place for _, place in pairs]]
    values.append(most + 1)
    rows = await work.fetch(_COUNTS.format(until=_within(asked, values)), *values)
    return dict.fromkeys(groups, 0) | {row["label"]: row["n"] for row in rows}


async def name_products(work: UnitOfWork, places: Iterable[Place]) -> dict[str, str]:
    """What products are called, by their backends and by the catalog; their own word for the others."""
    products = {(one.backend, one.product) for one in places if one.product}
    names = {product: product for _, product in products}
    listed = [id_ for product in names if (id_ := _read_id(product)) is not None]
    rows = await work.fetch(
        "SELECT id::text AS id, name FROM products WHERE id = ANY($1::uuid[])", sorted(listed)
    )
    names |= {row["id"]: row["name"] for row in rows}
    for backend, plugin in installed_backends().items():
        mine = sorted(product for key, product in products if key == backend)
        if mine and plugin.name_products is not None:
            names |= await plugin.name_products(work, mine)
    return names


def _read_id(product: str) -> UUID | None:
    try:
        return UUID(product)
    except ValueError:
        return None
