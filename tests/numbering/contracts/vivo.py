"""Mobile contracts over HTTP, with GSIM's ledger beside them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.hastening import hasten
from tests.numbering.crowd import Corner
from tests.numbering.over_http import Numbers, Said
from tests.world import World, until
from tramita.numbering.settings import NumberingSettings
from tramita.process.platform import sweep_lost_operations
from tramita.testing.control import VendorControl

CONTRACTS = "/api/v1/contracts"
# What GSIM does not know is believed at once, or a test would wait for a minute.
QUICK = NumberingSettings(ask_after=0.05, line_grace=0.2)


async def sims_in_stock(numbers: Numbers) -> list[str]:
    """Every SIM that GSIM has."""
    numbers.world.runtime.configure(QUICK)
    sims: list[str] = (await numbers.world.gsim.operate("sims", count=1000))["sims"]
    return sims


@dataclass(frozen=True)
class Vivo:
    """Mobile contracts of one area code; ``sims`` are those that nobody has used."""

    corner: Corner
    sims: Iterator[str]

    @property
    def world(self) -> World:
        """The world it is in."""
        return self.corner.numbers.world

    @property
    def gsim(self) -> VendorControl:
        """GSIM's control plane."""
        return self.world.gsim

    def sim(self) -> str:
        """A SIM that nobody has used."""
        return next(self.sims)

    async def ask_create(self, **references: Any) -> Said:
        """Ask for a contract, which may be refused."""
        body = {"name": "A line", "backend": "vivo", "external_references": references}
        return await self.corner.numbers.ask("POST", CONTRACTS, body)

    async def create(self, **references: Any) -> str:
        """A contract; without a number of its own it gets one of this area code."""
        if not {"msisdn", "preview_id"} & references.keys():
            references = {"ddd": self.corner.ddd, "brand_id": "vivo", **references}
        said = await self.ask_create(**references)
        assert said.status == 201, said
        id_: str = said.body["id"]
        return id_

    async def live(self) -> tuple[str, str]:
        """A contract whose line is live, and its SIM."""
        sim = self.sim()
        contract = await self.create(sim=sim)
        await self.until(contract, "IN_USE")
        return contract, sim

    async def read(self, contract: str) -> dict[str, Any]:
        """A contract as everybody sees it."""
        body: dict[str, Any] = (
            await self.corner.numbers.ask("GET", f"{CONTRACTS}/{contract}")
        ).body
        return body

    async def cancel(self, contract: str) -> Said:
        """Cancel a contract."""
        body = {"reason": "moved away"}
        return await self.corner.numbers.ask("POST", f"{CONTRACTS}/{contract}/cancel", body)

    async def timeline(self, contract: str, what: str) -> list[str | None]:
        """Why something happened to a contract, each time it did."""
        said = await self.corner.numbers.ask("GET", f"{CONTRACTS}/{contract}/timeline")
        return [one["cause"] for one in said.body["items"] if one["what"] == what]

    async def number(self, contract: str) -> str:
        """The number of a contract, in full."""
        [row] = await self.world.fetch(
            "SELECT msisdn FROM phone_number WHERE contract_id = $1::text::uuid", contract
        )
        msisdn: str = row["msisdn"]
        return msisdn

    async def operation(self, contract: str, kind: str = "activate_line") -> str | None:
        """Where the last operation of a kind stands."""
        rows = await self.world.fetch(
            "SELECT state FROM operations WHERE subject_id = $1::text::uuid AND kind = $2 "
            "ORDER BY id DESC LIMIT 1",
            contract,
            f"numbering.{kind}",
        )
        return rows[0]["state"] if rows else None

    async def until(self, contract: str, status: str) -> dict[str, Any]:
        """The contract as soon as its number stands there."""
        found: dict[str, Any] = {}

        async def is_so() -> bool:
            await self.hasten()
            found.update(await self.read(contract))
            return bool(found["backend"]["status"] == status)

        await until(is_so)
        return found

    async def until_operation(self, contract: str, state: str, kind: str = "activate_line") -> None:
        """Wait until an operation stands there."""

        async def is_so() -> bool:
            return await self.operation(contract, kind) == state

        await until(is_so)

    async def is_put_off(self, contract: str) -> bool:
        """Put off what a contract's timers would do by far; false: there is none yet."""
        rows = await self.world.fetch(
            "UPDATE pgqueuer SET execute_after = now() + interval '1 hour' "
            "WHERE id IN (SELECT id FROM pgqueuer WHERE status = 'queued' "
            "AND entrypoint = 'numbering.tend_contract' AND execute_after > created "
            "AND convert_from(payload, 'UTF8')::jsonb ->> 'contract_id' = $1 "
            "FOR UPDATE SKIP LOCKED) RETURNING id",
            contract,
        )
        return bool(rows)

    async def ask_now(self) -> None:
        """Let what nobody knows be asked about now."""
        await self.world.fetch(
            "UPDATE operations SET due_at = now(), lease_until = now() - interval '1 second' "
            "WHERE id IN (SELECT id FROM operations WHERE state = 'UNKNOWN' AND due_at > now() "
            "FOR UPDATE SKIP LOCKED)"
        )

    async def hasten(self) -> None:
        """Let what waits to be tried again be tried now."""
        jobs = ("numbering.tend_contract", "numbering.take_callback")
        async with self.world.database.unit_of_work(actor="test") as work:
            found = await hasten(work, states=("NOT_SENT", "UNKNOWN", "PENDING"), jobs=jobs)
        if "PENDING" in found:
            await sweep_lost_operations(self.world.runtime)

    async def effects(self, sim: str) -> list[str]:
        """What happened to a SIM at GSIM."""
        return [row["effect"] for row in await self.gsim.effects() if row["subject"] == sim]

    async def until_effect(self, sim: str, effect: str) -> None:
        """Wait until something has happened to a SIM."""

        async def is_so() -> bool:
            return effect in await self.effects(sim)

        await until(is_so)

    async def fail(self, kind: str, operation: str, sim: str, **fault: Any) -> None:
        """Have an operation about a SIM fail once, or as often as ``count`` says."""
        fault = {"count": 1} | fault
        await self.gsim.fail(kind, operation=operation, match={"iccid": sim}, **fault)

    async def astray(self, kind: str, sim: str, **fault: Any) -> None:
        """Lead the callbacks about a SIM astray."""
        await self.gsim.fail_webhook(kind, match={"iccid": sim}, **fault)
