"""What the client's page shows, worked out from the details of an envelope.

Pure: the details as ``queries.to_page`` gives them go in, finished pt-BR words come
out, and the templates only place them. A fact that is missing is left out, a word
that nobody has decided about reads as "we are checking".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

from tramita.kit.calendar import BRASILIA, day_in_brazil
from tramita.portability.lifecycle import EnvelopeState
from tramita.portability.page import figures
from tramita.portability.page.figures import Chart, Comparison, Saving
from tramita.portability.page.formats import bank_with_article, brl, day_in_words, time_left
from tramita.portability.page.headline import headline
from tramita.portability.page.situations import SAVING, SIGNED, Group, Situation, situation_of

Details = Mapping[str, Any]

LINK_NOT_REQUESTED: Final = "Link de formalização ainda não solicitado"

PRODUCTS: Final = {
    "PORTABILIDADE": "Portabilidade",
    "CARTAO_BENEFICIO": "Cartão benefício",
    "CARTAO_CONSIGNADO": "Cartão consignado",
}

STEPS: Final = ("Proposta", "Assinatura", "Saldo", "Quitação")

SIGNER_WORDS: Final[Mapping[str, str]] = {
    "signer_link_clicked": "Você já abriu a assinatura. Ela continua de onde parou.",
    "signer_step_completed": "Você já começou a assinar. Continue de onde parou.",
    "signer_step_abandoned": "Você começou a assinar e não terminou. O link continua valendo.",
}


class Phase(StrEnum):
    """Which of its five faces the page shows."""

    WAITING = "waiting"
    LOADING = "loading"
    READY = "ready"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the run is: ``done`` of ``total`` contracts."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Step:
    """One office on the contract's route; ``mark`` is done, now, todo, bad or unknown."""

    label: str
    mark: str


@dataclass(frozen=True, slots=True)
class SigningLink:
    """Where the client signs; ``host`` is shown so that the jump surprises nobody."""

    url: str
    host: str


@dataclass(frozen=True, slots=True)
class Consent:
    """What the client has to confirm in Meu INSS: until which day, and how long that is."""

    until: str | None
    left: str


@dataclass(frozen=True, slots=True)
class ContractView:
    """One contract as the page shows it; ``hint`` is about a signature already begun."""

    id: str
    number: str
    title: str
    situation: Situation
    lead: str
    route: tuple[Step, ...]
    saving: Saving | None
    chart: Chart | None
    comparisons: tuple[Comparison, ...]
    facts: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]
    advice: str | None
    consent: Consent | None
    signing_link: SigningLink | None
    hint: str | None
    document: str | None


@dataclass(frozen=True, slots=True)
class GroupView:
    """Contracts under one heading; ``signing_link`` signs all of them at once."""

    title: str
    contracts: tuple[ContractView, ...]
    signing_link: SigningLink | None = None


@dataclass(frozen=True, slots=True)
class FormalizationView:
    """The whole page; ``refresh_seconds`` is the reload interval without scripts."""

    phase: Phase
    heading: str
    lead: str
    client_name: str | None = None
    client_cpf: str | None = None
    progress: Progress | None = None
    saving: Saving | None = None
    groups: tuple[GroupView, ...] = ()
    sign_until: str | None = None
    refresh_seconds: int | None = None
    rendered_at: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """What all contracts of a page share."""

    today: date
    group_link: SigningLink | None


