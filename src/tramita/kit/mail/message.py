"""One e-mail as it goes over the wire."""

from datetime import UTC, datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from uuid import UUID

from tramita.kit.mail.kinds import Content
from tramita.kit.mail.settings import MailSettings, read_address


class NoAddress(ValueError):
    """What is known of a recipient is no address."""


def compose(
    mail_id: UUID, recipient: str, content: Content, settings: MailSettings, *, language: str
) -> EmailMessage:
    """The message, the same in every attempt but for its date; raises ``NoAddress``."""
    sender = read_address(settings.sender)
    message = EmailMessage(policy.SMTP)
    message["From"] = sender
    message["To"] = _address(recipient)
    if settings.reply_to:
        message["Reply-To"] = read_address(settings.reply_to)
    message["Subject"] = content.subject
    message["Date"] = format_datetime(datetime.now(UTC))
    # By this a mailbox knows it again, should it ever come twice.
    message["Message-ID"] = f"<{mail_id}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(content.text)
    message.add_alternative(content.html, subtype="html")
    # Only now: what begins with Content would have become the first part's.
    message["Content-Language"] = language
    return message


def _address(recipient: str) -> Address:
    """Somebody's bare address; never two of them, whatever is written in it."""
    user, _, domain = recipient.rpartition("@")
    try:
        return Address("", user, domain)
    except (ValueError, IndexError) as error:
        raise NoAddress from error
