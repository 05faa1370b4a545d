"""What may be wrong with chats and what is said there."""

from datetime import timedelta

from tramita.kit.errors import NotFoundError, OutcomeUnknownError, ProviderUnavailableError


class ChatNotFound(NotFoundError):
    """There is no chat {id}."""


class ChatNotBound(NotFoundError):
    """Nobody has activated this chat."""


class SendNotFound(NotFoundError):
    """Nothing was sent as {id}."""


class AssetNotFound(NotFoundError):
    """There is no file {id} in this chat."""


class ImportNotFound(NotFoundError):
    """There is no import {id}."""


class MessengerUnavailable(ProviderUnavailableError):
    """The messenger cannot be reached."""

    retry_after = timedelta(seconds=5)


class MembershipUnknown(OutcomeUnknownError):
    """The messenger does not say whether this person belongs to the chat."""

    retry_after = timedelta(seconds=2)
