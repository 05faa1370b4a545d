"""What the client's page shows, worked out from the details of an envelope.

Pure: the details as ``GET /api/detalhe-formalizacao/<token>/`` gives them go in,
finished pt-BR words come out, and the templates only place them. Money arrives as
BRL strings (``"214.62"``), rates as monthly or annual fractions (``"0.0167"``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

from tramita.kit.calendar import BRASILIA
from tramita.portability.formats import bank_with_article, brl, day, percent
from tramita.portability.situations import SAVING, Group, Situation, headline, situation_of

Details = Mapping[str, Any]

LINK_NOT_REQUESTED: Final = "Link de formalização ainda não solicitado"

PRODUCTS: Final = {
    "PORTABILIDADE": "Portabilidade",
    "CARTAO_BENEFICIO": "Cartão benefício",
    "CARTAO_CONSIGNADO": "Cartão consignado",
}


class Phase(StrEnum):
    """Which of its four faces the page shows."""

    WAITING = "waiting"
    LOADING = "loading"
    READY = "ready"
    CANCELLED = "cancelled"


STEPS: Final = ("Proposta", "Assinatura", "Saldo", "Quitação")


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
class Comparison:
    """One line of today against afterwards, already formatted."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Both instalments as lengths in percent of the longer one, and as money."""

    before: str
    after: str
    before_width: int
    after_width: int


@dataclass(frozen=True, slots=True)
class Saving:
    """What the client keeps, as money."""

    per_month: str
    total: str | None


@dataclass(frozen=True, slots=True)
class SigningLink:
    """Where the client signs; ``host`` is shown so that the jump surprises nobody."""

    url: str
    host: str


@dataclass(frozen=True, slots=True)
class ContractView:
    """One contract as the page shows it."""

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
    signing_link: SigningLink | None
    document: str | None


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
    groups: tuple[tuple[str, tuple[ContractView, ...]], ...] = ()
    refresh_seconds: int | None = None
    rendered_at: str = ""


