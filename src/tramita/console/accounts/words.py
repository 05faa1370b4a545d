"""How the console calls what admins do to accounts and tokens, and why something cannot be done."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from tramita.console.words import ActionWords, Stamp
from tramita.kit.accounts.entering import EntryOver
from tramita.kit.accounts.links import LinkOver
from tramita.kit.accounts.model import AccountExists, AccountInvalid, AccountNotFound, LastAdmin
from tramita.kit.accounts.passwords import TooManyPasswords
from tramita.kit.accounts.second_factor import CodeWrong, NoSecondFactor, SecondFactorThere
from tramita.kit.accounts.service import AccountLine
from tramita.kit.accounts.sessions import WrongCredentials
from tramita.kit.languages.words import to_translate
from tramita.kit.tokens import (
    CarrierMalformed,
    ScopeOfTheHouse,
    TermMalformed,
    TokenNameTaken,
    TokenNotFound,
    TokenRotated,
)


class AccountAction(StrEnum):
    """What an admin does to somebody's account, besides changing the role."""

    LINK = "link"
    DEMAND = "demand"
    LEAVE_FREE = "leave_free"
    END_SESSIONS = "end_sessions"
    RESET = "reset"
    DISABLE = "disable"
    ENABLE = "enable"


ACCOUNT_ACTIONS: Final[Mapping[AccountAction, ActionWords]] = {
    AccountAction.LINK: ActionWords(
        to_translate("Send a new link"),
        to_translate(
            "By it they set a password, once, within a day. The present password goes on until then."
        ),
        to_translate("The link is on its way to them."),
    ),
    AccountAction.DEMAND: ActionWords(
        to_translate("Ask for a second factor"),
        to_translate("Without one they are signed out now, and set up an app at the next sign-in."),
        to_translate("A second factor is asked of them from now on."),
    ),
    AccountAction.LEAVE_FREE: ActionWords(
        to_translate("Ask for no second factor"),
        to_translate("They may take theirs away. One that is set up is still asked for."),
        to_translate("A second factor is theirs to choose."),
    ),
    AccountAction.END_SESSIONS: ActionWords(
        to_translate("Sign out everywhere"),
        to_translate("Every browser they are signed in with has to sign in again."),
        to_translate("They are signed out everywhere."),
    ),
    AccountAction.RESET: ActionWords(
        to_translate("Take the second factor away"),
        to_translate(
            "For whoever lost their phone and their recovery codes. Make sure that it is them who "
            "asks: from now on the password alone lets in. Every session ends."
        ),
        to_translate("The second factor is gone."),
        asks=to_translate("Take this second factor away?"),
    ),
    AccountAction.DISABLE: ActionWords(
        to_translate("Disable"),
        to_translate("They are signed out at once and cannot sign in. What they did stays."),
        to_translate("The account is disabled."),
        asks=to_translate("Disable this account?"),
    ),
    AccountAction.ENABLE: ActionWords(
        to_translate("Enable"),
        to_translate("They sign in as before, with the same password and second factor."),
        to_translate("The account is enabled."),
    ),
}

SAID: Final[Mapping[type[Exception], str]] = {
    AccountExists: to_translate("There is an account of this address already, perhaps disabled."),
    AccountNotFound: to_translate("There is no such account that is not disabled."),
    LastAdmin: to_translate(
        "This is the last admin who can sign in. Make somebody else an admin first."
    ),
    NoSecondFactor: to_translate("There is no second factor."),
    SecondFactorThere: to_translate("There is a second factor already. Take it away first."),
    CodeWrong: to_translate("The code is wrong, or was used before."),
    WrongCredentials: to_translate("The present password is wrong."),
    TooManyPasswords: to_translate(
        "Too many people sign in at this moment; try again in a few seconds."
    ),
    LinkOver: to_translate(
        "This link is over: it was used, is older than a day, or a newer one was made."
    ),
    EntryOver: to_translate("This took too long. Sign in again."),
    TokenNameTaken: to_translate("There is a token of this name already, perhaps revoked."),
    TokenNotFound: to_translate("There is no valid token of this name."),
    TokenRotated: to_translate(
        "It has just been rotated. See to it that the new token was kept: rotating it once more ends "
        "the one that is in use."
    ),
    CarrierMalformed: to_translate(
        "A carrier’s code is 1 to 64 letters, digits, hyphens and underscores."
    ),
    ScopeOfTheHouse: to_translate("One of these scopes is for tokens of the house alone."),
    TermMalformed: to_translate("That is no time that a token may have."),
}
_INVALID: Final[Mapping[tuple[str, str], str]] = {
    ("email", "invalid"): to_translate("This is no e-mail address."),
    ("password", "length"): to_translate("A password has 12 to 1024 characters."),
    ("password", "is_email"): to_translate("A password is not the e-mail address."),
}


def said_of(error: Exception) -> str:
    """Why something was not done, to be shown in the reader's language."""
    if isinstance(error, AccountInvalid):
        first = error.errors[0]
        return _INVALID.get((first.path, first.code), first.message)
    return next((SAID[kind] for kind in type(error).__mro__ if kind in SAID), str(error))


def stamp_of(account: AccountLine) -> Stamp:
    """How an account stands."""
    if account.disabled_at is not None:
        return Stamp(to_translate("Disabled"), "idle")
    if account.is_invited:
        return Stamp(to_translate("Invited"), "wait")
    return Stamp(to_translate("May sign in"), "done")


def find_actions(account: AccountLine) -> list[AccountAction]:
    """What can be done to an account as it stands."""
    if account.disabled_at is not None:
        return [AccountAction.ENABLE]
    demand = AccountAction.LEAVE_FREE if account.needs_second_factor else AccountAction.DEMAND
    reset = [AccountAction.RESET] * account.has_second_factor
    return [
        AccountAction.LINK,
        demand,
        AccountAction.END_SESSIONS,
        *reset,
        AccountAction.DISABLE,
    ]
