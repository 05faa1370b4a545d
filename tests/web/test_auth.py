"""Who may do what: every route says so, and the guard keeps it."""

from collections.abc import Iterator

import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar, get
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.routes import BaseRoute

from tests.jwts import bearing
from tests.web.conftest import Site
from tramita.kit.accounts.model import Role
from tramita.kit.settings import Mode
from tramita.kit.tokens import revoke_token
from tramita.web.app import routes
from tramita.web.auth import SCHEMES, guard
from tramita.web.problems import EXCEPTION_HANDLERS

# What a token may be allowed, and what anybody may reach. A new line here is a decision.
SCOPES = {
    "agents:read",
    "agents:write",
    "applications:read",
    "applications:write",
    "catalog:write",
    "chats:read",
    "chats:write",
    "contracts:read",
    "contracts:write",
    "courses:read",
    "courses:write",
    "customers:erase",
    "customers:export",
    "envelopes:read",
    "envelopes:write",
    "jobs:read",
    "jobs:write",
    "mails:read",
    "mails:write",
    "market:read",
    "market:write",
    "numbering:read",
    "numbering:write",
    "operations:read",
    "operations:write",
    "orders:read",
    "orders:write",
    "providers:read",
    "providers:write",
    "tenants:read",
    "tenants:write",
    "webapp:bot",
    "webhooks:read",
    "webhooks:write",
}
PUBLIC = {
    "GET /",
    "GET /api/detalhe-formalizacao/{token}",
    "GET /api/v1/offerings/{offering_id}/payment-schedule",
    "GET /console/login",
    "GET /console/second-step",
    "GET /console/welcome/{secret}",
    "GET /favicon.ico",
    "GET /formalizacao/{token}",
    "GET /health/live",
    "GET /health/ready",
    "GET /learn/enter",
    "GET /lender/logo",
    "GET /lender/style.css",
    "GET /metrics",
    "GET /robots.txt",
    "GET /schema",
    "GET /schema/openapi.json",
    "GET /schema/{path}",
    "GET /static/{file_path}",
    "GET /webapp",
    "HEAD /static/{file_path}",
    "POST /api/contratos/formalizacao/enviar-link",
    "POST /api/webapp/v1/session",
    "POST /console/login",
    "POST /console/second-step",
    "POST /console/welcome/{secret}",
    "POST /api/v1/payments/notifications",
    "POST /api/v1/signature/notifications",
    "POST /telegram/webhook/{path}",
    "POST /webhooks/{key}",
    "WEBSOCKET /ws/{token}",
    "POST /learn/enter",
}

GUARDS = set(SCHEMES)


def _alone(route: BaseRoute) -> BaseRouteHandler:
    handler: BaseRouteHandler = getattr(route, "route_handler")  # noqa: B009 - not every route's
    return handler


def _guards() -> Iterator[tuple[str, BaseRouteHandler]]:
    """Every method and path with the handler that answers it."""
    for route in routes():
        for handler in getattr(route, "route_handlers", None) or [_alone(route)]:
            methods = (
                handler.http_methods if isinstance(handler, HTTPRouteHandler) else ["WEBSOCKET"]
            )
            for method in methods:
                if handler.handler_name != "options_handler":  # the framework's, see the last test
                    yield f"{method} {route.path_format}", handler


class TestEveryRoute:
    def test_says_who_may_use_it(self) -> None:
        """A scope, a role of the console, or why it is public; exactly one. Sockets too."""
        guards = list(_guards())

        undecided = [name for name, one in guards if len(GUARDS & set(one.opt)) != 1]

        assert [] == undecided
        assert "WEBSOCKET /ws/{token}" in dict(guards)

    def test_is_public_only_by_decision(self) -> None:
        """The list above is the whole list."""
        public = {name for name, handler in _guards() if "public" in handler.opt}

        assert public == PUBLIC

    def test_needs_a_scope_that_tokens_have(self) -> None:
        """No route asks for a scope that nobody heard of: the list above is the whole list."""
        asked = {
            one.opt[name]
            for _, one in _guards()
            for name in ("scope", "or_scope")
            if name in one.opt
        }

        assert asked == SCOPES

    def test_asks_the_console_for_roles_that_exist(self) -> None:
        """And nothing below ``/console`` for anything else, but to sign in."""
        guards = dict(_guards())

        asked = {Role(one.opt["console"]) for one in guards.values() if "console" in one.opt}

        assert set(Role) == asked
        steps = ("login", "second-step", "welcome/{secret}")
        assert {f"{method} /console/{step}" for method in ("GET", "POST") for step in steps} == {
            name for name, one in guards.items() if "/console" in name and "console" not in one.opt
        }


class TestGuard:
    @pytest.mark.asyncio(loop_scope="function")
    async def test_lets_nobody_use_a_route_that_says_nothing(self) -> None:
        """Forgetting to declare is not the same as opening."""

        @get("/forgotten")
        async def forgotten() -> str:
            return "secret"

        app = Litestar(
            [forgotten],
            guards=[guard],
            exception_handlers=EXCEPTION_HANDLERS,
            openapi_config=None,
            logging_config=None,
        )
        transport = ASGITransport(app)  # type: ignore[arg-type]  # two dialects of ASGI's types

        async with AsyncClient(transport=transport, base_url="http://tramita") as client:
            answer = await client.get("/forgotten")

        assert (403, "forbidden") == (answer.status_code, answer.json()["code"])

    @pytest.mark.asyncio(loop_scope="module")
    async def test_shows_the_demos_routes_in_the_demo_only(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """In production there is nothing at these addresses."""
        shown = await site.ask("GET", "/numbering/demo", authenticated=False)
        monkeypatch.setattr(site.runtime.settings, "mode", Mode.PRODUCTION)

        hidden = await site.ask("GET", "/numbering/demo", authenticated=False)

        assert (200, 404) == (shown.status, hidden.status)

    @pytest.mark.asyncio(loop_scope="module")
    async def test_tells_operators_that_no_platform_is_known(
        self, site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Learners hear that they are not let in; the log has the setting that is missing."""
        monkeypatch.setattr(site.runtime.settings, "mode", Mode.PRODUCTION)

        asked = await site.ask("GET", "/api/v1/orders", headers=bearing("ana"))
        posted = await site.ask("POST", "/learn/enter", authenticated=False, data={"token": "any"})

        assert (401, 403) == (asked.status, posted.status)
        assert 2 == caplog.text.count("platform_not_known")
        assert "TRAMITA_JWT_SECRET" in caplog.text

    @pytest.mark.asyncio(loop_scope="module")
    async def test_refuses_a_revoked_token(self, site: Site) -> None:
        """From the very next request on."""
        headers = await site.token("contracts:read")
        before = await site.ask("GET", "/api/v1/contracts", headers=headers)
        async with site.runtime.database.unit_of_work() as work:
            await revoke_token(work, "contracts:read")

        after = await site.ask("GET", "/api/v1/contracts", headers=headers)

        assert (200, 401) == (before.status, after.status)

    @pytest.mark.asyncio(loop_scope="module")
    async def test_tells_methods_to_anybody_and_nothing_else(self, site: Site) -> None:
        """``OPTIONS`` is the framework's own; it runs no handler of ours."""
        answer = await site.ask("OPTIONS", "/api/v1/contracts", authenticated=False)

        assert (204, "") == (answer.status, answer.body)
        assert "POST" in answer.headers["Allow"]
