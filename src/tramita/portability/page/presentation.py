"""What the client's page shows, worked out from the details of an envelope.

Pure: the details as ``queries.to_page`` gives them go in, finished pt-BR words come
out, and the templates only place them. A fact that is missing is left out, a word
that nobody has decided about reads as "we are checking".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlsplit

from tramita.kit.calendar import BRASILIA, day_in_brazil
from tramita.portability.lifecycle import EnvelopeState
from tramita.portability.page import figures
from tramita.portability.page.figures import Saving
from tramita.portability.page.formats import bank_with_article, brl, day_in_words, time_left
from tramita.portability.page.headline import headline
from tramita.portability.page.lender import Lender
from tramita.portability.page.situations import SAVING, SIGNED, Group, Situation, situation_of
from tramita.portability.page.view import (
    Consent,
    ContractView,
    FormalizationView,
    GroupView,
    Phase,
    Preparing,
    Progress,
    SigningLink,
    Step,
)

Details = Mapping[str, Any]

NOBODY: Final = Lender()

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


@dataclass(frozen=True, slots=True)
class Frame:
    """What all contracts of a page share."""

    today: date
    group_link: SigningLink | None
    lender: Lender


def present(
    details: Details,
    *,
    now: datetime,
    progress: tuple[int, int] | None = None,
    lender: Lender = NOBODY,
) -> FormalizationView:
    """Turn the details of an envelope into the client's page.

    ``details`` is what ``queries.to_page`` answers. ``progress`` is ``(done, total)``
    while a run goes. ``now`` is an aware time, shown in Brasília time.
    """
    shown = _face(details, now=now, progress=progress, lender=lender)
    return replace(shown, rendered_at=now.astimezone(BRASILIA).strftime("%H:%M"))


def _face(
    details: Details, *, now: datetime, progress: tuple[int, int] | None, lender: Lender
) -> FormalizationView:
    if details.get("reason") == LINK_NOT_REQUESTED:
        return _waiting(lender)
    today = date.fromisoformat(details.get("today") or day_in_brazil(now).isoformat())
    frame = Frame(today, _link(details.get("group_url")), lender)
    if details.get("not_ready"):
        return _loading(details, progress=progress, frame=frame)
    state = details.get("state")
    is_closed = state in {EnvelopeState.CANCELLED, EnvelopeState.EXPIRED}
    contracts = [
        (situation_of(contract, today=today, is_closed=is_closed), contract)
        for contract in details["contracts"]
    ]
    situations = [situation for situation, _ in contracts]
    if is_closed and not any(s.group in SIGNED | {Group.CHECKING} for s in situations):
        return _closed(details, frame=frame)
    heading, lead = headline(situations, lender=lender)
    can_sign = any(s.group is Group.SIGN for s in situations)
    return FormalizationView(
        phase=Phase.READY,
        heading=heading,
        lead=lead,
        lender=lender,
        client_name=details["customer"]["name"],
        client_cpf=details["customer"]["cpf"],
        saving=_total_saving(contracts),
        groups=_grouped(contracts, frame=frame),
        sign_until=_day(details.get("expires_on"), today=today) if can_sign else None,
        refresh_seconds=60,
    )


def _waiting(lender: Lender) -> FormalizationView:
    return FormalizationView(
        phase=Phase.WAITING,
        heading="Seus contratos ainda não foram enviados",
        lead=lender.say(
            "{Sender} ainda não pediu a formalização. Assim que pedir, os contratos aparecem "
            "aqui, neste mesmo link."
            if lender.name
            else "Quem cuida da sua proposta ainda não pediu a formalização. Assim que pedir, "
            "os contratos aparecem aqui, neste mesmo link."
        ),
        lender=lender,
        refresh_seconds=30,
    )


def _loading(
    details: Details, *, progress: tuple[int, int] | None, frame: Frame
) -> FormalizationView:
    """While a run goes: which contracts are being judged, and those that are ready already."""
    contracts = details.get("contracts") or ()
    waited_for = [one for one in contracts if _is_being_judged(one)]
    judged = [
        (situation_of(one, today=frame.today), one)
        for one in contracts
        if not _is_being_judged(one)
    ]
    lead = "Não precisa esperar nesta página: o link continua valendo."
    if details.get("asking"):
        lead = f"A resposta do banco está demorando, e estamos perguntando de novo. {lead}"
    return FormalizationView(
        phase=Phase.LOADING,
        heading="Estamos preparando seus contratos",
        lead=lead,
        lender=frame.lender,
        progress=Progress(*progress) if progress else None,
        preparing=tuple(_preparing(one) for one in waited_for),
        groups=_grouped(judged, frame=frame),
        refresh_seconds=5,
    )


def _is_being_judged(contract: Details) -> bool:
    return bool((contract["portability"] or {}).get("is_proposal_being_inserted"))


def _preparing(contract: Details) -> Preparing:
    return Preparing(
        id=contract["id"],
        number=contract["number"],
        title=_title(contract, bank=(contract.get("origin") or {}).get("bank_name")),
        stamp="unknown" if contract.get("asking") else "wait",
        stamp_text="Em conferência" if contract.get("asking") else "Em análise",
    )


def _closed(details: Details, *, frame: Frame) -> FormalizationView:
    """An envelope that ended before anything was signed."""
    if details.get("state") == EnvelopeState.CANCELLED:
        phase, heading = Phase.CANCELLED, "Esta formalização foi cancelada"
        lead = (
            "Nada mais será assinado por este link, e seus contratos atuais "
            "continuam como estão. Se você não esperava por isso, fale com {sender}."
        )
    else:
        phase, heading = Phase.EXPIRED, "O prazo para assinar terminou"
        ended = _day(details.get("expires_on"), today=frame.today)
        lead = (
            f"{f'Este link valia até {ended}. ' if ended else ''}Nada foi assinado, e seus "
            "contratos atuais continuam como estão. Se ainda quiser mudar de banco, "
            "peça um link novo {to_sender}."
        )
    return FormalizationView(
        phase=phase,
        heading=heading,
        lead=frame.lender.say(lead),
        lender=frame.lender,
        client_name=details["customer"]["name"],
        client_cpf=details["customer"]["cpf"],
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
        lead=_lead(situation, contract=contract, frame=frame),
        route=tuple(Step(s, m) for s, m in zip(STEPS, situation.marks.split(), strict=False)),
        saving=figures.saving(financial),
        chart=figures.chart(origin, financial=financial, is_paid=situation.group is Group.DONE),
        comparisons=figures.comparisons(origin, financial=financial, later=later),
        facts=figures.facts(origin, financial=financial, later=later),
        # What is still being checked was not decided; its reasons would read like a refusal.
        reasons=tuple(portability.get("reasons") or ()) if is_stopped else (),
        advice=_advice(contract, lender=frame.lender) if is_stopped else None,
        consent=_consent(later, today=frame.today) if situation.group is Group.CONFIRM else None,
        signing_link=_link(portability.get("signature_url")) if is_to_sign else None,
        hint=SIGNER_WORDS.get(later.get("signer_progress") or "") if is_to_sign else None,
        document=_document(situation, portability, lender=frame.lender),
    )


def _title(contract: Details, *, bank: str | None) -> str:
    product = contract["product"]
    title = PRODUCTS.get(product, product.replace("_", " ").capitalize())
    return title if bank is None else f"{title} d{bank_with_article(bank)}"


def _advice(contract: Details, *, lender: Lender) -> str | None:
    advice = contract.get("advice") if contract["portability"] else None
    return lender.say(advice) if advice else None


def _document(situation: Situation, portability: Details, *, lender: Lender) -> str | None:
    """Where the contract itself can be read, before the signature and after it."""
    if not portability.get("ccb_document_key"):
        return None
    if situation.group is Group.SIGN:
        return "O contrato completo (CCB) está na página de assinatura: leia antes de assinar."
    if situation.group in SIGNED:
        return lender.say("Para uma cópia do contrato assinado (CCB), fale com {sender}.")
    return None


def _lead(situation: Situation, *, contract: Details, frame: Frame) -> str:
    origin = contract.get("origin") or {}
    bank = bank_with_article(origin.get("bank_name"))
    if situation.group is not Group.SIGN:
        due_on = (contract.get("later") or {}).get("balance_due_on")
        deadline = _deadline(due_on, today=frame.today)
        return frame.lender.say(situation.sentence, bank=bank, deadline=deadline)
    financial = (contract["portability"] or {}).get("financial")
    sentence = f"Seu empréstimo sai d{bank}"
    if frame.lender.name:
        sentence = f"Seu empréstimo passa d{bank} para {bank_with_article(frame.lender.name)}"
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
        return f"; o prazo era {written}. Continuamos acompanhando"
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
