"""What the client's page shows, worked out from what is known of an envelope.

Pure: the envelope as queries answer it goes in, finished pt-BR words come out, and the
templates only place them. A fact that is missing is left out, a word that nobody has
decided about reads as "we are checking".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final
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
from tramita.portability.views import EnvelopeContractView, EnvelopeView, PortabilityView

NOBODY: Final = Lender()

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


def present(envelope: EnvelopeView, *, now: datetime, lender: Lender = NOBODY) -> FormalizationView:
    """Turn an envelope into the client's page; ``now``, an aware time, is shown in Brasília's."""
    shown = _face(envelope, lender=lender)
    return replace(shown, rendered_at=now.astimezone(BRASILIA).strftime("%H:%M"))


def _face(envelope: EnvelopeView, *, lender: Lender) -> FormalizationView:
    if envelope.awaits_link:
        return _waiting(lender)
    today = day_in_brazil(envelope.now)
    frame = Frame(today, _link(envelope.group_url), lender)
    if envelope.is_any_proposal_being_inserted:
        return _loading(envelope, frame=frame)
    is_closed = envelope.is_closed
    contracts = [
        (situation_of(contract, today=today, is_closed=is_closed), contract)
        for contract in envelope.contracts
    ]
    situations = [situation for situation, _ in contracts]
    if is_closed and not any(s.group in SIGNED | {Group.CHECKING} for s in situations):
        return _closed(envelope, frame=frame)
    customer = envelope.customer
    heading, lead = headline(situations, lender=lender)
    can_sign = any(s.group is Group.SIGN for s in situations)
    return FormalizationView(
        phase=Phase.READY,
        heading=heading,
        lead=lead,
        lender=lender,
        client_name=customer.name,
        client_cpf=customer.cpf,
        saving=_total_saving(contracts),
        groups=_grouped(contracts, frame=frame),
        sign_until=_last_day(envelope, today=today) if can_sign else None,
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


def _loading(envelope: EnvelopeView, *, frame: Frame) -> FormalizationView:
    """While a run goes: which contracts are being judged, and those that are ready already."""
    judged = [
        (situation_of(one, today=frame.today), one)
        for one in envelope.contracts
        if not one.is_being_inserted
    ]
    preparing = tuple(_preparing(one) for one in envelope.contracts if one.is_being_inserted)
    lead = "Não precisa esperar nesta página: o link continua valendo."
    if any(one.stamp == "unknown" for one in preparing):
        lead = f"A resposta do banco está demorando, e estamos perguntando de novo. {lead}"
    return FormalizationView(
        phase=Phase.LOADING,
        heading="Estamos preparando seus contratos",
        lead=lead,
        lender=frame.lender,
        progress=Progress(*envelope.progress),
        preparing=preparing,
        groups=_grouped(judged, frame=frame),
        refresh_seconds=5,
    )


def _preparing(contract: EnvelopeContractView) -> Preparing:
    is_asked_about = contract.portability is not None and contract.portability.is_asked_about
    return Preparing(
        id=contract.id,
        number=contract.number,
        title=_title(contract),
        stamp="unknown" if is_asked_about else "wait",
        stamp_text="Em conferência" if is_asked_about else "Em análise",
    )


def _closed(envelope: EnvelopeView, *, frame: Frame) -> FormalizationView:
    """An envelope that ended before anything was signed."""
    if envelope.state == EnvelopeState.CANCELLED:
        phase, heading = Phase.CANCELLED, "Esta formalização foi cancelada"
        lead = (
            "Nada mais será assinado por este link, e seus contratos atuais "
            "continuam como estão. Se você não esperava por isso, fale com {sender}."
        )
    else:
        phase, heading = Phase.EXPIRED, "O prazo para assinar terminou"
        lead = (
            f"Este link valia até {_last_day(envelope, today=frame.today)}. Nada foi assinado, e "
            "seus contratos atuais continuam como estão. Se ainda quiser mudar de banco, "
            "peça um link novo {to_sender}."
        )
    return FormalizationView(
        phase=phase,
        heading=heading,
        lead=frame.lender.say(lead),
        lender=frame.lender,
        client_name=envelope.customer.name,
        client_cpf=envelope.customer.cpf,
    )


def _grouped(
    contracts: Sequence[tuple[Situation, EnvelopeContractView]], *, frame: Frame
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


def _contract(
    situation: Situation, *, contract: EnvelopeContractView, frame: Frame
) -> ContractView:
    known, origin = contract.portability, contract.origin
    is_stopped = situation.group is Group.STOPPED
    is_to_sign = situation.group is Group.SIGN
    financial = known.financial if known and situation.group in SAVING else None
    return ContractView(
        id=contract.id,
        number=contract.number,
        title=_title(contract),
        situation=situation,
        lead=_lead(situation, contract=contract, frame=frame),
        route=tuple(Step(s, m) for s, m in zip(STEPS, situation.marks.split(), strict=False)),
        saving=figures.saving(financial),
        chart=figures.chart(origin, financial=financial, is_paid=situation.group is Group.DONE),
        comparisons=figures.comparisons(origin, financial=financial, later=known),
        facts=figures.facts(origin, financial=financial, later=known),
        # What is still being checked was not decided; its reasons would read like a refusal.
        reasons=tuple(known.sentences) if known and is_stopped else (),
        advice=frame.lender.say(known.advice) if known and is_stopped else None,
        consent=_consent(known, today=frame.today)
        if known and situation.group is Group.CONFIRM
        else None,
        signing_link=_link(known.signature_url) if known and is_to_sign else None,
        hint=SIGNER_WORDS.get(known.signer_progress or "") if known and is_to_sign else None,
        document=_document(situation, lender=frame.lender)
        if known and known.ccb_document_key
        else None,
    )


def _title(contract: EnvelopeContractView) -> str:
    product = contract.product
    title = PRODUCTS.get(product, product.replace("_", " ").capitalize())
    origin = contract.origin
    return title if origin is None else f"{title} d{bank_with_article(origin.bank_name)}"


def _document(situation: Situation, *, lender: Lender) -> str | None:
    """Where the contract itself can be read, before the signature and after it."""
    if situation.group is Group.SIGN:
        return "O contrato completo (CCB) está na página de assinatura: leia antes de assinar."
    if situation.group in SIGNED:
        return lender.say("Para uma cópia do contrato assinado (CCB), fale com {sender}.")
    return None


def _lead(situation: Situation, *, contract: EnvelopeContractView, frame: Frame) -> str:
    known, origin = contract.portability, contract.origin
    bank = bank_with_article(origin.bank_name if origin else None)
    if situation.group is not Group.SIGN:
        deadline = _deadline(known.balance_due_on if known else None, today=frame.today)
        return frame.lender.say(situation.sentence, bank=bank, deadline=deadline)
    financial = known.financial if known else None
    sentence = f"Seu empréstimo sai d{bank}"
    if frame.lender.name:
        sentence = f"Seu empréstimo passa d{bank} para {bank_with_article(frame.lender.name)}"
    if financial and origin:
        if Decimal(financial.installment_amount) < origin.installment_amount:
            sentence += ", com parcela menor"
        if financial.number_of_installments <= origin.remaining_installments:
            return f"{sentence}. O prazo não aumenta."
    return f"{sentence}."


def _deadline(due_on: date | None, *, today: date) -> str:
    """Until when the origin bank answers; honest when that day has passed."""
    if due_on is None:
        return " em até 5 dias úteis"
    written = day_in_words(due_on, today=today)
    if due_on < today:
        return f"; o prazo era {written}. Continuamos acompanhando"
    return f" até {written}"


def _consent(known: PortabilityView, *, today: date) -> Consent:
    until = known.consent_expires_on
    if until is None:
        return Consent(None, "")
    return Consent(day_in_words(until, today=today), time_left(until, today=today))


def _last_day(envelope: EnvelopeView, *, today: date) -> str:
    return day_in_words(day_in_brazil(envelope.expires_at), today=today)


def _total_saving(contracts: Sequence[tuple[Situation, EnvelopeContractView]]) -> Saving | None:
    per_month = total = Decimal(0)
    for situation, contract in contracts:
        financial = contract.portability.financial if contract.portability else None
        if financial and situation.group in SAVING:
            per_month += Decimal(financial.saving_per_month)
            total += Decimal(financial.saving_total)
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
