"""Accounts of people, and what is wrong with what they were to be made of."""

from enum import StrEnum

from tramita.kit.errors import ConflictError, FieldError, InvalidError, NotFoundError

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 1024
_LONGEST_EMAIL = 254  # RFC 5321 leaves no more for an address.


class Role(StrEnum):
    """What somebody may do; each role includes those before it."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"

    def includes(self, role: "Role") -> bool:
        """Whether whoever has this role may do what ``role`` may."""
        order = list(Role)
        return order.index(self) >= order.index(role)


class AccountExists(ConflictError):
    """There is an account for {email} already; disabled ones keep their addresses."""


class AccountNotFound(NotFoundError):
    """There is no account for {email} that is not disabled."""


class AccountNotDisabled(ConflictError):
    """The account {email} is not disabled; only then it can be forgotten."""


class LastAdmin(ConflictError):
    """This is the last admin who can sign in; make somebody else one first."""


class AccountInvalid(InvalidError):
    """What an account was to be made of cannot be used; the message says why."""

    def __str__(self) -> str:
        """Every reason, as sentences."""
        return " ".join(error.message for error in self.errors)


def normalize_email(email: str) -> str:
    """The address as it is stored and compared: two ways to write it are one account."""
    return email.strip().lower()


def check_email(email: str) -> list[FieldError]:
    """What is wrong with a normalized address; only a message to it could tell for sure."""
    local, at, domain = email.rpartition("@")
    is_plain = email.isascii() and email.isprintable() and " " not in email
    if is_plain and at and local and "." in domain.strip(".") and len(email) <= _LONGEST_EMAIL:
        return []
    return [FieldError("email", "invalid", f"{email!r} is no e-mail address.")]


def check_password(password: str, *, email: str) -> list[FieldError]:
    """What is wrong with a password, given the normalized address it belongs to."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        sentence = f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters."
        return [FieldError("password", "length", sentence)]
    if password.strip().lower() in (email, email.partition("@")[0]):
        return [FieldError("password", "is_email", "A password is not the e-mail address.")]
    return []
