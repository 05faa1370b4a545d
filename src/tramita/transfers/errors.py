"""What can go wrong with applications, each as a sentence."""

from collections.abc import Sequence

from tramita.kit.errors import (
    ConflictError,
    FieldError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    ProviderUnavailableError,
    UnsupportedError,
)


class ApplicationNotFound(NotFoundError):
    """There is no application {id}."""


class AgentNotFound(NotFoundError):
    """There is no agent {id}."""


class OfferNotFound(NotFoundError):
    """There is no offer {id} of this application."""


class NoOffer(NotFoundError):
    """Nobody has said yet on what conditions this payment is made."""


class DocumentNotFound(NotFoundError):
    """There is no document {id} of this application."""


class TypeNotAllowed(UnsupportedError):
    """Files of the kind {media_type} are not taken: PDF, JPEG, PNG, DOCX, XLSX and ZIP are."""


class DocumentJobNotFound(NotFoundError):
    """Nobody has asked for a document by the name {id}."""


class TelegramIdTaken(ConflictError):
    """Another agent has the Telegram id {telegram_id} already."""


class MasterTaken(ConflictError):
    """There is one master tenant at most, and it is {key}."""


class ApplicationExists(ConflictError):
    """In this chat there is an application already that is not finished: {id}."""


class ChatNotBound(NotFoundError):
    """This chat belongs to nobody: an agent on the list has to add the bot to it."""


class VersionConflict(ConflictError):
    """The application was changed meanwhile: you have version {given}, it is at {version}."""


class ReadOnly(ConflictError):
    """The form is closed: the application is {state}, and only 1C may correct it."""


class InvalidTransition(ConflictError):
    """What is {from_} cannot become {to}."""

    def __init__(self, *, from_: str, to: str, allowed: Sequence[str]) -> None:
        """Carry where it may go instead."""
        self.from_, self.to, self.allowed = from_, to, list(allowed)
        super().__init__(from_=from_, to=to, allowed=self.allowed)


class OnecInWork(ConflictError):
    """The application cannot be taken back: 1C has begun to work on it, or has made an offer."""


class OnecRefused(ConflictError):
    """1C cancels nothing for which money has come."""


class StaleRevision(ConflictError):
    """The conditions are for revision {given} of the application, which is at {revision}."""


class StatusForbids(ConflictError):
    """While the application is {state} this cannot be done: {what}."""


class AlreadyAccepted(ConflictError):
    """The application has an accepted offer, and money is under way or nothing replaces it."""


class ClosingDocumentsMissing(ConflictError):
    """There are no closing documents yet: complete it with a reason, or wait for them."""


class TooManyApplications(ConflictError):
    """{most} applications are under way, and there may be no more: end some first."""


class DuplicateJob(ConflictError):
    """A document of the kind {kind} is being made already."""


class NotAllTenants(ForbiddenError):
    """This needs the scope tenants:all."""


class RoleForbidden(ForbiddenError):
    """A {role} may not do this: {action}."""


class WrongAgent(ForbiddenError):
    """The application is another agent's."""


class AgentNotWhitelisted(ForbiddenError):
    """This agent is not on the list of those who may work on applications."""


class OfferNotAllowed(ForbiddenError):
    """On this application nobody makes offers but 1C."""


class ReasonMissing(InvalidError):
    """A reason is needed."""

    def __init__(self) -> None:
        """Point at the field."""
        super().__init__([FieldError("reason", "missing", str(type(self).__doc__))])


class TelegramChannelDisabled(InvalidError):
    """Applications from chats are for the master tenant only."""

    def __init__(self) -> None:
        """Point at what says so."""
        super().__init__([FieldError("origin", self.code, str(type(self).__doc__))])

    @property
    def code(self) -> str:
        """The one of its own, for it is no mistake in a field."""
        return "telegram_channel_disabled"


class OnecUnavailable(ProviderUnavailableError):
    """1C cannot be asked just now."""


def invalid(path: str, code: str, message: str) -> InvalidError:
    """One field of a request breaks a rule."""
    return InvalidError([FieldError(path, code, message)])
