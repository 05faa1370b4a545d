"""How the console calls an application: by its amount, or else by what it has.

Each is a text that its template has translated: an amount is then written as its reader does.
"""

from datetime import datetime
from typing import Final

from tramita.kit.languages.filled import Filled
from tramita.kit.languages.words import to_translate
from tramita.kit.masking_shapes import mask_name
from tramita.transfers.amounts import told
from tramita.transfers.model import Application
from tramita.transfers.views import ApplicationLine

_MADE: Final = to_translate("Application of {moment}")


def title_of(application: Application) -> str:
    """By its amount; or by whoever pays, or is paid; or by when it was made."""
    form = application.form
    return _called(
        told(application.amount, application.currency),
        form.payer.name,
        form.beneficiary.name,
        application.created_at,
    )


def title_of_line(line: ApplicationLine) -> str:
    """The same in a list, where a payer stands beside the amount."""
    amount = told(line.amount, line.currency)
    if amount and line.payer:
        return Filled.of("{amount} · {payer}", amount=amount, payer=mask_name(line.payer))
    return _called(amount, line.payer, line.beneficiary, line.created_at)


def _called(amount: str, payer: str, beneficiary: str, made: datetime) -> str:
    named = amount or mask_name(payer) or mask_name(beneficiary)
    return named or Filled.of(_MADE, moment=made)
