"""Carries contracts of installed plugins through their lives; prints what came of it as JSON."""

import asyncio
import json
import sys
from typing import Any

from tramita.contracts.backends import installed_backends, load_backends
from tramita.contracts.service import NewContract, cancel_contract, create_contract, get_contract
from tramita.kit.jobs import Worker
from tramita.kit.runtime import Runtime, open_runtime
from tramita.kit.settings import Settings


async def _run_jobs(runtime: Runtime) -> None:
    jobs = [job for backend in installed_backends().values() for job in backend.jobs]
    await Worker(runtime.database.dsn, runtime, jobs).run(drain=True)


async def _live(runtime: Runtime, backend: str) -> list[dict[str, Any]]:
    """The contract after its creation, after its jobs, and after its cancellation."""
    async with runtime.database.unit_of_work() as work:
        contract = await create_contract(work, NewContract(f"C-{backend}", backend))
    stages = [dict(contract)]
    await _run_jobs(runtime)
    async with runtime.database.unit_of_work() as work:
        stages.append(dict(await get_contract(work, contract.id)))
        stages.append(dict(await cancel_contract(work, contract.id, "over")))
    return stages


async def main(address: str) -> None:
    """Print who loaded, who failed, and how one contract of each backend lived."""
    async with open_runtime(Settings(), address, {}) as runtime:
        report = {
            "loaded": sorted(load_backends().loaded),
            "failed": load_backends().failed,
            "lives": {key: await _live(runtime, key) for key in ("acme", "broken", "smt")},
        }
    sys.stdout.write(json.dumps(report))


asyncio.run(main(sys.argv[1]))
