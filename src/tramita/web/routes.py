"""What is served: of every area, and of none."""

from collections.abc import Sequence
from typing import Final

from litestar.types import ControllerRouterHandler

from tramita.console.rooms import Navigation
from tramita.console.routes import TEMPLATES as CONSOLE_TEMPLATES
from tramita.console.routes import make_console
from tramita.console.things import Directory, page_of_contract
from tramita.contracts.backends import installed_backends
from tramita.web import entrance, health, mails, webhooks
from tramita.web.areas import AREAS
from tramita.web.inbox import receive_webhook
from tramita.web.jobs import JobsController
from tramita.web.operations import OperationsController
from tramita.web.prose import PLATFORM_TAGS
from tramita.web.providers import ProvidersController

ROUTES: Final[Sequence[ControllerRouterHandler]] = [
    *(handler for area in AREAS for handler in area.handlers),
    OperationsController,
    ProvidersController,
    JobsController,
    make_console([page for area in AREAS for page in area.console]),
    receive_webhook,
    *webhooks.handlers,
    *mails.handlers,
    *health.handlers,
    *entrance.handlers,
]
TEMPLATES: Final = [*(area.templates for area in AREAS if area.templates), CONSOLE_TEMPLATES]
STATIC: Final = [area.static for area in AREAS if area.static]
NAVIGATION: Final = Navigation({key: name for area in AREAS for key, name in area.rooms.items()})
DIRECTORY: Final = Directory.of(
    AREAS,
    # What a backend's own jobs do, they do about contracts.
    {job.name: page_of_contract for one in installed_backends().values() for job in one.jobs},
)
TAGS: Final = {
    name: said
    for tags in (*(area.tags for area in AREAS), PLATFORM_TAGS)
    for name, said in tags.items()
}
