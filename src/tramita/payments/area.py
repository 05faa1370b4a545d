"""What payments bring to every process; what they serve is in ``routes``."""

from typing import Final

from tramita.kit.area import Area, Promises
from tramita.payments.check import check_payments, count_payments
from tramita.payments.events import EVENT_TYPES
from tramita.payments.finding import FINDER
from tramita.payments.journey import (
    ask_forms,
    debit_due,
    debit_installment,
    delete_card,
    make_schedule,
    refund_payment,
    take_message,
    watch_cards,
)
from tramita.payments.kept import KEPT
from tramita.payments.people import PEOPLE
from tramita.payments.settings import PaymentSettings
from tramita.payments.subjects import STAKES, WHOLES, facts_about

AREA: Final = Area(
    key="payments",
    jobs=[
        *make_schedule.JOBS,
        *debit_due.JOBS,
        *debit_installment.DEBITING.jobs,
        *refund_payment.REFUNDING.jobs,
        *delete_card.DELETION.jobs,
        *take_message.JOBS,
        *ask_forms.JOBS,
    ],
    schedules=[*debit_due.SCHEDULES, *watch_cards.SCHEDULES, *ask_forms.SCHEDULES],
    kinds=[
        debit_installment.DEBITING.kind,
        refund_payment.REFUNDING.kind,
        delete_card.DELETION.kind,
    ],
    events=EVENT_TYPES,
    settings={"Payments": PaymentSettings},
    promises=Promises(check=check_payments, count=count_payments),
    facts=facts_about,
    wholes=WHOLES,
    stakes=STAKES,
    finds=[FINDER],
    people=PEOPLE,
    kept=KEPT,
)
