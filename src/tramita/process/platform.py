"""What is no area's own: operations, messages and keys, delivering events, erasing people."""

from typing import Final

from tramita.kit import audit, claims, exports, idempotency, inbox, notes, quotas
from tramita.kit.accounts import attempts, entering, links, searches, sessions
from tramita.kit.accounts.mails import LINK
from tramita.kit.accounts.settings import AccountSettings
from tramita.kit.area import Area, Promises
from tramita.kit.encryption.settings import EncryptionSettings
from tramita.kit.http.settings import WebSettings
from tramita.kit.jobs import Schedule
from tramita.kit.jobs import kept as queue
from tramita.kit.jwt_users import JWTSettings
from tramita.kit.mail import delivering as mailing
from tramita.kit.mail import kept as mails
from tramita.kit.mail.settings import MailSettings
from tramita.kit.operations import figures, many, paused, sweep
from tramita.kit.operations import kept as journal
from tramita.kit.operations.check import check_operations, count_operations
from tramita.kit.operations.events import NEEDS_ATTENTION
from tramita.kit.people import erasing, files
from tramita.kit.people.tables import PEOPLE
from tramita.kit.quotas import QuotaSettings
from tramita.kit.runtime import Runtime
from tramita.kit.webhooks import delivering
from tramita.kit.webhooks import kept as deliveries
from tramita.kit.webhooks.types import TEST
from tramita.process.finding import FINDER


async def sweep_lost_operations(runtime: Runtime) -> None:
    """Enqueue anew whatever lost its job or its worker."""
    on_held = {name: kind.hold for name, kind in runtime.kinds.items() if kind.hold is not None}
    async with runtime.database.unit_of_work(actor=paused.CLOCK) as work:
        await paused.resume_due(work)
    async with runtime.database.unit_of_work(actor="sweep") as work:
        await sweep.enqueue_lost(work, on_held=on_held)


async def enqueue_forgotten_messages(runtime: Runtime) -> None:
    """Try kept messages of providers again that lost their job."""
    async with runtime.database.unit_of_work(actor="sweep") as work:
        for provider, receiver in runtime.receivers.items():
            await inbox.enqueue_forgotten(work, provider, job=receiver.job)


PLATFORM: Final = Area(
    key="operations",
    jobs=[*many.JOBS, *delivering.JOBS, *mailing.JOBS, *erasing.JOBS],
    schedules=[
        Schedule("operations.sweep_lost", "* * * * * */2", sweep_lost_operations),
        Schedule("inbox.enqueue_forgotten", "*/5 * * * *", enqueue_forgotten_messages),
        *figures.SCHEDULES,
        *delivering.SCHEDULES,
        *mailing.SCHEDULES,
        *erasing.SCHEDULES,
        *files.SCHEDULES,
    ],
    events=[NEEDS_ATTENTION, TEST],
    mails=[LINK],
    kept=[
        *queue.KEPT,
        *journal.KEPT,
        *many.KEPT,
        *figures.KEPT,
        *claims.KEPT,
        *inbox.KEPT,
        *deliveries.KEPT,
        *mails.KEPT,
        *idempotency.KEPT,
        *sessions.KEPT,
        *searches.KEPT,
        *entering.KEPT,
        *links.KEPT,
        *attempts.KEPT,
        *audit.KEPT,
        *quotas.KEPT,
        *exports.KEPT,
        *notes.KEPT,
    ],
    settings={
        "Web": WebSettings,
        "Users of a partner's platform": JWTSettings,
        "Encryption": EncryptionSettings,
        "E-mails": MailSettings,
        "Accounts": AccountSettings,
        "Limits of tenants": QuotaSettings,
    },
    wholes=[
        "SELECT id, 'message' AS kind, id AS whole FROM inbox WHERE id = ANY($1::uuid[])",
        "SELECT id, 'bulk_act', id FROM bulk_acts WHERE id = ANY($1::uuid[])",
    ],
    finds=[FINDER],
    people=PEOPLE,
    promises=Promises(
        check=lambda runtime: check_operations(runtime.database),
        count=lambda runtime: count_operations(runtime.database),
    ),
)
