"""A learning platform with many orders: three that are really made, and as many copies as wanted.

One waits for its learner's signature, one for the organization's, one is signed by both; the last
two are debited. Copies are rows, so that a hundred thousand of them are there in a minute.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import aiohttp

from benchmarks.installation import Installation
from tramita.demo.learning import PAYS, Person, sign_in
from tramita.demo.partner import PAUSE_SECONDS
from tramita.kit.bounds import HOUSE, Bounds
from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id
from tramita.kit.jwt_users import JWTUser
from tramita.kit.settings import Mode, Settings
from tramita.orders.learners import know_learner
from tramita.orders.seeding import Planted, plant_seed, read_seed

COURSES: Final = 25
PRODUCTS: Final = 40
ORGANIZATIONS: Final = 5
_SETTINGS: Final = Settings(mode=Mode.DEMO)

_ORGANIZATION = """
[[organizations]]
code = "school-{n}"
title = "School number {n}"

[[organizations.members]]
username = "owner-{n}"
full_name = "Olga Owner"
email = "owner-{n}@school.example"
role = "owner"
"""
_COURSE = """
[[courses]]
code = "course-{n}"
title = "Course number {n}"
starts_in = -10
lasts = 300
"""
_PRODUCT = """
[[products]]
key = "product-{n}"
type = "credential"
title = "Product number {n}"
price = {{ amount = "300.00", currency = "EUR" }}
contract_definition = "agreement"
target_courses = ["course-0"]
"""
_OFFERING = """
[[offerings]]
course = "course-0"
product = "product-{n}"
organizations = ["school-0"]
"""
_TEXT = """
[[contract_definitions]]
key = "agreement"
title = "Training agreement"
description = "What is taught, and what it costs."
body = "# Agreement"
"""

_COPIES: Final = """
    CREATE TEMPORARY TABLE copies (
        id uuid PRIMARY KEY, original uuid, owner uuid, course uuid, product uuid,
        organization uuid, n integer
    ) ON COMMIT DROP
"""
_LIST_COPIES: Final = """
    INSERT INTO copies
    SELECT id, original, $3, ($4::uuid[])[1 + i % cardinality($4::uuid[])],
           ($5::uuid[])[1 + i / cardinality($4::uuid[])],
           ($6::uuid[])[1 + i % cardinality($6::uuid[])], i + $7
    FROM (
        SELECT id, original, n::int - 1 AS i
        FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS c(id, original, n)
    ) AS c
"""
_ON_FIRST_PAGE: Final = """
    SELECT p.id, p.state FROM signing_procedures AS p WHERE p.state <> 'signed' AND p.contract_id IN
    (SELECT id FROM orders WHERE owner_id = $1 ORDER BY id DESC LIMIT 20)
"""
_AGE: Final = """
    WITH waiting AS (
        SELECT id FROM signing_procedures
        WHERE contract_id IN (SELECT id FROM orders WHERE owner_id = $1) AND state <> 'signed'
        ORDER BY id FOR NO KEY UPDATE
    )
    UPDATE signing_procedures AS p
    SET known_at = tramita_now() - interval '1 hour', asked_at = NULL
    FROM waiting AS w WHERE w.id = p.id
