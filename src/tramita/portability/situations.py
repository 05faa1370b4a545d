"""Where a contract stands, in words its owner understands.

Every status of a contract and of a portability has exactly one situation: the
heading it goes under, its stamp, a sentence, and how far along the route it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class Group(StrEnum):
    """The headings under which contracts stand, in the order they matter to the client."""

    SIGN = "Para assinar agora"
    FORMALIZE = "Prontos para formalizar"
    CHECKING = "Em conferência"
    UNDERWAY = "Em andamento"
    DONE = "Concluídos"
    STOPPED = "Não seguiram"


# Contracts whose saving counts: what stopped saves nothing, what waits may not.
SAVING: Final = frozenset({Group.SIGN, Group.UNDERWAY, Group.DONE})


@dataclass(frozen=True, slots=True)
class Situation:
    """Where a contract stands, in words; ``marks`` are the route's four steps."""

    group: Group
    stamp: str
    stamp_text: str
    sentence: str
    marks: str = ""


PORTABILITY: Final = {
    "FORMALIZACAO_CLIENTE": Situation(
        Group.SIGN, "done", "Pronto para assinar", "", "done now todo todo"
    ),
    "AGUARDANDO_SALDO": Situation(
        Group.UNDERWAY,
        "wait",
        "Assinado, aguardando saldo",
        "Você já assinou. Agora {bank} informa o saldo; isso leva até 5 dias úteis.",
        "done done now todo",
    ),
    "SALDO_RETORNADO": Situation(
        Group.UNDERWAY,
        "wait",
        "Saldo informado",
        "O saldo chegou. Estamos fazendo a última conferência antes da quitação.",
        "done done done now",
    ),
    "AGUARDANDO_PAGAMENTO": Situation(
        Group.UNDERWAY,
        "wait",
        "Quitação a caminho",
        "A dívida com {bank} está sendo quitada. Falta só a confirmação.",
        "done done done now",
    ),
    "FINALIZADO": Situation(
        Group.DONE,
        "done",
        "Concluído",
        "A dívida com {bank} foi quitada. Agora valem as condições novas.",
        "done done done done",
    ),
    "REPROVADO": Situation(
        Group.STOPPED,
        "refused",
        "Não aprovado",
        "Esta portabilidade não pôde seguir. Seu contrato com {bank} continua como está.",
    ),
    "RETIDO": Situation(
        Group.STOPPED,
        "refused",
        "Ficou no banco de origem",
        "Seu contrato continua com {bank}, e esta portabilidade foi encerrada.",
        "done done bad todo",
    ),
    "CANCELADO": Situation(
        Group.STOPPED,
        "idle",
        "Cancelado",
        "Esta portabilidade foi cancelada. Seu contrato com {bank} continua como está.",
    ),
    "DIGITACAO": Situation(
        Group.CHECKING,
        "wait",
        "Em preparação",
        "Ainda estamos preparando este contrato. Você não precisa fazer nada.",
        "now todo todo todo",
    ),
}

PARKED: Final = Situation(
    Group.CHECKING,
    "unknown",
    "Em conferência",
    "Estamos conferindo com o banco. Você não precisa fazer nada; esta página avisa.",
    "unknown todo todo todo",
)

OTHER_PRODUCTS: Final = {
    "DIGITACAO": Situation(
        Group.CHECKING,
        "wait",
        "Em preparação",
        "Ainda estamos preparando este contrato. Você não precisa fazer nada.",
    ),
    "AGUARDANDO_FORMALIZACAO": Situation(
        Group.FORMALIZE,
        "done",
        "Pronto para formalizar",
        "Este contrato não depende de outro banco e já pode ser formalizado.",
    ),
    "FORMALIZADO": Situation(
        Group.UNDERWAY, "wait", "Formalizado", "Tudo certo da sua parte. Agora é com o banco."
    ),
    "PAGO": Situation(Group.DONE, "done", "Concluído", "Este contrato está concluído."),
    "CANCELADO": Situation(Group.STOPPED, "idle", "Cancelado", "Este contrato foi cancelado."),
}


def situation_of(contract: Mapping[str, Any]) -> Situation:
    portability = contract["portability"]
    if portability is None:
        return OTHER_PRODUCTS[contract["status"]]
    if contract.get("parked"):
        return PARKED
    return PORTABILITY[portability["status"]]


def headline(situations: Sequence[Situation]) -> tuple[str, str]:
    """The heading and the sentence below it, for the most urgent thing there is."""
    count = {group: sum(s.group is group for s in situations) for group in Group}
    if count[Group.SIGN]:
        heading = _counted(
            count[Group.SIGN], "contrato pronto para assinar", "contratos prontos para assinar"
        )
    elif count[Group.FORMALIZE]:
        heading = _counted(
            count[Group.FORMALIZE],
            "contrato pronto para formalizar",
            "contratos prontos para formalizar",
        )
    elif count[Group.CHECKING]:
        heading = "Estamos conferindo com o banco"
    elif count[Group.UNDERWAY]:
        heading = "Seus contratos estão em andamento"
    elif count[Group.DONE]:
        heading = "Tudo concluído"
    else:
        heading = "Nenhum contrato pôde seguir"
    return heading, _rest(count, of=len(situations))


def _counted(number: int, one: str, many: str) -> str:
    return f"1 {one}" if number == 1 else f"{number} {many}"


def _rest(count: Mapping[Group, int], *, of: int) -> str:
    """What else there is, so that nobody wonders where the other contracts went."""
    parts = [
        _counted(count[Group.FORMALIZE], "pronto para formalizar", "prontos para formalizar")
        if count[Group.FORMALIZE] and count[Group.SIGN]
        else "",
        f"{count[Group.CHECKING]} em conferência" if count[Group.CHECKING] else "",
        f"{count[Group.UNDERWAY]} em andamento" if count[Group.UNDERWAY] else "",
        _counted(count[Group.DONE], "concluído", "concluídos") if count[Group.DONE] else "",
        _counted(count[Group.STOPPED], "não seguiu", "não seguiram")
        if count[Group.STOPPED]
        else "",
    ]
    said = [part for part in parts if part]
    if not said or of in count.values():
        return ""
    return f"De {of} contratos: {', '.join(said)}."
