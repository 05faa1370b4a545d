"""The core's scene: three contracts of three backends, created and cancelled over HTTP."""

from tramita.demo.contracts import CONTRACTS
from tramita.demo.scene import Line, Tell
from tramita.demo.stage import Stage

SCENE = "contracts"


async def play(stage: Stage, tell: Tell) -> list[Line]:
    """Create each contract, look at it, cancel it."""
    lines = []
    for done, (name, backend) in enumerate(CONTRACTS.items()):
        tell(SCENE, done, len(CONTRACTS), name)
        created = await _post(stage, "/api/v1/contracts", {"name": name, "backend": backend})
        path = f"/api/v1/contracts/{created['id']}/cancel"
        cancelled = await _post(stage, path, {"reason": "the demo is over"})
        states = f"{created['state']} → {cancelled['state']}"
        first = "activated" if backend == "smt" else "created"
        lines.append(Line(name, f"backend {backend}", f"{first} → cancelled", states))
    tell(SCENE, len(CONTRACTS), len(CONTRACTS))
    return lines


async def _post(stage: Stage, path: str, body: dict[str, str]) -> dict[str, str]:
    async with stage.api.post(path, json=body) as answer:
        answer.raise_for_status()
        contract: dict[str, str] = await answer.json()
        return contract
