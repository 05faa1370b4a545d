"""What is done at the messenger as an operation, by name."""

from typing import Final

from tramita.chats.ports import ChatService
from tramita.kit.operations.kind import ActName

FETCH: Final = ActName("chats.fetch_asset", ChatService)
