"""The jobs: send one e-mail; what the outbox does for every channel."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol
from uuid import UUID

import msgspec

from tramita.kit.jobs import Job, Schedule
from tramita.kit.languages.words import words_in
from tramita.kit.mail.channel import CHANNEL, Letter, note_handing_over
from tramita.kit.mail.kinds import Content, House, MailKind
from tramita.kit.mail.message import NoAddress, compose
from tramita.kit.mail.postman import Postman
from tramita.kit.outbox import sending
from tramita.kit.outbox.letters import Sent, Verdict


class Host(sending.Host, House, Protocol):
    """What sending needs of the runtime; ``mails`` are the kinds of every area, by name."""

    @property
    def mails(self) -> Mapping[str, MailKind[Any]]: ...

    @property
    def postman(self) -> Postman: ...


@dataclass(frozen=True, slots=True)
class Sender:
    """Renders what is to be sent, and has the postman carry it."""

    host: Host

    @property
    def schedule(self) -> Sequence[timedelta]:
        """The postman's."""
        return self.host.postman.schedule

    @property
    def chance(self) -> Callable[[], float]:
        """The postman's."""
        return self.host.postman.chance

    async def send(self, letter: Letter) -> Sent:
        """Send it once. Never raises for what a mail server does."""
        postman = self.host.postman
        if not letter.recipient or not letter.facts:
            return _refused("what it said was forgotten, or its reader was erased")
        content = render(self.host, letter)
        try:
            message = compose(
                letter.mail_id,
                letter.recipient,
                content,
                postman.settings,
                language=letter.language,
            )
        except NoAddress:
            return _refused("that is no address")
        return await postman.send(message, self._noting(letter))

    def _noting(self, letter: Letter) -> Callable[[], Awaitable[bool]]:
        return lambda: self.host.gathered(note_handing_over).add(letter)


def render(host: Host, letter: Letter) -> Content:
    """An e-mail of its kind, with the facts that were kept."""
    kind = host.mails[letter.template]
    words = words_in(letter.language, host.settings.time_zone)
    return kind.render(host, words, msgspec.json.decode(letter.facts, type=kind.facts))


def _refused(why: str) -> Sent:
    return Sent(Verdict.REFUSED, None, why, "", 0)


async def send(host: Host, delivery_id: UUID) -> None:
    """Hand an e-mail to the mail server once, and record what came of it.

    Taken, it is delivered; not taken for now, or no mail server there, it is tried again when the
    schedule says; not taken for good, it is refused. When the text was handed over and nothing
    was answered it is unknown, and a person decides. An operator sees all of that, with every
    attempt, in ``GET /api/v1/mails``.
    """
    await sending.send_once(host, CHANNEL, Sender(host), delivery_id)


JOBS: Final[Sequence[Job[Any]]] = [Job(CHANNEL.job, send)]
SCHEDULES: Final[Sequence[Schedule[Any]]] = [sending.sweep_of(CHANNEL)]
