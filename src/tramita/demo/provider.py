"""QI Tech's simulator, as the demo commands it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp

# A proposal that ended without money; one that was paid stands.
_ENDS = frozenset(
    f"proposal_{end}" for end in ("canceled", "canceled_permanently", "rejected", "retained")
)


@dataclass(frozen=True, slots=True)
class Proposals:
    """How many proposals of a contract QI Tech has made, and how many of them live."""

    created: int
    alive: int


@dataclass(frozen=True)
class QITech:
    """The control plane of the simulator."""

    session: aiohttp.ClientSession

    async def delay(self, milliseconds: int) -> None:
        """Let every answer take this long."""
        await self._post("latency", {"kind": "fixed", "milliseconds": milliseconds})

    async def fail(self, operation: str, kind: str, match: dict[str, str], **more: Any) -> None:
        """Have one kind of call, or of webhook, go wrong."""
        await self._post("faults", {"operation": operation, "kind": kind, "match": match, **more})

    async def mend(self) -> None:
        """Let nothing go wrong any more."""
        async with self.session.delete("/qitech/__sim/faults") as answer:
            answer.raise_for_status()

    async def act(self, number: str, actor: str, action: str, **more: Any) -> None:
        """Have somebody there do something with the proposal of a contract."""
        order = {"actor": actor, "action": action, "contract_number": number, **more}
        await self._post("act", order)

    async def advance(self, span: timedelta) -> None:
        """Move its clock forward."""
        await self._post("clock", {"advance": f"{span.total_seconds():.0f}s"})

    async def proposals(self) -> Mapping[str, Proposals]:
        """What really took effect, by contract number."""
        created: Counter[str] = Counter()
        ended: Counter[str] = Counter()
        async with self.session.get("/qitech/__sim/ledger", raise_for_status=True) as answer:
            for row in (await answer.json())["items"]:
                created[row["subject"]] += row["effect"] == "proposal_created"
                ended[row["subject"]] += row["effect"] in _ENDS
        return {
            number: Proposals(count, count - ended[number]) for number, count in created.items()
        }

    async def _post(self, path: str, body: dict[str, Any]) -> None:
        async with self.session.post(f"/qitech/__sim/{path}", json=body) as answer:
            if not answer.ok:
                raise RuntimeError(f"{path}: {answer.status} {await answer.text()}")
