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
from tramita.numbering.lifecycle import NumberStatus, PreviewState, ProviderRelease
from tramita.numbering.numbers.queries import Offer
from tramita.numbering.page.words import REGIONS, Refusal
from tramita.numbering.previews.rows import MaskedNumber


class Face(StrEnum):
    """Which of its faces the page shows."""

    CHOOSE = "choose"
    HELD = "held"
    RESERVING = "reserving"
    RESERVED = "reserved"
    IN_USE = "in_use"
    RELEASED = "released"
    OVER = "over"


# Seconds after which a page asks by itself whether anything has changed.
_POLL: Final = {Face.HELD: 15, Face.RESERVING: 1, Face.RESERVED: 30, Face.RELEASED: 1}

# Errors that need no words of their own, because the page itself says what has happened.
SAID_BY_FACE: Final = frozenset(
    {
        (Face.RESERVING, "PROVIDER_OUTCOME_UNKNOWN"),
        (Face.RESERVING, "RESERVATION_IN_PROGRESS"),
        (Face.RESERVED, "NUMBER_ALREADY_RESERVED"),
        (Face.OVER, "PREVIEW_EXPIRED"),
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
    numbers: tuple[MaskedNumber, ...] = ()
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
        "Escolha um DDD. A operadora separa três números para você por "
        f"{minutes:.0f} minutos, e você reserva um deles.",
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
                "O meio de cada um fica escondido até a reserva. Só um sai desta lista.",
                ("Separados", "wait"),
                _steps("done", "now", "todo"),
            )
        case Face.RESERVING:
            return (
                "Aguardando a operadora confirmar",
                "O pedido foi feito e a resposta ainda não veio. Pode ter dado certo ou não: "
                "estamos perguntando, e ninguém mais consegue reservar este número. "
                "O resultado aparece aqui sozinho.",
                ("Sem resposta ainda", "unknown"),
                _steps("done", "done", "unknown"),
            )
        case Face.RESERVED:
            return (
                "Número reservado",
                f"Ele espera um chip até {_moment(offer.reserved_until, offer.now)}. "
                "Sem chip até lá, volta sozinho para a operadora.",
                ("Reservado", "done"),
                _steps("done", "done", "done"),
            )
        case Face.IN_USE:
            return (
                "Número com chip",
                "Ele já foi ligado a um chip, então não se devolve mais por aqui.",
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
    None: "Ele voltou para o estoque da operadora e já pode ser de outra pessoa.",
    ProviderRelease.NOT_NEEDED: "Ele voltou para o estoque da operadora.",
    ProviderRelease.PENDING: "Aqui ele já está livre. Estamos avisando a operadora.",
    ProviderRelease.DONE: "A operadora confirmou: ele voltou para o estoque dela.",
    ProviderRelease.FAILED: "Aqui ele já está livre. A operadora recusou a devolução, "
    "e uma pessoa vai resolver com ela.",
}

_OVER: Final = {
    PreviewState.EXPIRED: (
        "O tempo destes números acabou",
        "Nada foi reservado. Eles voltaram para a operadora, e você pode pedir outros três.",
    ),
    PreviewState.SUPERSEDED: (
        "Estes números foram trocados",
        "Outra lista tomou o lugar desta. Nada foi reservado daqui.",
    ),
    PreviewState.RELEASED: (
        "A operadora soltou estes números antes da hora",
        "Nada foi reservado. Peça outros três.",
    ),
}


def _steps(*marks: str) -> tuple[Step, ...]:
    labels = ("DDD", "Três números", "Reserva")
    return tuple(Step(label, mark) for label, mark in zip(labels, marks, strict=True))


def _moment(at: datetime | None, now: datetime) -> str:
    """``hoje às 14h05``, ``amanhã às 9h30``, ``27/11 às 9h30``; Brasília time."""
    if at is None:
        return "ser usado"
    local = at.astimezone(BRASILIA)
    days = (day_in_brazil(at) - day_in_brazil(now)) // timedelta(days=1)
    day = {0: "hoje", 1: "amanhã"}.get(days, f"{local:%d/%m}")
    return f"{day} às {local.hour}h{local:%M}"


def format_number(msisdn: str) -> str:
    """``5511987654321`` as ``(11) 98765-4321``."""
    return f"({msisdn[2:4]}) {msisdn[4:9]}-{msisdn[9:]}"