"""
# What the simulated signing service is told, and by whom.
_BEARER: Final = {"Authorization": "Bearer lexpersona-demonstration"}
_PDF: Final = b"%PDF-1.4 measured"
_SIGN: Final = {"actor": "operator", "action": "sign"}
# Each table with the column that names the order, and what of a copy is not as in the original.
_TABLES: Final = (
    ("contracts", "id", {"id": "c.id"}),
    (
        "orders",
        "id",
        {
            "id": "c.id",
            "owner_id": "c.owner",
            "course_id": "c.course",
            "product_id": "c.product",
            "organization_id": "c.organization",
        },
    ),
    ("order_target_courses", "order_id", {"order_id": "c.id"}),
    (
        "enrollments",
        "order_id",
        {"id": "gen_random_uuid()", "order_id": "c.id", "learner_id": "c.owner"},
    ),
    (
        "signing_procedures",
        "contract_id",
        {
            "id": "c.id",
            "contract_id": "c.id",
            "provider_reference": "'copy-' || c.id",
            "known_at": "tramita_now()",
        },
    ),
    ("payment_accounts", "contract_id", {"contract_id": "c.id"}),
    ("installments", "contract_id", {"id": "gen_random_uuid()", "contract_id": "c.id"}),
    (
        "invoices",
        "contract_id",
        {
            "id": "gen_random_uuid()",
            "contract_id": "c.id",
            # Far above what is drawn while it is measured.
            "number": "c.n + 1000000000",
            "reference": "'copy-' || c.id",
            "parent_id": "NULL",
            "transaction_id": "NULL",
        },
    ),
)


# Of ten contracts four wait for the learner, three for the organization, three for nobody.
MIX: Final = "ulsulsulsu"


@dataclass
class School:
    """The platform; ``originals`` are an unsigned, a half signed and a signed order."""

    installation: Installation
    session: aiohttp.ClientSession
    planted: Planted
    learner: JWTUser
    owner: UUID
    originals: Mapping[str, UUID]
    made: int = 1000

    @property
    def headers(self) -> dict[str, str]:
        """What the learner's browser sends."""
        return {"Authorization": f"Bearer {sign_in(_SETTINGS, self.learner)}"}

    async def fill(self, count: int) -> None:
        """Let the learner have so many contracts, a thousand at most: each is another product."""
        await self._copy(self.owner, count)
        await self._analyze()

    async def fill_foreign(self, count: int, mix: str = MIX) -> list[UUID]:
        """Let others have so many, a thousand each; answers their ids."""
        made = []
        for number in range(0, count, COURSES * PRODUCTS):
            user = _user(f"foreigner-{self.made}")
            async with _house(self.installation.database).unit_of_work() as work:
                owner = await know_learner(work, user)
            made += await self._copy(owner, min(COURSES * PRODUCTS, count - number), mix)
        await self._analyze()
        return made

    async def order(self, vendor: str, method: str, path: str, body: object = None) -> Any:
        """Have something done on the control plane of a vendor's simulator."""
        url = f"{self.installation.simulators_url}/{vendor}/__sim/{path}"
        async with self.session.request(method, url, json=body) as answer:
            answer.raise_for_status()
            return await answer.json() if "json" in answer.content_type else None

    async def let_them_be_known(self) -> None:
        """Have the signing service know what waits on the learner's first page, as it stands here."""
        rows = await self.installation.database.fetch(_ON_FIRST_PAGE, self.owner)
        for row in rows:
            reference = await self._begin_signing(str(row["id"]))
            if row["state"] == "half_signed":
                await self.order("lexpersona", "POST", "act", _SIGN | {"workflow": reference})
            await self.installation.database.fetch(
                "UPDATE signing_procedures SET provider_reference = $2 WHERE id = $1",
                row["id"],
                reference,
            )

    async def _begin_signing(self, name: str) -> str:
        workflows = f"{self.installation.simulators_url}/lexpersona/api/workflows"
        steps = [{"recipients": [_recipient(one)]} for one in ("student", "organization")]
        wanted = {"name": name, "description": name, "steps": steps}
        new = f"{workflows.replace('/workflows', '/users/usr_demonstration/workflows')}"
        async with self.session.post(new, json=wanted, headers=_BEARER) as answer:
            made: str = (await answer.json())["id"]
        form = aiohttp.FormData()
        form.add_field("file1", _PDF, filename="a.pdf", content_type="application/pdf")
        url = f"{workflows}/{made}"
        async with self.session.post(f"{url}/parts", data=form, headers=_BEARER) as answer:
            answer.raise_for_status()
        body = {"workflowStatus": "started"}
        async with self.session.patch(url, json=body, headers=_BEARER) as answer:
            answer.raise_for_status()
        return made

    async def let_knowledge_be_old(self) -> None:
        """What is known of the learner's contracts is an hour old, and nobody has asked since."""
        await self.installation.database.fetch(_AGE, self.owner)

    async def _copy(self, owner: UUID, count: int, mix: str = MIX) -> list[UUID]:
        ids = [new_id() for _ in range(count)]
        originals = [self.originals[mix[number % len(mix)]] for number in range(count)]
        async with self.installation.database.unit_of_work() as work:
            await work.fetch(_COPIES)
            await work.fetch(
                _LIST_COPIES,
                ids,
                originals,
                owner,
                list(self.planted.courses.values()),
                list(self.planted.products.values()),
                list(self.planted.organizations.values()),
                self.made,
            )
            for table, column, others in _TABLES:
                await _copy_rows(work, table, column, others)
        self.made += count
        return ids

    async def _analyze(self) -> None:
        connection = await self.installation.database.connect()
        try:
            for table, _, _ in _TABLES:
                await connection.execute(f"VACUUM ANALYZE {table}")
            # What was copied in a minute elsewhere came in months: nobody is measured beside its writing.
            await connection.execute("CHECKPOINT")
        finally:
            await connection.close()


