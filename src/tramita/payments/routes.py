"""What payments serve; what they bring to every process is in ``area``."""

from typing import Final

from tramita.console.things import page_of_whole
from tramita.kit.http.area import AreaRoutes
from tramita.payments.acts import DEBIT, REFUND
from tramita.payments.api.cards import CreditCardsController
from tramita.payments.api.notifications import receive_notification

ROUTES: Final = AreaRoutes(
    handlers=[CreditCardsController, receive_notification],
    subjects={act.name: page_of_whole for act in (DEBIT, REFUND)},
    tags={
        "Payments": """\
A learner's cards. Their numbers are written into the payment provider's own form and never come \
here: what is known is the brand, the last four digits and the month until which a card is good.

A card is saved with `POST /api/v1/credit-cards/tokenize-card`: show the form that it answers, or \
send your user to its `url`; the card is listed as soon as the provider has told of it. Everything \
here is the user's own whose token is presented.
"""
    },
)
