"""``/health/*`` and ``/metrics``: what an operator's machines ask."""

import asyncio
from typing import Any, Literal

import asyncpg
import msgspec
from litestar import MediaType, Response, get
from litestar.openapi.datastructures import ResponseSpec
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from tramita.kit.database.migrate import is_migrated
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.jobs import count_jobs
from tramita.kit.jobs.held import count_held_jobs
from tramita.kit.runtime import Runtime

LONGEST_SILENCE = 3.0

_PUBLIC = {"public": "operators' machines ask without credentials; nothing personal is told"}


class Health(msgspec.Struct):
    """How this process is; ``checks`` say what was looked at."""

    status: Literal["ok", "unavailable"]
    checks: dict[str, Any] = {}


@get("/health/live", opt=_PUBLIC, tags=["Health"])
async def live() -> Health:
    """The process runs."""
    return Health("ok")


@get(
    "/health/ready",
    opt=_PUBLIC,
    tags=["Health"],
    responses={503: ResponseSpec(Health, description="Do not send requests here.")},
)
async def ready(runtime: FromRuntime) -> Response[Health]:
    """Database, migrations, queue and plugins; 503 while one of the first three is missing."""
    checks = await _ask_database(runtime)
    is_ready = checks.get("migrations") == "ok"
    checks["plugins"] = {"failed": runtime.failed_plugins}
    return Response(
        Health("ok" if is_ready else "unavailable", checks),
        status_code=200 if is_ready else 503,
    )


async def _ask_database(runtime: Runtime) -> dict[str, Any]:
    """What the database says, or why it says nothing.

    A driver that waits for a silent server may also wait while it is being cancelled,
    so nobody here waits for it: it ends by itself when the server does.
    """
    asking = asyncio.create_task(_look(runtime))
    await asyncio.wait({asking}, timeout=LONGEST_SILENCE)
    if not asking.done():
        asking.cancel()
        asking.add_done_callback(_forget)
        return {"database": f"silent for {LONGEST_SILENCE} s"}
    try:
        return asking.result()
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, SQLAlchemyError) as error:
        return {"database": f"unreachable: {type(error).__name__}"}


async def _look(runtime: Runtime) -> dict[str, Any]:
    connection = await runtime.database.connect()
    try:
        return {
            "database": "ok",
            "migrations": "ok" if await is_migrated(runtime.database) else "missing",
            "queue": {
                "waiting": sum((await count_jobs(connection)).values()),
                "held": await count_held_jobs(connection),
            },
        }
    finally:
        connection.terminate()


def _forget(asking: asyncio.Task[dict[str, Any]]) -> None:
    if not asking.cancelled():
        asking.exception()


@get("/metrics", opt=_PUBLIC, include_in_schema=False)
async def metrics() -> Response[bytes]:
    """Prometheus metrics of this process."""
    return Response(
        generate_latest(), media_type=MediaType.TEXT, headers={"Content-Type": CONTENT_TYPE_LATEST}
    )


handlers = [live, ready, metrics]
