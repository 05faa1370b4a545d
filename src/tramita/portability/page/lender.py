"""Who lends, as the client's page names it: pure."""

import re
from dataclasses import dataclass

from tramita.portability.page.formats import bank_with_article

_NOT_DIGITS = re.compile(r"\D")


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to reach the lender: what it is called, what is read, where it leads."""

    label: str
    shown: str
    address: str


@dataclass(frozen=True, slots=True)
class Lender:
    """The lender; without a name it is spoken of as whoever sent the link."""

    name: str = ""
    phone: str = ""
    whatsapp: str = ""
    ombudsman: str = ""
    has_logo: bool = False
    has_color: bool = False

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The ways to reach it that are known."""
        known = (
            ("Telefone", self.phone, f"tel:{dialled(self.phone)}"),
            ("WhatsApp", self.whatsapp, f"https://wa.me/{dialled(self.whatsapp).lstrip('+')}"),
            ("Ouvidoria", self.ombudsman, f"tel:{dialled(self.ombudsman)}"),
        )
        return tuple(Channel(*one) for one in known if one[1])

    def say(self, sentence: str, **more: str) -> str:
        """A sentence with ``{sender}``, ``{Sender}`` and ``{to_sender}`` filled in.

        ``o Banco Exemplo``, ``O Banco Exemplo`` and ``ao Banco Exemplo``, or as fits a name
        that is feminine, or none.
        """
        sender, to_sender = "quem enviou o link", "a quem enviou o link"
        if self.name:
            sender = bank_with_article(self.name)
            to_sender = f"à {self.name}" if sender.startswith("a ") else f"a{sender}"
        start = sender[0].upper() + sender[1:]
        return sentence.format(sender=sender, Sender=start, to_sender=to_sender, **more)


def dialled(number: str) -> str:
    """A Brazilian number as a telephone dials it: ``+5511…``, or ``0800…`` as it is."""
    digits = _NOT_DIGITS.sub("", number)
    if number.strip().startswith("+"):
        return f"+{digits}"
    # An area code and eight or nine digits; 0800 and 4004 numbers have no country.
    return f"+55{digits}" if len(digits) in {10, 11} and not digits.startswith("0") else digits
