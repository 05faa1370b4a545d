"""The postman: hands one e-mail to the mail server, once, and says what came of it.

Until the text is handed over nothing has happened: whatever fails before is tried again. From then on
silence means that it may have arrived. A mail server says no for good (5xx) or for now (4xx);
a no to our own name or address is the installation's fault, and mended by people, so that is tried again too.
"""

import ssl
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from functools import cached_property
from random import SystemRandom
from typing import Final, TypeAlias

import aiosmtplib
import structlog

from tramita.kit.line import make_call, refuse_within_transaction
from tramita.kit.mail.settings import MailSettings, Security, read_address
from tramita.kit.masking import mask_text
from tramita.kit.outbox.letters import Sent, Verdict

log = structlog.get_logger(__name__)

# Waits after the first, second … failed attempt: a little more than two days.
SCHEDULE: Final[Sequence[timedelta]] = (
    timedelta(seconds=20),
    timedelta(minutes=1),
    timedelta(minutes=3),
    timedelta(minutes=5),
    timedelta(minutes=10),
    timedelta(minutes=15),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=4),
    timedelta(hours=8),
    timedelta(hours=12),
    timedelta(hours=24),
)
_MOST_KEPT: Final = 500
_NOWHERE: Final = "there is no mail server: set TRAMITA_MAIL_HOST"
# Seconds that saying good-bye may take once the e-mail is taken.
_FAREWELL: Final = 2.0

Where: TypeAlias = tuple[str, int]


def _any_chance() -> float:
    return SystemRandom().uniform(-1, 1)


@dataclass(frozen=True)
class Postman:
    """One process's way to the mail server.

    ``find`` says where that is; ``schedule`` is how long to wait between attempts, ``chance`` by how
    much each wait varies.
    """

    settings: MailSettings
    find: Callable[[], Awaitable[Where | None]]
    schedule: Sequence[timedelta] = SCHEDULE
    chance: Callable[[], float] = _any_chance

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        """Whom we believe to be the mail server; reading that takes longer than sending."""
        return ssl.create_default_context()

    def server(self, where: Where) -> aiosmtplib.SMTP:
        """The mail server, not connected to yet."""
        own, (host, port) = self.settings, where
        # The demo's speaks no TLS.
        security = own.security if own.host else Security.NONE
        return aiosmtplib.SMTP(
            hostname=host,
            port=port,
            username=own.user or None,
            password=own.password or None,
            use_tls=security is Security.TLS,
            start_tls=security is Security.STARTTLS,
            tls_context=None if security is Security.NONE else self._trust,
            timeout=own.deadline,
            # Asking for our own name would be a question to name servers.
            local_hostname=read_address(own.sender).domain,
        )

    async def send(self, message: EmailMessage, hand_over: Callable[[], Awaitable[bool]]) -> Sent:
        """Hand it over once. Never raises for what a mail server does.

        ``hand_over`` is asked right before the text goes: false leaves it.
        """
        refuse_within_transaction(f"e-mail {message['Message-ID']}")
        handing = _Handing(self, message, hand_over)
        ended = await make_call(handing, timedelta(seconds=self.settings.deadline))
        said = ended.result
        return Sent(said.verdict, said.code, said.error, said.answer, ended.milliseconds)


@dataclass(frozen=True, slots=True)
class _Said:
    verdict: Verdict
    code: int | None = None
    answer: str = ""
    error: str | None = None


@dataclass
class _Handing:
    """One attempt, under way."""

    postman: Postman
    message: EmailMessage
    hand_over: Callable[[], Awaitable[bool]]
    is_handed: bool = False
    said: _Said | None = None
    server: aiosmtplib.SMTP | None = None

    async def make(self) -> _Said:
        """Do it, and put what goes wrong into words."""
        try:
            return await self._hand()
        except aiosmtplib.SMTPResponseException as error:
            if self.is_handed and not isinstance(error, aiosmtplib.SMTPDataError):
                return self._broken("its answer is none", error)
            return _refused(error)
        except aiosmtplib.SMTPNotSupported as error:
            return self._broken("the mail server cannot do what is needed", error)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            return self._broken("no connection, or it broke", error)
        finally:
            if self.server is not None:
                self.server.close()

    def cut_off(self, within: str) -> _Said:
        """The deadline has passed; what was answered until then counts."""
        return self.said or self._silent(f"no answer {within}")

    async def _hand(self) -> _Said:
        where = await self.postman.find()
        if where is None:
            log.warning("mail_not_sent", message_id=self.message["Message-ID"], why=_NOWHERE)
            return _Said(Verdict.AGAIN, error=_NOWHERE)
        self.server = server = self.postman.server(where)
        await server.connect()
        sender, recipient = (self.message[name].addresses[0].addr_spec for name in ("From", "To"))
        form, options = policy.SMTP, list[str]()
        if not recipient.isascii():
            await server.ehlo()
            if not server.supports_extension("smtputf8"):
                return _Said(Verdict.REFUSED, error="the mail server takes no such address")
            form, options = policy.SMTPUTF8, ["SMTPUTF8", "BODY=8BITMIME"]
        await server.mail(sender, options=options, encoding="utf-8")
        await server.rcpt(recipient, encoding="utf-8")
        if not await self.hand_over():
            return _Said(Verdict.AGAIN, error="it is in other hands")
        self.is_handed = True
        answer = await server.data(self.message.as_bytes(policy=form))
        self.said = _Said(Verdict.ACCEPTED, answer.code, _shown(answer.message))
        with suppress(aiosmtplib.SMTPException, OSError):
            await server.quit(timeout=_FAREWELL)
        return self.said

    def _broken(self, why: str, error: Exception) -> _Said:
        log.info(
            "mail_not_sent",
            message_id=self.message["Message-ID"],
            why=f"{type(error).__name__} {mask_text(str(error))}".strip(),
        )
        return self._silent(why)

    def _silent(self, why: str) -> _Said:
        """Nothing was answered: what is not handed over yet can be, another time."""
        return _Said(Verdict.UNKNOWN if self.is_handed else Verdict.AGAIN, error=why)


def _refused(error: aiosmtplib.SMTPResponseException) -> _Said:
    """What the mail server answered instead of yes: about the e-mail itself, or about us."""
    is_about_mail = isinstance(error, aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPDataError)
    is_final = is_about_mail and 500 <= error.code < 600
    verdict = Verdict.REFUSED if is_final else Verdict.AGAIN
    return _Said(verdict, error.code, _shown(error.message), "the mail server did not take it")


def _shown(answer: str) -> str:
    return mask_text(answer)[:_MOST_KEPT]