def present(
    details: Details, *, now: datetime, progress: tuple[int, int] | None = None
) -> FormalizationView:
    """Turn the details of an envelope into the client's page.

    ``details`` is the JSON of the details route; each contract may also carry
    ``origin`` (bank name, balance, rate, instalment) and ``parked``, and the whole
    ``cancelled``. ``progress`` is ``(done, total)`` while a run goes. ``now`` is an
    aware time, shown in Brasília time.
    """
    rendered_at = now.astimezone(BRASILIA).strftime("%H:%M")
    if details.get("not_ready"):
        return _unready(details, progress=progress, rendered_at=rendered_at)
    name = details["customer"]["name"]
    cpf = details["customer"]["cpf"]
    if details.get("cancelled"):
        return FormalizationView(
            phase=Phase.CANCELLED,
            heading="Esta formalização foi cancelada",
            lead="Nada mais será assinado por este link, e seus contratos de hoje "
            "continuam como estão. Se isso não era esperado, fale com quem enviou o link.",
            client_name=name,
            client_cpf=cpf,
            rendered_at=rendered_at,
        )
    contracts = [(situation_of(contract), contract) for contract in details["contracts"]]
    situations = [situation for situation, _ in contracts]
    heading, lead = headline(situations)
    return FormalizationView(
        phase=Phase.READY,
        heading=heading,
        lead=lead,
        client_name=name,
        client_cpf=cpf,
        saving=_total_saving(contracts),
        groups=_grouped(contracts),
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
    return FormalizationView(
        phase=Phase.LOADING,
        heading="Estamos preparando seus contratos",
        lead="Não precisa esperar nesta página: o link continua valendo.",
        progress=Progress(*progress) if progress else None,
        refresh_seconds=5,
        rendered_at=rendered_at,
    )


def _grouped(
    contracts: Sequence[tuple[Situation, Details]],
) -> tuple[tuple[str, tuple[ContractView, ...]], ...]:
    groups = []
    for group in Group:
        views = tuple(_contract(s, contract=c) for s, c in contracts if s.group is group)
        if views:
            groups.append((group.value, views))
    return tuple(groups)


def _contract(situation: Situation, *, contract: Details) -> ContractView:
    portability = contract["portability"] or {}
    origin = contract.get("origin") or {}
    financial = portability.get("financial") if situation.group in SAVING else None
    return ContractView(
        id=contract["id"],
        number=contract["number"],
        title=_title(contract, bank=origin.get("bank_name")),
        situation=situation,
        lead=_lead(situation, origin=origin, financial=financial),
        route=tuple(Step(s, m) for s, m in zip(STEPS, situation.marks.split(), strict=False)),
        saving=_saving(financial),
        chart=_chart(origin, financial=financial),
        comparisons=_comparisons(origin, financial=financial),
        facts=_facts(origin, financial=financial),
        # What is still being checked was not decided; its reasons would read like a refusal.
        reasons=tuple(portability.get("reasons") or ()) if situation.group is Group.STOPPED else (),
        signing_link=_signing_link(portability, situation=situation),
        document=None if situation.group is Group.STOPPED else portability.get("ccb_document_key"),
    )


def _title(contract: Details, *, bank: str | None) -> str:
    product = contract["product"]
    title = PRODUCTS.get(product, product.replace("_", " ").capitalize())
    return title if bank is None else f"{title} d{bank_with_article(bank)}"


def _lead(situation: Situation, *, origin: Details, financial: Details | None) -> str:
    bank = bank_with_article(origin.get("bank_name"))
    if situation.group is not Group.SIGN:
        return situation.sentence.format(bank=bank)
    sentence = f"Seu empréstimo sai d{bank}"
    if financial and origin:
        if Decimal(financial["installment_amount"]) < Decimal(origin["installment_amount"]):
            sentence += ", com parcela menor"
        if financial["number_of_installments"] <= origin["remaining_installments"]:
            return f"{sentence}. O prazo não aumenta."
    return f"{sentence}."


def _saving(financial: Details | None) -> Saving | None:
    """The saving, unless there is none to boast of."""
    if not financial or not financial["saving_per_month"]:
        return None
    per_month = Decimal(financial["saving_per_month"])
    if per_month <= 0:
        return None
    total = financial["saving_total"]
    return Saving(per_month=brl(per_month), total=brl(Decimal(total)) if total else None)


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


def _chart(origin: Details, *, financial: Details | None) -> Chart | None:
    if not financial or not origin:
        return None
    before = Decimal(origin["installment_amount"])
    after = Decimal(financial["installment_amount"])
    longest = max(before, after)
    if longest <= 0:
        return None
    return Chart(
        before=brl(before),
        after=brl(after),
        before_width=round(100 * before / longest),
        after_width=round(100 * after / longest),
    )


def _comparisons(origin: Details, *, financial: Details | None) -> tuple[Comparison, ...]:
    if not financial or not origin:
        return ()
    return (
        Comparison(
            "Taxa ao mês",
            percent(Decimal(origin["monthly_interest_rate"])),
            percent(Decimal(financial["monthly_interest_rate"])),
        ),
        Comparison(
            "Parcelas",
            str(origin["remaining_installments"]),
            str(financial["number_of_installments"]),
        ),
    )


def _facts(origin: Details, *, financial: Details | None) -> tuple[tuple[str, str], ...]:
    """The lines below the comparison; a fact that nobody has told yet is left out."""
    facts = []
    if origin:
        facts.append(("Saldo devedor hoje", brl(Decimal(origin["last_due_balance"]))))
        if not financial:
            facts.append(("Parcela hoje", brl(Decimal(origin["installment_amount"]))))
    if financial:
        if financial["issue_amount"]:
            facts.append(("Valor do contrato novo", brl(Decimal(financial["issue_amount"]))))
        if financial["annual_cet"]:
            facts.append(("Custo total (CET) ao ano", percent(Decimal(financial["annual_cet"]))))
        if not origin:
            facts.append(("Taxa ao mês", percent(Decimal(financial["monthly_interest_rate"]))))
            parcels = financial["number_of_installments"]
            amount = brl(Decimal(financial["installment_amount"]))
            facts.append(("Parcelas", f"{parcels} de {amount}"))
        facts.append(("Primeira parcela", day(financial["first_due_date"])))
    return tuple(facts)


def _signing_link(portability: Details, *, situation: Situation) -> SigningLink | None:
    """The link to sign, only while signing is what comes next.

    Defensive: the address comes from outside; anything but https (or http on a
    developer's machine) would let it run script in the client's page.
    """
    url = portability.get("signature_url")
    if situation.group is not Group.SIGN or not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        return None
    return SigningLink(url=url, host=parts.hostname)
