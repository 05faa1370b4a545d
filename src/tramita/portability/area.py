"""What portability brings to every process; what it serves is in ``routes``."""

from typing import Final

from tramita.kit.area import Area, Promises
from tramita.portability import documents, timers
from tramita.portability import kept as events
from tramita.portability.check import check_portability, count_portability
from tramita.portability.events import EVENT_TYPES
from tramita.portability.finding import FINDER
from tramita.portability.journey import (
    accept_balance,
    cancel_proposal,
    insert_proposal,
    open_group,
    poll_proposal,
    recalculate_proposal,
    reconcile_proposal,
    search_left_alive,
    send_group,
    submit_proposal,
    take_message,
    upload_picture,
)
from tramita.portability.later_life import polling
from tramita.portability.lender import LenderSettings
from tramita.portability.people import PEOPLE
from tramita.portability.reference import render_statuses
from tramita.portability.settings import PortabilitySettings
from tramita.portability.subjects import WHOLES, facts_about

AREA: Final = Area(
    key="portability",
    jobs=[
        *insert_proposal.JOBS,
        *reconcile_proposal.JOBS,
        *cancel_proposal.JOBS,
        *search_left_alive.JOBS,
        *take_message.JOBS,
        *poll_proposal.JOBS,
        *submit_proposal.JOBS,
        *recalculate_proposal.JOBS,
        *accept_balance.JOBS,
        *upload_picture.JOBS,
        *open_group.JOBS,
        *send_group.JOBS,
    ],
    schedules=[
        *timers.SCHEDULES,
        *polling.SCHEDULES,
        *documents.SCHEDULES,
    ],
    kinds=[
        insert_proposal.INSERTION,
        cancel_proposal.CANCELLATION.kind,
        submit_proposal.SUBMISSION.kind,
        recalculate_proposal.RECALCULATION.kind,
        accept_balance.ACCEPTANCE.kind,
        upload_picture.UPLOAD.kind,
        open_group.OPENING.kind,
        send_group.SENDING.kind,
    ],
    events=EVENT_TYPES,
    kept=events.KEPT,
    settings={"Portability": PortabilitySettings, "Lender": LenderSettings},
    promises=Promises(check=check_portability, count=count_portability),
    facts=facts_about,
    wholes=WHOLES,
    finds=[FINDER],
    people=PEOPLE,
    reference={"lifecycles.md": render_statuses},
)
