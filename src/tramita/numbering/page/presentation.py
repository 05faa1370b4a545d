"""What the demonstration page shows, worked out from a preview and what became of it.

Pure: rows go in, finished Portuguese words come out, and the templates only place them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from tramita.kit.calendar import BRASILIA, day_in_brazil
from tramita.numbering.ddd import AreaCode
from tramita.numbering.errors import (
    NumberAlreadyReserved,
    PreviewExpired,
    ProviderOutcomeUnknown,
    ReservationInProgress,
)
from tramita.numbering.lifecycle import NumberStatus, PreviewState, ProviderRelease
from tramita.numbering.numbers.queries import Offer
from tramita.numbering.page.words import REGIONS, Refusal
from tramita.numbering.previews.queries import PreviewNumberAnswer


class Face(StrEnum):
    """Which of its faces the page shows."""

    CHOOSE = "choose"
    HELD = "held"
    RESERVING = "reserving"
    RESERVED = "reserved"
    IN_USE = "in_use"
    RELEASED = "released"
    OVER = "over"


# One says "à 0h05" and "à 1h30", but "às 2h00".
_PLURAL_FROM: Final = 2

# Seconds after which a page asks by itself whether anything has changed.
_POLL: Final = {Face.HELD: 15, Face.RESERVING: 1, Face.RESERVED: 30, Face.RELEASED: 1}

# Errors that need no words of their own, because the page itself says what has happened.
SAID_BY_FACE: Final = frozenset(
    {
        (Face.RESERVING, ProviderOutcomeUnknown),
        (Face.RESERVING, ReservationInProgress),
        (Face.RESERVED, NumberAlreadyReserved),
        (Face.OVER, PreviewExpired),
    }
)


@dataclass(frozen=True, slots=True)
class Step:
    """One station of the way; ``mark`` is done, now, todo, bad or unknown."""

    label: str
    mark: str


@dataclass(frozen=True, slots=True)
class Region:
    """A region and its area codes."""

    name: str
    codes: tuple[AreaCode, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """The call of the API that does the same, and how it was answered."""

    method: str
    path: str
    status: int
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Why something was not done; ``retry_in`` is in whole seconds."""

    refusal: Refusal
    retry_in: int | None
    retry_ddd: str | None = None

    @property
    def advice(self) -> str | None:
        """``Tente de novo em 1 segundo.``, where it is known when."""
        if not self.retry_in:
            return None
        minutes = self.retry_in // 60
        count, unit = (minutes, "minuto") if minutes else (self.retry_in, "segundo")
        return f"Tente de novo em {count} {unit}{'s' if count > 1 else ''}."


@dataclass(frozen=True, slots=True)
class DemoView:
    """The whole page. ``left`` and ``span`` count seconds: of the hold, and all of it.

    ``stamp`` is a word and a class of ``tokens.css``; ``poll`` is how many seconds later
    the page asks again, 0 for never.
    """

    face: Face
    heading: str
    lead: str
    steps: tuple[Step, ...]
    address: str = "/numbering/demo"
    stamp: tuple[str, str] | None = None
    regions: tuple[Region, ...] = ()
    code: AreaCode | None = None
    preview_id: UUID | None = None
    numbers: tuple[PreviewNumberAnswer, ...] = ()
    reserving: int | None = None
    number: str | None = None
    left: float = 0
    span: float = 0
    poll: int = 0
    notice: Notice | None = None
    call: Call | None = None


def present_choice(codes: Sequence[AreaCode], *, minutes: float) -> DemoView:
    """The page before anything is chosen; ``minutes`` is how long numbers are held."""
    return DemoView(
        Face.CHOOSE,
        "De onde será o número?",
        f"Escolha um DDD. A operadora separa três números por {minutes:.0f} minutos, "
        "e você reserva um deles.",
        _steps("now", "todo", "todo"),
        regions=tuple(
            Region(name, tuple(one for one in codes if one.region == region))
            for region, name in REGIONS.items()
        ),
    )


def present_offer(offer: Offer, code: AreaCode) -> DemoView:
    """The page of a preview, as it stands now."""
    preview = offer.preview
    face = face_of(offer)
    heading, lead, stamp, steps = _words(offer, face)
    is_settled = face is Face.RELEASED and offer.provider_release is not ProviderRelease.PENDING
    is_shown = face in (Face.RESERVED, Face.IN_USE)
    return DemoView(
        face,
        heading,
        lead,
        steps,
        address=f"/numbering/demo/{preview.id}",
        stamp=stamp,
        code=code,
        preview_id=preview.id,
        numbers=preview.numbers if face in (Face.HELD, Face.RESERVING, Face.OVER) else (),
        reserving=offer.reserving,
        number=format_number(preview.reserved_msisdn)
        if is_shown and preview.reserved_msisdn
        else None,
        left=max(0.0, (preview.expires_at - offer.now).total_seconds()),
        span=(preview.expires_at - preview.created_at).total_seconds(),
        poll=0 if is_settled else _POLL.get(face, 0),
    )


