"""Everything of the Mini App's API under one roof."""

from typing import Final

from tramita.transfers.api.webapp.application import ChatApplication
from tramita.transfers.api.webapp.people import show_me, show_user
from tramita.transfers.api.webapp.session import begin_session

WEBAPP: Final = (begin_session, show_me, show_user, ChatApplication)
