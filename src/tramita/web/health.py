"""``/health/*`` and ``/metrics``: what an operator's machines ask."""

import asyncio
from typing import Any

from litestar import MediaType, Response, get
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from tramita.kit.database.migrate import is_migrated
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.jobs import count_jobs

_PUBLIC = {"public": "operators' machines ask without credentials; nothing personal is told"}


@get("/health/live", opt=_PUBLIC, tags=["Health"])
async def live() -> dict[str, str]:
    """The process runs."""
    return {"status": "ok"}


@get("/health/ready", opt=_PUBLIC, tags=["Health"])
async def ready(runtime: FromRuntime) -> Response[dict[str, Any]]:
    """Database, migrations, queue and plugins; 503 while one of the first three is missing."""
    checks: dict[str, Any] = {}
    try:
        async with asyncio.timeout(3):
            connection = await runtime.database.connect()
            try:
                checks["database"] = "ok"
                checks["migrations"] = "ok" if await is_migrated(runtime.database) else "missing"
                checks["queue"] = {"waiting": sum((await count_jobs(connection)).values())}
            finally:
                await connection.close()
    except (OSError, TimeoutError) as error:
        checks["database"] = f"unreachable: {type(error).__name__}"
    is_ready = checks.get("migrations") == "ok"
    checks["plugins"] = {"failed": runtime.failed_plugins}
    return Response(
        {"status": "ok" if is_ready else "unavailable", "checks": checks},
        status_code=200 if is_ready else 503,
    )


@get("/metrics", opt=_PUBLIC, include_in_schema=False)
async def metrics() -> Response[bytes]:
    """Prometheus metrics of this process."""
    return Response(
        generate_latest(), media_type=MediaType.TEXT, headers={"Content-Type": CONTENT_TYPE_LATEST}
    )


handlers = [live, ready, metrics]
