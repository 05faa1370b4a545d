"""What transfers bring to every process; what they serve is in ``routes``."""

from typing import Final

from tramita.kit.area import Area, Promises
from tramita.transfers.check import check_transfers, count_transfers
from tramita.transfers.console.acts import render_acts
from tramita.transfers.console.cases import ATTENTION
from tramita.transfers.events import EVENT_TYPES
from tramita.transfers.finding import FINDER
from tramita.transfers.journey import (
    cancel_application,
    look_there,
    request_document,
    send_application,
    tell_agent,
    tell_files,
    tell_payment,
    update_application,
    watch_time,
)
from tramita.transfers.kept import KEPT
from tramita.transfers.office.settings import OfficeSettings
from tramita.transfers.people import PEOPLE
from tramita.transfers.rules.reference import render_roles
from tramita.transfers.settings import TransferSettings
from tramita.transfers.subjects import WHOLES, facts_about
from tramita.transfers.webapp import sessions
from tramita.transfers.webapp.settings import WebAppSettings

AREA: Final = Area(
    key="transfers",
    jobs=[
        *watch_time.JOBS,
        *send_application.SENDING.jobs,
        *update_application.UPDATING.jobs,
        *cancel_application.CANCELLING.jobs,
        *tell_payment.TELLING.jobs,
        *tell_agent.NAMING.jobs,
        *tell_files.JOBS,
        *request_document.REQUESTING.jobs,
        *look_there.JOBS,
    ],
    schedules=[*watch_time.SCHEDULES, *look_there.SCHEDULES],
    kinds=[
        send_application.SENDING.kind,
        update_application.UPDATING.kind,
        cancel_application.CANCELLING.kind,
        tell_payment.TELLING.kind,
        tell_agent.NAMING.kind,
        tell_files.FILING.kind,
        request_document.REQUESTING.kind,
    ],
    events=EVENT_TYPES,
    promises=Promises(check=check_transfers, count=count_transfers),
    settings={
        "Transfers": TransferSettings,
        "Back office": OfficeSettings,
        "Mini App": WebAppSettings,
    },
    facts=facts_about,
    wholes=WHOLES,
    attention=ATTENTION,
    finds=[FINDER],
    people=PEOPLE,
    kept=[*KEPT, *sessions.KEPT],
    languages=("en", "ru"),
    reference={"transfers-roles.md": render_roles, "console-roles.md": render_acts},
)
