"""The list of applications as CSV: of each what its line shows, of whoever pays no more than that."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Final
from uuid import UUID

from tramita.kit.languages.words import Words, to_translate
from tramita.kit.masking_shapes import mask_name
from tramita.kit.runtime import Runtime
from tramita.kit.spreadsheets import MARK, Cell, write_rows
from tramita.transfers.console.stages import PRODUCTS
from tramita.transfers.console.words import APPLICATION_STAMPS, PAYMENT_STAMPS
from tramita.transfers.lifecycle import ApplicationState, PaymentState
from tramita.transfers.queries import ApplicationFilter, list_applications
from tramita.transfers.views import ApplicationLine

# What is encrypted of so many is read in some ten milliseconds.
_AT_ONCE: Final = 200
_HEAD: Final = (
    to_translate("Id"),
    to_translate("Made"),
    to_translate("Amount"),
    to_translate("Currency"),
    to_translate("Payer"),
    to_translate("To country"),
    to_translate("State"),
    to_translate("Money"),
    to_translate("Number in 1C"),
    to_translate("Kind"),
    to_translate("Partner"),
    to_translate("Deadline"),
)


async def write_applications(
    runtime: Runtime, wanted: ApplicationFilter, words: Words
) -> AsyncIterator[bytes]:
    """Everything that fits, page after page: it takes little memory and holds nothing up."""
    yield MARK + write_rows([[words.gettext(one) for one in _HEAD]], words)
    before: UUID | None = None
    while True:
        async with runtime.database.reading() as work:
            found = await list_applications(work, wanted, before=before, limit=_AT_ONCE)
        page = found[:_AT_ONCE]
        yield write_rows([_cells(one, words) for one in page], words)
        if len(found) == len(page):
            return
        before = page[-1].id


def _cells(line: ApplicationLine, words: Words) -> list[Cell]:
    return [
        str(line.id),
        line.created_at,
        Decimal(line.amount) if line.amount else None,
        line.currency,
        mask_name(line.payer),
        line.beneficiary_country,
        words.gettext(APPLICATION_STAMPS[ApplicationState(line.state)].word),
        words.gettext(PAYMENT_STAMPS[PaymentState(line.payment_state)].word),
        line.onec_number,
        words.gettext(PRODUCTS[line.kind]),
        line.tenant,
        line.deadline,
    ]
