"""The web's applications, made once and used by one server after the other.

Most of what it takes to start a world is to register a hundred routes. An application keeps
nothing of a run but its state, which is emptied in between; two servers never share one.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import cache

from litestar import Litestar

from tramita.kit.runtime import Runtime
from tramita.web.app import Lifespan, make_app


@contextmanager
def app_over(runtime: Runtime) -> Iterator[Litestar]:
    """An application over a runtime, asked without a server; there is one of them."""
    app = _app_alone()
    app.state.runtime = runtime
    try:
        yield app
    finally:
        app.state.clear()


@cache
def _app_alone() -> Litestar:
    return make_app()


class KeptApps:
    """Applications that nobody uses at the moment."""

    def __init__(self) -> None:
        self._free: list[Litestar] = []

    def make_app(self, lifespan: Sequence[Lifespan] = ()) -> Litestar:
        """One for a server that runs within ``lifespan``; it comes back when that ends."""
        app = self._free.pop() if self._free else make_app([self._run])
        app.state.lifespan = lifespan
        return app

    @asynccontextmanager
    async def _run(self, app: Litestar) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for one in app.state.lifespan:
                await stack.enter_async_context(one(app))
            yield
        app.state.clear()
        self._free.append(app)