def face_of(offer: Offer) -> Face:
    """What the page of a preview shows; a number that has a new holder is released."""
    match offer.preview.state:
        case PreviewState.HELD:
            return Face.HELD
        case PreviewState.RESERVING:
            return Face.RESERVING
        case PreviewState.CONSUMED if offer.status is NumberStatus.RESERVED:
            return Face.RESERVED
        case PreviewState.CONSUMED if offer.status in (None, NumberStatus.RETURNED):
            return Face.RELEASED
        case PreviewState.CONSUMED:
            return Face.IN_USE
        case PreviewState.EXPIRED | PreviewState.SUPERSEDED | PreviewState.RELEASED:
            return Face.OVER


_Words = tuple[str, str, tuple[str, str], tuple[Step, ...]]


def _words(offer: Offer, face: Face) -> _Words:
    match face:
        case Face.HELD:
            return (
                "Três números separados para você",
                "Parte de cada número fica oculta até a reserva. Você pode reservar um deles.",
                ("Separados", "wait"),
                _steps("done", "now", "todo"),
            )
        case Face.RESERVING:
            return (
                "Aguardando a confirmação da operadora",
                "O pedido foi enviado, e a resposta ainda não chegou. A reserva pode ter sido feita "
                "ou não: estamos consultando a operadora, e ninguém mais consegue reservar este "
                "número. O resultado aparece aqui automaticamente.",
                ("Sem resposta ainda", "unknown"),
                _steps("done", "done", "unknown"),
            )
        case Face.RESERVED:
            return (
                "Número reservado",
                _reserved(offer.reserved_until, offer.now),
                ("Reservado", "done"),
                _steps("done", "done", "done"),
            )
        case Face.IN_USE:
            return (
                "Número em uso",
                "Ele já foi associado a um chip e não pode mais ser devolvido por aqui.",
                ("Em uso", "done"),
                _steps("done", "done", "done"),
            )
        case Face.RELEASED:
            return (
                "Número devolvido",
                _RELEASED[offer.provider_release],
                ("Devolvido", "idle"),
                _steps("done", "done", "done"),
            )
        case _:
            return (
                *_OVER[offer.preview.state],
                ("Encerrados", "idle"),
                _steps("done", "bad", "todo"),
            )


_RELEASED: Final = {
    None: "Ele voltou para o estoque da operadora e já pode ser escolhido por outra pessoa.",
    ProviderRelease.NOT_NEEDED: "Ele voltou para o estoque da operadora.",
    ProviderRelease.PENDING: "Você já não está com ele. Estamos avisando a operadora.",
    ProviderRelease.DONE: "A operadora confirmou: ele voltou para o estoque.",
    ProviderRelease.FAILED: "Você já não está com ele. A operadora recusou a devolução, "
    "e nossa equipe vai resolver isso com ela.",
}

_OVER: Final = {
    PreviewState.EXPIRED: (
        "O prazo destes números acabou",
        "Nenhum deles foi reservado. Eles voltaram para a operadora, e você pode pedir outros três.",
    ),
    PreviewState.SUPERSEDED: (
        "Estes números foram trocados",
        "Outra lista tomou o lugar desta. Nenhum destes números foi reservado.",
    ),
    PreviewState.RELEASED: (
        "A operadora retirou estes números antes do prazo",
        "Nenhum deles foi reservado. Você pode pedir outros três.",
    ),
}


def _steps(*marks: str) -> tuple[Step, ...]:
    labels = ("DDD", "Três números", "Reserva")
    return tuple(Step(label, mark) for label, mark in zip(labels, marks, strict=True))


def _reserved(until: datetime | None, now: datetime) -> str:
    """How long a number stays reserved without a SIM."""
    if until is None:
        return "A reserva vale até um chip ser associado ao número."
    return (
        f"A reserva vale até {_moment(until, now)}. Se nenhum chip for associado ao número até lá, "
        "ele volta automaticamente para a operadora."
    )


def _moment(at: datetime, now: datetime) -> str:
    """``hoje às 14h05``, ``amanhã à 1h30``, ``27/11 às 9h30``; Brasília time."""
    local = at.astimezone(BRASILIA)
    days = (day_in_brazil(at) - day_in_brazil(now)) // timedelta(days=1)
    day = {0: "hoje", 1: "amanhã"}.get(days, f"{local:%d/%m}")
    return f"{day} {'à' if local.hour < _PLURAL_FROM else 'às'} {local.hour}h{local:%M}"


def format_number(msisdn: str) -> str:
    """``5511987654321`` as ``(11) 98765-4321``."""
    return f"({msisdn[2:4]}) {msisdn[4:9]}-{msisdn[9:]}"
