"""What transfers serve; what they bring to every process is in ``area``."""

from typing import Final

from tramita.kit.http.area import AreaRoutes
from tramita.transfers.api.office import OfficeController
from tramita.transfers.api.office_access import let_in_office
from tramita.transfers.api.webapp.access import let_in_guest
from tramita.transfers.api.webapp.routes import WEBAPP

ROUTES: Final = AreaRoutes(
    handlers=[*WEBAPP, OfficeController],
    tags={
        "Mini App": "What people see and do in the Mini App that our bot offers in a chat. Whoever opens "
        "it exchanges what Telegram signs for a short session of that chat (`POST …/session`), and "
        "finds there the application of the chat, as far as their role lets them. Errors have a "
        "`message` and `details` in the language that is asked for, Russian or English, besides the "
        "members of every problem.",
    },
    schemes={"webapp": let_in_guest, "office": let_in_office},
    bearers={"webapp": "session of the Mini App"},
)
