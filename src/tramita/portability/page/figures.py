"""The figures of one contract on the client's page: today against afterwards.

Pure: amounts are BRL, rates monthly or annual fractions, an offer's as text, and finished
pt-BR words come out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from tramita.portability.page.formats import brl, day, percent
from tramita.portability.ports import ConsentStatus, OriginContract
from tramita.portability.views import FinancialDetails, PortabilityView

Origin = OriginContract | None
Financial = FinancialDetails | None
Portability = PortabilityView | None

CONSENT_WORDS: Final[Mapping[str, str]] = {
    ConsentStatus.AWAITING: "esperando você",
    ConsentStatus.CONFIRMED: "recebida",
    ConsentStatus.DENIED: "não autorizada",
    ConsentStatus.EXPIRED: "prazo encerrado",
}

# The provider's words for a loan, as far as they matter to who waits for its money.
REFINANCING_WORDS: Final[Mapping[str, str]] = {
    "waiting_signature": "esperando a assinatura",
    "disbursed": "dinheiro enviado para a sua conta",
    "opened": "dinheiro enviado para a sua conta",
    "settled": "concluído",
    "canceled": "não foi adiante",
    "canceled_permanently": "não foi adiante",
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One line of today against afterwards, already formatted; ``turned`` is read aloud."""

    label: str
    before: str
    after: str
    turned: str = "passa para"


@dataclass(frozen=True, slots=True)
class Chart:
    """Both instalments as lengths in percent of the longer one, and as money."""

    before: str
    after: str
    before_width: int
    after_width: int
    labels: tuple[str, str] = ("Hoje", "Depois")


@dataclass(frozen=True, slots=True)
class Saving:
    """What the client keeps, as money."""

    per_month: str
    total: str | None


def saving(financial: Financial) -> Saving | None:
    """The saving, unless there is none to boast of."""
    per_month = Decimal(financial.saving_per_month) if financial else Decimal(0)
    if financial is None or per_month <= 0:
        return None
    total = Decimal(financial.saving_total)
    return Saving(per_month=brl(per_month), total=brl(total) if total > 0 else None)


def chart(origin: Origin, *, financial: Financial, is_paid: bool = False) -> Chart | None:
    """Both instalments, when both are known; once the old loan is paid it is the past."""
    if not financial or not origin:
        return None
    before = origin.installment_amount
    after = Decimal(financial.installment_amount)
    longest = max(before, after)
    if longest <= 0:
        return None
    return Chart(
        before=brl(before),
        after=brl(after),
        before_width=round(100 * before / longest),
        after_width=round(100 * after / longest),
        labels=("Antes", "Agora") if is_paid else ("Hoje", "Depois"),
    )


def comparisons(
    origin: Origin, *, financial: Financial, later: Portability
) -> tuple[Comparison, ...]:
    """What changes, as pairs; the true balance beside the one that was assumed."""
    lines = []
    if financial and origin:
        lines += [
            Comparison(
                "Taxa ao mês",
                percent(origin.monthly_interest_rate),
                percent(Decimal(financial.monthly_interest_rate)),
            ),
            Comparison(
                "Parcelas",
                str(origin.remaining_installments),
                str(financial.number_of_installments),
            ),
        ]
    if financial and later and later.recalculated_from:
        lines.append(
            Comparison(
                "Parcela recalculada",
                brl(Decimal(later.recalculated_from)),
                brl(Decimal(financial.installment_amount)),
            )
        )
    if origin and later and later.final_balance:
        lines.append(
            Comparison(
                "Saldo confirmado",
                brl(origin.last_due_balance),
                brl(Decimal(later.final_balance)),
                "confirmado em",
            )
        )
    return tuple(lines)


def facts(
    origin: Origin, *, financial: Financial, later: Portability
) -> tuple[tuple[str, str], ...]:
    """The lines below the comparison; a fact that nobody has told yet is left out."""
    return (*_today(origin, financial, later), *_offer(origin, financial), *_told(later))


def _today(origin: Origin, financial: Financial, later: Portability) -> list[tuple[str, str]]:
    found = []
    if origin and not (later and later.final_balance):
        found.append(("Saldo devedor hoje", brl(origin.last_due_balance)))
    if origin and not financial:
        found.append(("Parcela hoje", brl(origin.installment_amount)))
    return found


def _offer(origin: Origin, financial: Financial) -> list[tuple[str, str]]:
    if not financial:
        return []
    found = [("Valor do contrato novo", brl(Decimal(financial.issue_amount)))]
    if financial.annual_cet:
        found.append(("Custo total (CET) ao ano", percent(Decimal(financial.annual_cet))))
    if not origin:
        found.append(("Taxa ao mês", percent(Decimal(financial.monthly_interest_rate))))
        amount = brl(Decimal(financial.installment_amount))
        found.append(("Parcelas", f"{financial.number_of_installments} de {amount}"))
    found.append(("Primeira parcela", day(financial.first_due_date)))
    return found


def _told(later: Portability) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if later is None:
        return found
    if later.portability_number:
        found.append(("Número da portabilidade", later.portability_number))
    # Who still has to confirm is told so in big letters, not in a line of a list.
    consent = later.consent_status
    if consent and consent != ConsentStatus.AWAITING:
        found.append(("Confirmação no Meu INSS", CONSENT_WORDS.get(consent, "em conferência")))
    if later.refinancing_status:
        said = REFINANCING_WORDS.get(later.refinancing_status, "em andamento")
        found.append(("Refinanciamento", said))
    return found