def present(
    details: Details, *, now: datetime, progress: tuple[int, int] | None = None
) -> FormalizationView:
    """Turn the details of an envelope into the client's page.

    ``details`` is what ``queries.to_page`` answers. ``progress`` is ``(done, total)``
    while a run goes. ``now`` is an aware time, shown in Brasília time.
    """
    rendered_at = now.astimezone(BRASILIA).strftime("%H:%M")
    if details.get("not_ready"):
        return _unready(details, progress=progress, rendered_at=rendered_at)
    today = date.fromisoformat(details.get("today") or day_in_brazil(now).isoformat())
    state = details.get("state")
    is_closed = state in {EnvelopeState.CANCELLED, EnvelopeState.EXPIRED}
    contracts = [
        (situation_of(contract, today=today, is_closed=is_closed), contract)
        for contract in details["contracts"]
    ]
    situations = [situation for situation, _ in contracts]
    if is_closed and not any(s.group in SIGNED | {Group.CHECKING} for s in situations):
        return _closed(details, today=today, rendered_at=rendered_at)
    heading, lead = headline(situations)
    can_sign = any(s.group is Group.SIGN for s in situations)
    frame = Frame(today, _link(details.get("group_url")))
    return FormalizationView(
        phase=Phase.READY,
        heading=heading,
        lead=lead,
        client_name=details["customer"]["name"],
        client_cpf=details["customer"]["cpf"],
        saving=_total_saving(contracts),
        groups=_grouped(contracts, frame=frame),
        sign_until=_day(details.get("expires_on"), today=today) if can_sign else None,
        refresh_seconds=60,
        rendered_at=rendered_at,
    )


def _unready(
    details: Details, *, progress: tuple[int, int] | None, rendered_at: str
) -> FormalizationView:
    if details.get("reason") == LINK_NOT_REQUESTED:
        return FormalizationView(
            phase=Phase.WAITING,
            heading="Seus contratos ainda não foram enviados",
            lead="Quem cuida da sua proposta ainda não pediu a formalização. Assim que pedir, "
            "os contratos aparecem aqui, neste mesmo link.",
            refresh_seconds=30,
            rendered_at=rendered_at,
        )
    lead = "Não precisa esperar nesta página: o link continua valendo."
    if details.get("asking"):
        lead = f"A resposta do banco está demorando, e estamos perguntando de novo. {lead}"
    return FormalizationView(
        phase=Phase.LOADING,
        heading="Estamos preparando seus contratos",
        lead=lead,
        progress=Progress(*progress) if progress else None,
        refresh_seconds=5,
        rendered_at=rendered_at,
    )


def _closed(details: Details, *, today: date, rendered_at: str) -> FormalizationView:
    """An envelope that ended before anything was signed."""
    if details.get("state") == EnvelopeState.CANCELLED:
        phase, heading = Phase.CANCELLED, "Esta formalização foi cancelada"
        lead = (
            "Nada mais será assinado por este link, e seus contratos de hoje "
            "continuam como estão. Se isso não era esperado, fale com quem enviou o link."
        )
    else:
        phase, heading = Phase.EXPIRED, "O prazo para assinar terminou"
        ended = _day(details.get("expires_on"), today=today)
        lead = (
            f"{f'Este link valia até {ended}. ' if ended else ''}Nada foi assinado, e seus "
            "contratos de hoje continuam como estão. Se ainda quiser mudar de banco, "
            "peça um link novo a quem enviou este."
        )
    return FormalizationView(
        phase=phase,
        heading=heading,
        lead=lead,
        client_name=details["customer"]["name"],
        client_cpf=details["customer"]["cpf"],
        rendered_at=rendered_at,
    )


def _grouped(
    contracts: Sequence[tuple[Situation, Details]], *, frame: Frame
) -> tuple[GroupView, ...]:
    groups = []
    for group in Group:
        views = tuple(
            _contract(s, contract=c, frame=frame) for s, c in contracts if s.group is group
        )
        link = frame.group_link if group is Group.SIGN else None
        # A contract that came too late for the common link has one of its own.
        together = tuple(one for one in views if link is not None and one.signing_link == link)
        alone = tuple(one for one in views if one not in together)
        if together:
            groups.append(GroupView(group.value, together, link))
        if alone:
            groups.append(GroupView(group.value, alone))
    return tuple(groups)


