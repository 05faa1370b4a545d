"""``/health/*`` and ``/metrics``: what an operator's machines ask."""

from typing import Any, Literal

import msgspec
from litestar import MediaType, Response, get
from litestar.openapi.datastructures import ResponseSpec
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from tramita.kit.gauges import Standings
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.retention import Lateness
from tramita.process.areas import RETENTION

_PUBLIC = {
    "public": "operators' machines ask without credentials; nothing personal is told",
    "unlimited": True,
}


class Health(msgspec.Struct):
    """How this process is; ``checks`` say what was looked at.

    ``degraded``: it works, but a plugin or provider is not there, a job waits for a person,
    or people sign in without TLS.
    """

    status: Literal["ok", "degraded", "unavailable"]
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
    """Database, migrations, queue and plugins; 503 while nothing can be read or written.

    One look at the database at a time; its answer counts for a second.
    """
    seen = await runtime.readiness.look()
    exposed = runtime.settings.without_https
    is_whole = not (runtime.failed_plugins or seen.held or exposed)
    working: Literal["ok", "degraded"] = "ok" if is_whole else "degraded"
    return Response(
        Health(
            working if seen.can_work else "unavailable",
            {
                **seen.checks,
                "plugins": {"failed": runtime.failed_plugins},
                "https": exposed or "ok",
            },
        ),
        status_code=200 if seen.can_work else 503,
    )


_OVERDUE, _STANDINGS = Lateness(RETENTION.kept), Standings()


@get("/metrics", opt=_PUBLIC, include_in_schema=False)
async def metrics(runtime: FromRuntime) -> Response[bytes]:
    """Prometheus metrics of this process."""
    await _OVERDUE.look(runtime)
    await _STANDINGS.look(runtime)
    return Response(
        generate_latest(), media_type=MediaType.TEXT, headers={"Content-Type": CONTENT_TYPE_LATEST}
    )


handlers = [live, ready, metrics]
