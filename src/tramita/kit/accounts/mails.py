"""The e-mail with the link by which somebody sets their password."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from msgspec import Struct

from tramita.kit.accounts.links import LIFETIME, PATH, hash_of_link
from tramita.kit.database.work import UnitOfWork
from tramita.kit.languages.words import Words
from tramita.kit.mail.kinds import House, MailKind
from tramita.kit.mail.writing import NewMail, write_mails


class LinkFacts(Struct):
    """The secret part of the link; ``is_new``: the reader is invited, and forgot nothing."""

    secret: str
    is_new: bool


def _subject(words: Words, facts: LinkFacts, brand: str) -> str:
    if facts.is_new:
        return words.gettext("%(brand)s: you are invited to the console", brand=brand)
    return words.gettext("%(brand)s: set a new password for the console", brand=brand)


def _about(house: House, _: Words, facts: LinkFacts) -> Mapping[str, object]:
    return {
        "link": link_of(house.settings.address, facts.secret),
        "hours": round(LIFETIME.total_seconds() / 3600),
    }


LINK: Final = MailKind(
    key="account_link",
    package="tramita.kit.accounts",
    facts=LinkFacts,
    subject=_subject,
    examples={
        "invited": LinkFacts("0123456789abcdef", is_new=True),
        "forgot the password": LinkFacts("0123456789abcdef", is_new=False),
    },
    about=_about,
)


def link_of(address: str, secret: str) -> str:
    """The whole link."""
    return f"{address}{PATH}/{secret}"


async def send_link(
    work: UnitOfWork, account_id: UUID, email: str, facts: LinkFacts, *, language: str
) -> None:
    """Write the e-mail with this unit of work."""
    mail = NewMail(LINK, hash_of_link(facts.secret), account_id, email, language, facts)
    await write_mails(work, [mail])
