"""Deaths while the line of a mobile contract is activated, or ended: GSIM's ledger judges."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final

from tests.crashes.dying import ActCrashes
from tests.crashes.grid import MESSAGE, Act, Care, Point, carried_out
from tests.hastening import hasten
from tests.numbering.over_http import Numbers
from tests.world import until
from tramita.numbering.acts import ACTIVATE_LINE, END_LINE

CONTRACTS: Final = "/api/v1/contracts"
GSIM: Final = "gsim"


@dataclass
class Line:
    """A SIM, and the contract whose line it carries, if there is one already."""

    sim: str
    contract: str = ""


@dataclass
class Lines(ActCrashes):
    """Mobile contracts over HTTP."""

    environment: ClassVar[Mapping[str, str]] = {
        "TRAMITA_GSIM_DEADLINE": "120",
        "TRAMITA_SIGAN_DEADLINE": "120",
        "TRAMITA_NUMBERING_ASK_AFTER": "0.2",
        "TRAMITA_NUMBERING_LINE_GRACE": "600",
    }
    posting = (GSIM,)
    sims: Iterator[str] = field(default_factory=lambda: iter(()))

    async def ready(self) -> None:
        """Every SIM that GSIM has."""
        said = await self.world.gsim.operate("sims", count=1000)
        self.sims = iter(said["sims"])

    async def go_on(self) -> None:
        """Whatever looks after a contract looks now."""
        async with self.world.database.unit_of_work(actor="test") as work:
            await hasten(work, jobs=("numbering.tend_contract", "numbering.take_callback"))

    async def free(self) -> Line:
        """A SIM that nobody has used."""
        return Line(next(self.sims))

    async def live(self) -> Line:
        """A contract whose line is live."""
        line = await self.free()
        await self.activate(line)

        async def is_so() -> bool:
            await self.go_on()
            return await self.is_live(line)

        await until(is_so)
        return line

    async def activate(self, line: Line) -> None:
        """Make the contract, which gets a number and then its line."""
        references = {"ddd": "11", "brand_id": "vivo", "sim": line.sim}
        body = {"name": "A line", "backend": "vivo", "external_references": references}
        said = await Numbers(self.world).ask("POST", CONTRACTS, body)
        assert 201 == said.status, said
        line.contract = said.body["id"]

    async def end(self, line: Line) -> None:
        """Cancel the contract."""
        body = {"reason": "moved away"}
        said = await Numbers(self.world).ask("POST", f"{CONTRACTS}/{line.contract}/cancel", body)
        assert 200 == said.status, said

    async def names(self, line: Line) -> set[str]:
        """GSIM knows SIM cards."""
        return {line.sim}

    async def is_live(self, line: Line) -> bool:
        """Whether the number is in use and the contract activated."""
        return ("IN_USE", True) == await self._standing(line)

    async def has_ended(self, line: Line) -> bool:
        """Whether the number rests and the contract is activated no more."""
        return ("QUARANTINE", False) == await self._standing(line)

    async def _standing(self, line: Line) -> tuple[str, bool]:
        body = (await Numbers(self.world).ask("GET", f"{CONTRACTS}/{line.contract}")).body
        return body["backend"]["status"], body["activated"]


# Those first that need others, which may be blocked once one of these waits to be killed.
ACTS: Final[list[Act[Lines, Line]]] = [
    Act(
        title="hear that a line is live",
        kind="",
        call="",
        effect="line_activated",
        cells=MESSAGE,
        prepare=Lines.free,
        begin=Lines.activate,
        is_done=Lines.is_live,
        in_suite=frozenset({Point.AFTER_T1}),
        vendor=GSIM,
        names=Lines.names,
    ),
    Act(
        title="activate a line",
        kind=ACTIVATE_LINE.name,
        call="assign_sim",
        effect="sim_assigned",
        cells=carried_out(ACTIVATE_LINE.name, GSIM, "assign_sim", Care.PATIENT),
        prepare=Lines.free,
        begin=Lines.activate,
        is_done=Lines.is_live,
        in_suite=frozenset({Point.AFTER_T1}),
        vendor=GSIM,
        names=Lines.names,
    ),
    Act(
        title="end a line",
        kind=END_LINE.name,
        call="release_sim",
        effect="sim_released",
        cells=carried_out(END_LINE.name, GSIM, "release_sim", Care.ASKS),
        prepare=Lines.live,
        begin=Lines.end,
        is_done=Lines.has_ended,
        in_suite=frozenset({Point.EFFECT}),
        vendor=GSIM,
        names=Lines.names,
    ),
]
