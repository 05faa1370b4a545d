"""What can go wrong in the Mini App and its API, each as a sentence; the names are codes of the API."""

from tramita.kit.errors import (
    ConflictError,
    DependencyFailedError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    TooLargeError,
    UnauthorizedError,
)


class InitDataInvalid(UnauthorizedError):
    """Who opens the application is not vouched for: open it anew from the chat."""


class InitDataExpired(UnauthorizedError):
    """The application was opened too long ago for this: open it anew from the chat."""


class SessionExpired(UnauthorizedError):
    """The session is over, or there was none."""


class NotChatMember(ForbiddenError):
    """Only members of the chat may see this."""


class ChatMismatch(ForbiddenError):
    """The application was opened from another chat."""


class UserUnknown(NotFoundError):
    """There is no such user here."""


class AgentUnavailable(ConflictError):
    """The agent is not on the list any more: the application has to be handed over to another one."""


class TooLarge(TooLargeError):
    """A file may have {limit} bytes."""


class TelegramFileUnavailable(DependencyFailedError):
    """The messenger does not have this file, or not any more."""


class MimeMismatch(InvalidError):
    """The file is not what it is said to be."""

    @property
    def code(self) -> str:
        """A code of its own, because clients branch on it."""
        return "mime_mismatch"


class TooManyMessages(TooLargeError):
    """A batch may have {limit} messages."""

    @property
    def code(self) -> str:
        """As whatever is too large."""
        return "too_large"
