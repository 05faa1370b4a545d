"""``/api/v1/admin/providers``: how the outside systems are, and pausing them for a maintenance."""

from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath, JSONBody

from tramita.kit.database.work import UnitOfWork
from tramita.kit.http.actors import ACTOR
from tramita.kit.http.answers import answered
from tramita.kit.http.dependencies import FromActor, FromRuntime
from tramita.kit.operations.board import ProviderStanding, tell_provider, tell_providers
from tramita.kit.operations.maintenance import close_breakers_of, pause_provider, resume_provider
from tramita.kit.operations.paused import LONGEST_REASON
from tramita.kit.runtime import Runtime

READ: Final[dict[str, Any]] = {"scope": "providers:read"}
WRITE: Final[dict[str, Any]] = {
    "scope": "providers:write",
    "idempotent": True,
    "problems": [404, 409],
}


class PauseBody(msgspec.Struct, forbid_unknown_fields=True):
    """Why it is paused, which operators read; one kind of act alone; when it goes on by itself."""

    why: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_REASON)]
    kind: Annotated[str, msgspec.Meta(max_length=100)] | None = None
    until: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class ResumeBody(msgspec.Struct, forbid_unknown_fields=True):
    """The kind of act that was paused by itself; without one, the pause of them all ends."""

    kind: Annotated[str, msgspec.Meta(max_length=100)] | None = None


class ProvidersController(Controller):
    """Outside systems as operators see them."""

    path = "/api/v1/admin/providers"
    tags = ["Providers"]  # noqa: RUF012 - Litestar's own declaration
    dependencies = ACTOR

    @get(opt=READ)
    async def index(self, runtime: FromRuntime) -> list[ProviderStanding]:
        """Every provider that is installed: what waits there, and what is paused."""
        async with runtime.database.unit_of_work() as work:
            return await tell_providers(runtime, work)

    @get("/{provider:str}", opt=READ)
    async def show(self, provider: FromPath[str], runtime: FromRuntime) -> ProviderStanding:
        """One of them."""
        async with runtime.database.unit_of_work() as work:
            return await tell_provider(runtime, work, provider)

    @post("/{provider:str}/pause", status_code=200, opt=WRITE)
    async def pause(
        self,
        provider: FromPath[str],
        data: JSONBody[PauseBody],
        runtime: FromRuntime,
        actor: FromActor,
    ) -> ProviderStanding:
        """Take up nothing more there: what is to be done waits, and what is under way ends."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            await pause_provider(
                runtime, work, provider, why=data.why, kind=data.kind, until=data.until
            )
            return await _answered(runtime, work, provider)

    @post("/{provider:str}/close-breaker", status_code=200, opt=WRITE)
    async def close(
        self, provider: FromPath[str], runtime: FromRuntime, actor: FromActor
    ) -> ProviderStanding:
        """Have every process call it again that holds its calls back, within seconds."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            await close_breakers_of(runtime, work, provider)
            return await _answered(runtime, work, provider)

    @post("/{provider:str}/resume", status_code=200, opt=WRITE)
    async def resume(
        self,
        provider: FromPath[str],
        data: JSONBody[ResumeBody],
        runtime: FromRuntime,
        actor: FromActor,
    ) -> ProviderStanding:
        """Have what waits go on, within seconds and at the usual pace."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            await resume_provider(runtime, work, provider, kind=data.kind)
            return await _answered(runtime, work, provider)


async def _answered(runtime: Runtime, work: UnitOfWork, provider: str) -> ProviderStanding:
    return await answered(work, await tell_provider(runtime, work, provider))
