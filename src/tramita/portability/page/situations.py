"""Where a contract stands, in words its owner understands.

Every status of a contract and of a portability has exactly one situation: the
heading it goes under, its stamp, a sentence, and how far along the route it is. Where
the provider's stage says more than the status does, the pair of both has its own.
Total: a status or stage that is new to us reads as "we are checking".
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

from tramita.portability.lifecycle import DEAD, ContractStatus, PortabilityStatus
from tramita.portability.ports import ConsentStatus, Stage
from tramita.portability.views import EnvelopeContractView, PortabilityView

P, C = PortabilityStatus, ContractStatus


class Group(StrEnum):
    """The headings under which contracts stand, in the order they matter to the client."""

    SIGN = "Para assinar agora"
    CONFIRM = "Para confirmar no Meu INSS"
    CHECKING = "Em conferência"
    UNDERWAY = "Em andamento"
    CONTACT = "Para formalizar com atendimento"
    DONE = "Concluídos"
    STOPPED = "Não foram adiante"


# Contracts whose saving counts: what stopped saves nothing, what waits may not.
SAVING: Final = frozenset({Group.SIGN, Group.CONFIRM, Group.UNDERWAY, Group.DONE})
# Contracts that the end of an envelope does not touch.
SIGNED: Final = frozenset({Group.CONFIRM, Group.UNDERWAY, Group.DONE})


@dataclass(frozen=True, slots=True)
class Situation:
    """Where a contract stands, in words; ``marks`` are the route's four steps.

    ``sentence`` may name ``{bank}`` (with its article), ``{deadline}`` and ``{Sender}``.
    """

    group: Group
    stamp: str
    stamp_text: str
    sentence: str
    marks: str = ""


PORTABILITY: Final[Mapping[str, Situation]] = {
    P.DIGITACAO: Situation(
        Group.CHECKING,
        "wait",
        "Em preparação",
        "Ainda estamos preparando este contrato. Você não precisa fazer nada.",
        "now todo todo todo",
    ),
    P.FORMALIZACAO_CLIENTE: Situation(
        Group.SIGN, "done", "Pronto para assinar", "", "done now todo todo"
    ),
    P.AGUARDANDO_SALDO: Situation(
        Group.UNDERWAY,
        "wait",
        "Assinado, aguardando saldo",
        "Você já assinou. Agora {bank} informa o saldo{deadline}.",
        "done done now todo",
    ),
    P.SALDO_RETORNADO: Situation(
        Group.UNDERWAY,
        "wait",
        "Saldo informado",
        "O saldo chegou. Estamos fazendo a última conferência antes da quitação.",
        "done done done now",
    ),
    P.AGUARDANDO_PAGAMENTO: Situation(
        Group.UNDERWAY,
        "wait",
        "Quitação a caminho",
        "A dívida com {bank} está sendo quitada. Falta só a confirmação.",
        "done done done now",
    ),
    P.FINALIZADO: Situation(
        Group.DONE,
        "done",
        "Quitado",
        "A dívida com {bank} foi quitada, e agora valem as condições novas. "
        "Falta o INSS registrar o contrato novo; você não precisa fazer nada.",
        "done done done done",
    ),
    P.REPROVADO: Situation(
        Group.STOPPED,
        "refused",
        "Não aprovado",
        "Esta portabilidade não foi adiante. Seu contrato com {bank} continua como está.",
    ),
    P.RETIDO: Situation(
        Group.STOPPED,
        "refused",
        "Continua no banco atual",
        "Seu contrato continua com {bank}, e esta portabilidade foi encerrada.",
        "done done bad todo",
    ),
    P.CANCELADO: Situation(
        Group.STOPPED,
        "idle",
        "Cancelado",
        "Esta portabilidade foi cancelada. Seu contrato com {bank} continua como está.",
    ),
}

# Where the stage tells the client more than the status alone.
STAGES: Final[Mapping[tuple[str, str], Situation]] = {
    (P.DIGITACAO, Stage.DECIDING): Situation(
        Group.CHECKING,
        "wait",
        "Em análise",
        "O novo banco está analisando este pedido. Isso pode levar alguns dias, "
        "e você não precisa fazer nada.",
        "now todo todo todo",
    ),
    (P.AGUARDANDO_SALDO, Stage.HELD): Situation(
        Group.UNDERWAY,
        "wait",
        "Assinado",
        "Recebemos sua assinatura. Estamos preparando o pedido para {bank}.",
        "done done now todo",
    ),
    (P.AGUARDANDO_SALDO, Stage.SUBMITTED): Situation(
        Group.UNDERWAY,
        "wait",
        "Assinado, pedido enviado",
        "Você já assinou, e o pedido foi enviado para {bank}.",
        "done done now todo",
    ),
    (P.AGUARDANDO_PAGAMENTO, Stage.BALANCE_ACCEPTED): Situation(
        Group.UNDERWAY,
        "wait",
        "Quitação autorizada",
        "Está tudo conferido. O pagamento da dívida com {bank} será feito em seguida.",
        "done done done now",
    ),
    (P.AGUARDANDO_PAGAMENTO, Stage.SETTLING): Situation(
        Group.UNDERWAY,
        "wait",
        "Quitação a caminho",
        "O dinheiro está a caminho para quitar a dívida com {bank}.",
        "done done done now",
    ),
    (P.AGUARDANDO_PAGAMENTO, Stage.CONFIRMING): Situation(
        Group.UNDERWAY,
        "wait",
        "Pago, aguardando confirmação",
        "A dívida foi paga. Falta só {bank} confirmar.",
        "done done done now",
    ),
    (P.CANCELADO, Stage.REJECTED): Situation(
        Group.STOPPED,
        "refused",
        "Não aceito",
        "O pedido não foi aceito. Seu contrato com {bank} continua como está.",
        "done done bad todo",
    ),
}

REGISTERED: Final = Situation(
    Group.DONE,
    "done",
    "Concluído",
    "A dívida com {bank} foi quitada, e o contrato novo já está registrado no seu benefício.",
    "done done done done",
)

NOT_REGISTERED: Final = Situation(
    Group.DONE,
    "unknown",
    "Quitado, registro em conferência",
    "A dívida com {bank} foi quitada. O registro no seu benefício ainda não deu certo; "
    "estamos resolvendo, e você não precisa fazer nada.",
    "done done done done",
)

PARKED: Final = Situation(
    Group.CHECKING,
    "unknown",
    "Em conferência",
    "Estamos conferindo com o banco. Você não precisa fazer nada; avisaremos nesta página.",
    "unknown todo todo todo",
)

NEVER_SIGNED: Final = Situation(
    Group.STOPPED,
    "idle",
    "Não foi assinado",
    "O prazo para assinar terminou. Seu contrato com {bank} continua como está.",
    "done bad todo todo",
)

OTHER_PRODUCTS: Final[Mapping[str, Situation]] = {
    C.DIGITACAO: Situation(
        Group.CHECKING,
        "wait",
        "Em preparação",
        "Ainda estamos preparando este contrato. Você não precisa fazer nada.",
    ),
    C.AGUARDANDO_FORMALIZACAO: Situation(
        Group.CONTACT,
        "wait",
        "Aguardando contato",
        "Este contrato não é assinado por este link. {Sender} entra em contato com você para "
        "formalizar.",
    ),
    C.FORMALIZADO: Situation(
        Group.UNDERWAY, "wait", "Formalizado", "Tudo certo da sua parte. Agora é com o banco."
    ),
    C.PAGO: Situation(Group.DONE, "done", "Concluído", "Este contrato está concluído."),
    C.CANCELADO: Situation(Group.STOPPED, "idle", "Cancelado", "Este contrato foi cancelado."),
}


def situation_of(
    contract: EnvelopeContractView, *, today: date, is_closed: bool = False
) -> Situation:
    """Where one contract of the page stands; ``is_closed`` when its envelope has ended."""
    if contract.portability is None:
        unknown = replace(PARKED, marks="")
        found = OTHER_PRODUCTS.get(contract.status, unknown)
    else:
        found = _of_portability(contract.portability, today=today)
    if is_closed and found.group in {Group.SIGN, Group.CONTACT}:
        return NEVER_SIGNED if contract.portability else OTHER_PRODUCTS[C.CANCELADO]
    return found


def _of_portability(known: PortabilityView, *, today: date) -> Situation:
    status = known.status
    found = STAGES.get((status, known.stage or "")) or PORTABILITY.get(status, PARKED)
    is_over = status in DEAD or status == P.FINALIZADO
    if known.conflict is not None or (known.needs_attention and not is_over):
        return replace(PARKED, marks=_in_doubt(found.marks or PARKED.marks))
    if status == P.FINALIZADO:
        if known.margin_registered_at is not None:
            return REGISTERED
        return NOT_REGISTERED if known.margin_errors else found
    if found.group is Group.UNDERWAY and awaits_consent(known, today=today):
        return replace(found, group=Group.CONFIRM, stamp_text="Falta sua confirmação")
    return found


def awaits_consent(known: PortabilityView, *, today: date) -> bool:
    """Whether the client has to confirm in Meu INSS, and still can."""
    until = known.consent_expires_on
    return known.consent_status == ConsentStatus.AWAITING and (until is None or today <= until)


def _in_doubt(marks: str) -> str:
    """The same route, with a question where the contract stands."""
    steps = marks.split()
    at = next((n for n, mark in enumerate(steps) if mark in {"now", "bad"}), len(steps) - 1)
    return " ".join("unknown" if n == at else mark for n, mark in enumerate(steps))
