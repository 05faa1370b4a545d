"""Everything of the Mini App's API."""

from typing import Final

from tramita.transfers.api.webapp.application import ChatApplication
from tramita.transfers.api.webapp.assets import fetch_asset, save_chat_asset, take_chat_asset
from tramita.transfers.api.webapp.messages import ChatMessages
from tramita.transfers.api.webapp.notes import ChatNotes
from tramita.transfers.api.webapp.offer import ChatOffer
from tramita.transfers.api.webapp.people import show_me, show_user
from tramita.transfers.api.webapp.session import begin_session

WEBAPP: Final = (
    begin_session,
    show_me,
    show_user,
    ChatApplication,
    save_chat_asset,
    take_chat_asset,
    fetch_asset,
    ChatMessages,
    ChatNotes,
    ChatOffer,
)