def _contract(situation: Situation, *, contract: Details, frame: Frame) -> ContractView:
    portability = contract["portability"] or {}
    origin = contract.get("origin") or {}
    later = contract.get("later") or {}
    is_stopped = situation.group is Group.STOPPED
    is_to_sign = situation.group is Group.SIGN
    financial = portability.get("financial") if situation.group in SAVING else None
    return ContractView(
        id=contract["id"],
        number=contract["number"],
        title=_title(contract, bank=origin.get("bank_name")),
        situation=situation,
        lead=_lead(situation, contract=contract, today=frame.today),
        route=tuple(Step(s, m) for s, m in zip(STEPS, situation.marks.split(), strict=False)),
        saving=figures.saving(financial),
        chart=figures.chart(origin, financial=financial, is_paid=situation.group is Group.DONE),
        comparisons=figures.comparisons(origin, financial=financial, later=later),
        facts=figures.facts(origin, financial=financial, later=later),
        # What is still being checked was not decided; its reasons would read like a refusal.
        reasons=tuple(portability.get("reasons") or ()) if is_stopped else (),
        advice=contract.get("advice") if is_stopped and portability else None,
        consent=_consent(later, today=frame.today) if situation.group is Group.CONFIRM else None,
        signing_link=_link(portability.get("signature_url")) if is_to_sign else None,
        hint=SIGNER_WORDS.get(later.get("signer_progress") or "") if is_to_sign else None,
        document=None if is_stopped else portability.get("ccb_document_key"),
    )


def _title(contract: Details, *, bank: str | None) -> str:
    product = contract["product"]
    title = PRODUCTS.get(product, product.replace("_", " ").capitalize())
    return title if bank is None else f"{title} d{bank_with_article(bank)}"


def _lead(situation: Situation, *, contract: Details, today: date) -> str:
    origin = contract.get("origin") or {}
    bank = bank_with_article(origin.get("bank_name"))
    if situation.group is not Group.SIGN:
        deadline = _deadline((contract.get("later") or {}).get("balance_due_on"), today=today)
        return situation.sentence.format(bank=bank, deadline=deadline)
    financial = (contract["portability"] or {}).get("financial")
    sentence = f"Seu empréstimo sai d{bank}"
    if financial and origin:
        if Decimal(financial["installment_amount"]) < Decimal(origin["installment_amount"]):
            sentence += ", com parcela menor"
        if financial["number_of_installments"] <= origin["remaining_installments"]:
            return f"{sentence}. O prazo não aumenta."
    return f"{sentence}."


def _deadline(due_on: str | None, *, today: date) -> str:
    """Until when the origin bank answers; honest when that day has passed."""
    if due_on is None:
        return " em até 5 dias úteis"
    written = day_in_words(date.fromisoformat(due_on), today=today)
    if date.fromisoformat(due_on) < today:
        return f", o que devia ter feito até {written}. Continuamos acompanhando"
    return f" até {written}"


def _consent(later: Details, *, today: date) -> Consent:
    until = later.get("consent_expires_on")
    if until is None:
        return Consent(None, "")
    return Consent(
        day_in_words(date.fromisoformat(until), today=today),
        time_left(date.fromisoformat(until), today=today),
    )


def _day(iso: str | None, *, today: date) -> str | None:
    return day_in_words(date.fromisoformat(iso), today=today) if iso else None


def _total_saving(contracts: Sequence[tuple[Situation, Details]]) -> Saving | None:
    per_month = total = Decimal(0)
    for situation, contract in contracts:
        financial = (contract["portability"] or {}).get("financial")
        if financial and situation.group in SAVING:
            per_month += Decimal(financial["saving_per_month"] or 0)
            total += Decimal(financial["saving_total"] or 0)
    if per_month <= 0:
        return None
    return Saving(per_month=brl(per_month), total=brl(total) if total > 0 else None)


def _link(url: str | None) -> SigningLink | None:
    """The link to sign.

    Defensive: the address comes from outside; anything but https (or http on a
    developer's machine) would let it run script in the client's page.
    """
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        return None
    return SigningLink(url=url, host=parts.hostname)
