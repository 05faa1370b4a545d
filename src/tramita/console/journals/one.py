"""The page of one thing of a journal: read in one statement, and told as of now."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from litestar.response import Template

from tramita.console.frame import frame
from tramita.console.times import Now, now_for
from tramita.kit.database.work import UnitOfWork
from tramita.kit.http.forms import AnyRequest
from tramita.kit.runtime import Runtime

K = TypeVar("K")
R = TypeVar("R")


@dataclass(frozen=True)
class PageOfOne(Generic[K, R]):
    """``get`` reads it or says that it is not there, ``tell`` is what its template shows of it."""

    room: str
    template: str
    get: Callable[[UnitOfWork, K], Awaitable[R]]
    tell: Callable[[R, Now], Mapping[str, Any]]

    async def show(
        self,
        request: AnyRequest,
        runtime: Runtime,
        key: K,
        *,
        status: int = 200,
        error: str | None = None,
        notice: str | None = None,
    ) -> Template:
        """It as it is now; with an error it is not the page that was asked for."""
        async with runtime.database.reading() as work:
            one = await self.get(work, key)
            now = now_for(request, await work.now())
        said = {"room": self.room, "error": error, "notice": notice}
        context = frame(request) | said | dict(self.tell(one, now))
        return Template(self.template, status_code=status, context=context)
