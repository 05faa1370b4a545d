"""The courses' scene: orders signed by two parties and paid in instalments, and what becomes of each.

Learners, owners and an administrator do over HTTP what people do, also on the pages of the signing
service and the card processor. What is shown is what the API says, and what those two have in
their books. Some fates take days: the scene is played in parts, and time moves on between them.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from tramita.demo.course_fates import FATES, Fate
from tramita.demo.course_order import Campus, Ordering
from tramita.demo.example import read_example_seed
from tramita.demo.learning import Person, browsing
from tramita.demo.partner import DEADLINE_SECONDS, PAUSE_SECONDS, View
from tramita.demo.scene import Line, Tell
from tramita.demo.stage import Stage
from tramita.kit.bounds import Bounds
from tramita.kit.jwt_users import JWTSettings, JWTUser
from tramita.orders.model import Role
from tramita.orders.seeding import plant_seed, read_seed
from tramita.payments.journey.debit_due import begin_debits
from tramita.payments.settings import PaymentSettings
from tramita.signatures.settings import SignatureSettings

SCENE: Final = "courses"
# What takes minutes elsewhere is a matter of moments here, and a contract may be signed for a month.
IMPATIENT: Final = (
    PaymentSettings(ask_after=0.3, debit_grace=1.5, outage_wait=30.0, debit_hour=0),
    SignatureSettings(
        ask_after=0.3,
        submit_grace=1.5,
        outage_wait=30.0,
        stale_seconds=2.0,
        valid_days=30.0,
    ),
)
_LINK_FOR_ALL: Final = "its owner signs all that waits, with one link"


@dataclass
class _Play:
    """One fate as it is played; ``is_over`` also where a wait was in vain."""

    fate: Fate
    ordering: Ordering
    is_over: bool = False

    def __post_init__(self) -> None:
        """Open the book."""
        self._story = self.fate.story(self.ordering)

    async def go_on(self) -> None:
        """Until days have to pass, or to the end."""
        if self.is_over:
            return
        try:
            await anext(self._story)
        except (StopAsyncIteration, TimeoutError):
            # The line says where the order stands; where that is elsewhere the demo fails.
            self.is_over = True


@dataclass
class CoursesScene:
    """The scene in its parts; ``papers`` are procedures made at the signing service, by order."""

    stage: Stage
    tell: Tell
    campus: Campus
    plays: Sequence[_Play]
    papers: Mapping[str, int] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    _done: int = 0

    @property
    def _parts(self) -> int:
        """Each fate has three at most."""
        return 3 * len(self.plays)

    async def begin(self) -> None:
        """Play all fates until days have to pass; then the organizations sign."""
        await self._go_on()
        made = [
            one["request"]
            for one in await self.campus.lexpersona.journal()
            if (one["operation"], one["status"]) == ("create_workflow", 200)
        ]
        orders = [one.ordering.id for one in self.plays]
        self.papers = {order: sum(order in one for one in made) for order in orders}
        for organization, owner in self.campus.owners.items():
            await self._sign_all(organization, owner)

    async def go_on(self) -> None:
        """Days have passed: debit what is due, and play on."""
        await begin_debits(self.stage.runtime, "demo")
        await self._go_on()

    async def end(self) -> list[Line]:
        """Answer the lines of all fates, and of the organizations."""
        self.tell(SCENE, self._parts, self._parts)
        lyra = self.campus.lyra
        asked = Counter(
            one["fields"].get("order_id")
            for one in await lyra.journal()
            if one["fields"].get("form_action") == "SILENT"
        )
        effects = Counter((one["effect"], one["subject"]) for one in await lyra.ledger())
        lines = []
        for one in self.plays:
            view = await one.ordering.look()
            paid, back = (
                sum(effects[effect, due["id"]] for due in view["payment_schedule"])
                for effect in ("payment_paid", "payment_refunded")
            )
            counts = (self.papers[view["id"]], asked[view["id"]], paid, back)
            lines.append(_line(one, view, counts))
        return lines + self.lines

    async def _go_on(self) -> None:
        await asyncio.gather(*(self._play(one) for one in self.plays))

    async def _play(self, one: _Play) -> None:
        await one.go_on()
        self._done += 1
        self.tell(SCENE, self._done, self._parts, one.fate.what)

    async def _sign_all(self, organization: str, owner: Person) -> None:
        link = await owner.organizations_link(organization)
        await owner.press(link["invitation_link"], "sign")
        wanted, signed = set(link["contract_ids"]), set[str]()
        with suppress(TimeoutError):
            async with asyncio.timeout(DEADLINE_SECONDS):
                while not wanted <= signed:
                    await asyncio.sleep(PAUSE_SECONDS)
                    signed = await owner.organizations_signed(organization)
        if len(wanted) > 1:
            subject, seen = f"{owner.user.username}, owner", f"{len(wanted & signed)} signed"
            self.lines.append(Line(subject, _LINK_FOR_ALL, f"{len(wanted)} signed", seen))


@asynccontextmanager
async def courses_scene(stage: Stage, tell: Tell) -> AsyncIterator[CoursesScene]:
    """The scene with the demo's platform planted, and everybody with a browser."""
    seed, tenant = read_seed(read_example_seed()), JWTSettings().tenant
    database = stage.runtime.database.within(Bounds(tenant))
    async with database.unit_of_work(actor="demo") as work:
        planted = await plant_seed(work, seed)
    owners = {
        str(planted.organizations[one.code]): member
        for one in seed.organizations
        for member in one.members
        if member.role is Role.OWNER
    }
    users = [one.user(tenant) for one in seed.learners] + [
        JWTUser(tenant, one.username, one.email, one.full_name, one.language)
        for one in owners.values()
    ]
    async with browsing(stage, users) as people:
        campus = Campus(
            stage,
            {key: str(id_) for key, id_ in planted.products.items()},
            {id_: people[one.username] for id_, one in owners.items()},
        )
        plays = [_Play(one, Ordering(campus, people[one.who], one.product)) for one in FATES]
        yield CoursesScene(stage, tell, campus, plays)


def _line(one: _Play, view: View, counts: tuple[int, ...]) -> Line:
    """One order, and what became of it."""
    sums: dict[str, float] = {}
    for due in view["payment_schedule"]:
        sums[due["state"]] = sums.get(due["state"], 0) + due["amount"]
    return Line(
        f"{one.fate.who}, {one.fate.product}",
        one.fate.what,
        one.fate.expected,
        view["state"],
        one.fate.counts,
        counts,
        ", ".join(f"{state} {amount:.2f}" for state, amount in sums.items()),
    )