async def _copy_rows(work: UnitOfWork, table: str, column: str, others: Mapping[str, str]) -> None:
    rows = await work.fetch(
        "SELECT column_name FROM information_schema.columns WHERE table_name = $1 "
        "AND table_schema = current_schema AND is_generated = 'NEVER' ORDER BY ordinal_position",
        table,
    )
    names = [row["column_name"] for row in rows]
    values = ", ".join(others.get(name, f"t.{name}") for name in names)
    await work.fetch(
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} "  # noqa: S608 - ours
        f"FROM copies AS c JOIN {table} AS t ON t.{column} = c.original"
        + (" WHERE t.kind = 'main'" if table == "invoices" else "")
    )


@asynccontextmanager
async def opened_school(installation: Installation) -> AsyncIterator[School]:
    """A platform with its three originals, of somebody of whom nothing is measured."""
    async with _house(installation.database).unit_of_work() as work:
        planted = await plant_seed(work, read_seed(_seed()))
        owner = await know_learner(work, learner := _user("learner"))
    async with aiohttp.ClientSession() as session:
        people = [_person(installation, session, name) for name in ("original", "owner-0")]
        originals = {
            mark: UUID(await _make_original(planted, number, mark, *people))
            for number, mark in enumerate("uls")
        }
        yield School(installation, session, planted, learner, owner, originals)


async def _make_original(
    planted: Planted, number: int, mark: str, learner: Person, owner: Person
) -> str:
    order = await learner.order(str(planted.products[f"product-{number}"]), "course-0")
    link = await learner.signing_link(order)
    if mark == "u":
        return order
    await learner.press(link, "sign")
    await learner.until(order, "to_save_payment_method")
    await learner.pay_with(order, await learner.save_card(PAYS))
    await learner.until(order, "pending_payment")
    if mark == "s":
        school = str(planted.organizations["school-0"])
        signing = await owner.organizations_link(school, [order])
        await owner.press(signing["invitation_link"], "sign")
        while order not in await owner.organizations_signed(school):  # noqa: ASYNC110 - over HTTP
            await asyncio.sleep(PAUSE_SECONDS)
    return order


def _seed() -> str:
    parts = [
        (_ORGANIZATION, ORGANIZATIONS),
        (_COURSE, COURSES),
        (_PRODUCT, PRODUCTS),
        (_OFFERING, 3),
    ]
    return _TEXT + "".join(part.format(n=n) for part, count in parts for n in range(count))


def _recipient(name: str) -> dict[str, str]:
    return {"email": f"{name}@example.com", "firstName": name, "lastName": "Measured"}


def _house(database: Database) -> Database:
    return database.within(Bounds(HOUSE))


def _user(username: str) -> JWTUser:
    return JWTUser(HOUSE, username, f"{username}@example.com", f"{username.title()} Measured")


def _person(installation: Installation, session: aiohttp.ClientSession, username: str) -> Person:
    email = "owner-0@school.example" if username == "owner-0" else f"{username}@example.com"
    user = JWTUser(HOUSE, username, email, "Olga Measured")
    headers = {"Authorization": f"Bearer {sign_in(_SETTINGS, user)}"}
    return Person(installation.client.url, user, session, headers)
