"""The Litestar application of one process."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from functools import cache
from importlib.metadata import version
from pathlib import Path

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme, Tag
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.routes import BaseRoute
from litestar.static_files import create_static_files_router
from litestar.template import TemplateConfig
from litestar.types import Scope

from tramita.console.filters import FILTERS as CONSOLE_FILTERS
from tramita.kit.callers import Caller
from tramita.kit.http.requests import JSONRequest
from tramita.kit.languages.templates import teach_languages
from tramita.kit.runtime import Runtime
from tramita.web.auth import guard
from tramita.web.idempotency import IdempotencyKeys, answer_again
from tramita.web.limits import PublicLimits
from tramita.web.middleware import AddressForm
from tramita.web.openapi import SECURITY_SCHEMES, operation_id
from tramita.web.pages import NOWHERE
from tramita.web.problems import EXCEPTION_HANDLERS, log_socket_failure
from tramita.web.prose import PROSE
from tramita.web.reference import ReferenceJSON, ReferencePage, prepare_reference, refuse_elsewhere
from tramita.web.routes import DIRECTORY, NAVIGATION, ROUTES, STATIC, TAGS, TEMPLATES

HERE = Path(__file__).parent
# What takes more says so itself.
BODY_LIMIT = 64 * 1024

Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]


def provide_runtime(state: State, scope: Scope) -> Runtime:
    """The runtime within the caller's bounds, for handlers that ask for it."""
    runtime: Runtime = state.runtime
    caller = scope.get("user")
    return runtime.within(caller.bounds) if isinstance(caller, Caller) else runtime


@cache
def routes() -> Sequence[BaseRoute]:
    """Every route of the application, for whoever only looks at them."""
    return make_app().routes


def make_app(lifespan: Sequence[Lifespan] = ()) -> Litestar:
    """The application; ``lifespan`` must put the runtime into its state."""
    return Litestar(
        route_handlers=[
            *ROUTES,
            create_static_files_router(
                path="/static",
                directories=[HERE / "static", *STATIC],
                opt={"public": "the look of the pages", "cacheable": True},
                include_in_schema=False,
            ),
        ],
        dependencies={"runtime": Provide(provide_runtime, sync_to_thread=False)},
        request_class=JSONRequest,
        guards=[guard],
        before_request=answer_again,
        middleware=[AddressForm(), PublicLimits(), IdempotencyKeys()],
        exception_handlers=EXCEPTION_HANDLERS,
        after_exception=[log_socket_failure],
        lifespan=list(lifespan),
        opt={"directory": DIRECTORY},
        request_max_body_size=BODY_LIMIT,
        openapi_config=_describe(),
        template_config=TemplateConfig(
            directory=[HERE / "templates", *TEMPLATES],
            engine=JinjaTemplateEngine,
            engine_callback=_prepare_templates,
        ),
        logging_config=None,
    )


def _prepare_templates(engine: JinjaTemplateEngine) -> None:
    engine.engine.globals["navigation"] = NAVIGATION
    engine.engine.globals["page_of"] = DIRECTORY.page
    engine.engine.globals["subject_address"] = DIRECTORY.subject
    engine.engine.filters.update(CONSOLE_FILTERS)
    teach_languages(engine.engine)


def _describe() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Tramita",
        version=version("tramita"),
        description=PROSE,
        use_handler_docstrings=True,
        operation_id_creator=operation_id,
        tags=[Tag(name=name, description=text) for name, text in TAGS.items()],
        openapi_router=Router(
            "/schema",
            route_handlers=[],
            opt={"public": "the API's documentation", "page": NOWHERE},
            before_request=prepare_reference,
            after_request=refuse_elsewhere,
            include_in_schema=False,
        ),
        render_plugins=[ReferencePage(path="/"), ReferenceJSON()],
        components=Components(
            security_schemes={
                name: SecurityScheme(type="http", scheme="bearer", bearer_format=form)
                for name, form in SECURITY_SCHEMES.items()
            }
        ),
    )
