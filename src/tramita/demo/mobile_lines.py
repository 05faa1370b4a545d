"""The scene of mobile contracts: sold, live, cancelled. Number, SIM and line come by themselves."""

import asyncio
from typing import Any, Final

from tramita.demo.partner import read_answer
from tramita.demo.scene import Line, Tell
from tramita.demo.stage import Stage

SCENE: Final = "mobile"
_DEADLINE_SECONDS: Final = 60
_PAUSE_SECONDS: Final = 0.1


async def play(stage: Stage, tell: Tell) -> list[Line]:
    """Sell two mobile lines, and cancel one of them once it is live."""
    sims = await _free_sims(stage)
    lines = []
    for done, (name, is_cancelled) in enumerate((("LINE-0001", False), ("LINE-0002", True))):
        tell(SCENE, done, 2, name)
        references = {"ddd": "21", "brand_id": "vivo", "sim": sims[done]}
        body = {"name": name, "backend": "vivo", "external_references": references}
        contract = await _post(stage, "/api/v1/contracts", body)
        seen = await _until(stage, contract["id"], "IN_USE")
        what, expected = "its number reserved, put on its SIM, and live", "IN_USE"
        if is_cancelled:
            path = f"/api/v1/contracts/{contract['id']}/cancel"
            await _post(stage, path, {"reason": "the demo is over"})
            what, expected = "live, then cancelled: its number rests", "QUARANTINE"
            seen = await _until(stage, contract["id"], expected)
        note = f"{seen['number']}, SIM {seen['sim']}"
        lines.append(Line(name, what, expected, seen["status"], note=note))
    tell(SCENE, 2, 2)
    return lines


async def _until(stage: Stage, contract_id: str, status: str) -> dict[str, Any]:
    """The contract's representation, once it stands there or time is over."""
    seen: dict[str, Any] = {"status": "nowhere"}
    try:
        async with asyncio.timeout(_DEADLINE_SECONDS):
            while seen["status"] != status:
                await asyncio.sleep(_PAUSE_SECONDS)
                async with stage.api.get(f"/api/v1/contracts/{contract_id}") as answer:
                    seen = (await read_answer(answer))["backend"]
    except TimeoutError:
        pass  # The line says where it stands instead, and the demo fails.
    return seen


async def _free_sims(stage: Stage) -> list[str]:
    order = {"actor": "operator", "action": "sims", "count": 2}
    async with stage.simulators.post("/gsim/__sim/act", json=order) as answer:
        sims: list[str] = (await read_answer(answer))["sims"]
        return sims


async def _post(stage: Stage, path: str, body: dict[str, Any]) -> dict[str, Any]:
    async with stage.api.post(path, json=body) as answer:
        return await read_answer(answer)
