"""The control planes of simulators, as tests order the outside world about."""

from dataclasses import dataclass
from typing import Any

import aiohttp


@dataclass
class VendorControl:
    """The control plane of one vendor's simulator, by the vendor's key."""

    session: aiohttp.ClientSession
    key: str

    async def fail(self, kind: str, *, operation: str | None, **fault: Any) -> int:
        """Make an operation (``None``: all) fail so; ``match=…``, ``count=…`` narrow it.

        Answers the number of the fault.
        """
        said = await self._post("faults", {"operation": operation, "kind": kind, **fault})
        number: int = said["id"]
        return number

    async def let_go(self, fault: int) -> None:
        """Take one fault away; what it holds goes on."""
        async with self.session.delete(f"/{self.key}/__sim/faults/{fault}") as answer:
            assert answer.status < 300, await answer.text()

    async def mend(self) -> None:
        """Let nothing fail any more."""
        async with self.session.delete(f"/{self.key}/__sim/faults") as answer:
            assert answer.status < 300, await answer.text()

    async def fail_webhook(self, kind: str, **fault: Any) -> None:
        """Lead webhooks astray as ``kind`` says; ``match={"status": "paid"}`` and so on narrow it."""
        await self._post("faults", {"operation": "webhook", "kind": kind, **fault})

    async def faults(self) -> list[dict[str, Any]]:
        """Every fault that was ordered, spent ones too, with how often it ``struck``."""
        items: list[dict[str, Any]] = (await self._get("faults"))["items"]
        return items

    async def has_struck(self, fault: int) -> bool:
        """Whether something has failed so by now, or is held."""
        return any(one["id"] == fault and one["struck"] for one in await self.faults())

    async def subscribe(self, url: str | None) -> None:
        """Have webhooks posted there; ``None``: to nobody."""
        await self._post("webhooks", {"url": url})

    async def deliveries(self, subject: str | None = None) -> list[dict[str, Any]]:
        """Every webhook, or those of one contract number, with what became of it."""
        query = "limit=10000" if subject is None else f"limit=10000&subject={subject}"
        items: list[dict[str, Any]] = (await self._get(f"deliveries?{query}"))["items"]
        return items

    async def post_again(self, subject: str | None = None) -> None:
        """Have webhooks posted now that were posted in vain: all, or those of one contract number."""
        for one in await self.deliveries(subject):
            if one["status"] == "waiting" and one["attempts"]:
                await self._post(f"deliveries/{one['id']}/resend", {})

    async def resend(self, delivery: int) -> None:
        """Have one webhook posted now, whatever became of it before."""
        await self._post(f"deliveries/{delivery}/resend", {})

    async def person(self, actor: str, action: str, **arguments: Any) -> Any:
        """Have somebody there act; ``contract_number=…`` says on which proposal. What is said about it."""
        return await self._post("act", {"actor": actor, "action": action, **arguments})

    async def operate(self, action: str, **arguments: Any) -> Any:
        """Have the operator there act; what is said about it."""
        return await self._post("act", {"actor": "operator", "action": action, **arguments})

    async def may(self, actor: str, action: str, **arguments: Any) -> bool:
        """Have somebody there act if that is possible now; whether it was."""
        act = {"actor": actor, "action": action, **arguments}
        async with self.session.post(f"/{self.key}/__sim/act", json=act) as answer:
            assert answer.status in (200, 400), await answer.text()
            return answer.status == 200

    async def freeze(self) -> str:
        """Let the provider's time go on only when it is told to; answers when that is."""
        now: str = (await self._post("clock", {"freeze": True}))["now"]
        return now

    async def advance(self, span: str) -> None:
        """Move the provider's time, and nobody else's, forward by ``5d``, ``3h``, ``90s``."""
        await self._post("clock", {"advance": span})

    async def delay(self, milliseconds: float, *, up_to: float | None = None) -> None:
        """Let every answer take this long, or anything from this to ``up_to`` ms."""
        fixed = {"kind": "fixed", "milliseconds": milliseconds}
        uniform = {"kind": "uniform", "low": milliseconds, "high": up_to}
        await self._post("latency", fixed if up_to is None else uniform)

    async def play(self, scenario: str) -> None:
        """Have a kind of day, such as ``refusals``."""
        await self._post(f"scenarios/{scenario}", {})

    async def act(self, **conditions: Any) -> None:
        """Have the operator there set conditions."""
        await self.operate("set", **conditions)

    async def reset(self, *, seed: int) -> None:
        """Forget everything and start the dice anew."""
        await self._post("reset", {"seed": seed})

    async def ledger(self, effect: str) -> list[dict[str, Any]]:
        """What really took effect at the provider."""
        rows = (await self._get("ledger"))["items"]
        return [row for row in rows if row["effect"] == effect]

    async def effects(self) -> list[dict[str, Any]]:
        """Everything that ever took effect there."""
        items: list[dict[str, Any]] = (await self._get("ledger"))["items"]
        return items

    async def is_posting(self) -> bool:
        """Whether a webhook is due or on its way."""
        is_busy: bool = (await self.post())["is_busy"]
        return is_busy

    async def post(self) -> dict[str, Any]:
        """Where its webhooks go, whether any ``is_busy``, and the last of them, newest first."""
        post: dict[str, Any] = (await self._get("state"))["post"]
        return post

    async def most_at_once(self) -> int:
        """How many calls were under way at the same moment, at most."""
        peak: int = (await self._get("state"))["under_way_peak"]
        return peak

    async def journal(self) -> list[dict[str, Any]]:
        """Every request that is still in its journal."""
        items: list[dict[str, Any]] = (await self._get("journal?limit=10000"))["items"]
        return items

    async def is_idle(self) -> bool:
        """Whether no call is under way, nor anything that was put off."""
        is_idle: bool = (await self._get("state"))["under_way"] == 0
        return is_idle

    async def requests(self) -> int:
        """How many requests came, of whatever kind."""
        count: int = (await self._get("journal"))["count"]
        return count

    async def _get(self, path: str) -> dict[str, Any]:
        async with self.session.get(f"/{self.key}/__sim/{path}") as answer:
            found: dict[str, Any] = await answer.json()
            return found

    async def _post(self, path: str, body: dict[str, Any]) -> Any:
        async with self.session.post(f"/{self.key}/__sim/{path}", json=body) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.json()
