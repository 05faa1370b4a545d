"""Carries contracts of installed plugins through their lives; prints what came of it as JSON."""

import asyncio
import json
import sys
from functools import cache
from typing import Any

from httpx import ASGITransport, AsyncClient
from litestar import Litestar

from tramita.contracts.backends import installed_backends, load_backends
from tramita.contracts.errors import BackendNotAvailable
from tramita.contracts.service import NewContract, cancel_contract, create_contract, get_contract
from tramita.kit.jobs import Worker
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Settings
from tramita.process.runtime import running_runtime
from tramita.web.app import make_app


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


@cache
def _app() -> Litestar:
    return make_app()


async def _post(runtime: Runtime, body: bytes, length: str) -> int:
    """The status that Acme gets for a message."""
    app = _app()
    app.state.runtime = runtime
    transport = ASGITransport(app)  # type: ignore[arg-type]  # dialects of ASGI's types
    async with AsyncClient(transport=transport, base_url="http://tramita") as client:
        answer = await client.post("/webhooks/acme", content=body, headers={"x-acme": length})
        return answer.status_code


async def _hear(runtime: Runtime) -> dict[str, Any]:
    """What becomes of messages of every kind, and what of that is kept."""
    async with runtime.database.unit_of_work() as work:
        contract = await create_contract(work, NewContract("C-heard", "acme"))
    said = {"id": 7, "contract": str(contract.id), "text": "a\x00b\ud800"}
    bodies = [json.dumps(said).encode(), json.dumps({"id": "\x00"}).encode()]
    bodies += [b"[" * 5000, b"\xff", b"[]", b"7"]
    statuses = [await _post(runtime, body, str(len(body))) for body in bodies]
    strangers = [await _post(runtime, b"{}", length) for length in ("3", "no number", "")]
    await _run_jobs(runtime)
    async with runtime.database.unit_of_work() as work:
        unread = await work.fetch("SELECT FROM inbox WHERE not_understood IS NOT NULL")
        record = (await get_contract(work, contract.id)).backend_record
        [held] = await work.fetch("SELECT count(*) FROM pgqueuer")
    return {
        "statuses": statuses,
        "strangers": strangers,
        "said": record["said"],
        "not_understood": len(unread),
        "held": held["count"],
    }


async def _refused(runtime: Runtime, backend: str) -> str:
    """Why no contract can be made of a backend."""
    try:
        await _live(runtime, backend)
    except BackendNotAvailable as error:
        return str(error)
    return ""


async def main(address: str) -> None:
    """Print who loaded, who failed, and how one contract of each backend lived."""
    async with running_runtime(Settings(), address) as runtime:
        report = {
            "loaded": sorted(load_backends().loaded),
            "failed": load_backends().failed,
            "lives": {key: await _live(runtime, key) for key in ("acme", "smt")},
            "refused": {key: await _refused(runtime, key) for key in ("broken", "halfway")},
        }
        report["heard"] = await _hear(runtime)
    sys.stdout.write(json.dumps(report))


asyncio.run(main(sys.argv[1]))
