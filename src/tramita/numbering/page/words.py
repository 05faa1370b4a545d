"""What a visitor of the demonstration is told when something cannot be done.

By the error's code; each with the status that the API gives it too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tramita.kit.errors import InvalidError, TramitaError


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not, in a heading and a sentence; ``look`` is a class of ``numbering-demo.css``."""

    status: int
    heading: str
    explanation: str
    look: str = "bad"


_DIVERGENCE: Final = Refusal(
    500,
    "Este número já está em uso aqui",
    "A operadora o ofereceu, mas ele consta como ocupado no nosso cadastro. "
    "A diferença foi registrada. Escolha outro número.",
)

REFUSALS: Final[Mapping[str, Refusal]] = {
    "PREVIEW_NOT_FOUND": Refusal(
        404, "Não encontramos estes números", "Comece de novo pelo DDD.", "wait"
    ),
    "PREVIEW_EXPIRED": Refusal(
        410,
        "Estes números já não estão separados",
        "O prazo acabou, ou a operadora os soltou. Peça outros: leva poucos segundos.",
        "wait",
    ),
    "RESERVATION_IN_PROGRESS": Refusal(
        409,
        "Um destes números está sendo reservado agora",
        "Espere a resposta da operadora; ela aparece aqui sozinha.",
        "wait",
    ),
    "PREVIEW_CONSUMED": Refusal(
        409, "Um destes números já foi reservado", "De cada lista sai um número só.", "wait"
    ),
    "NUMBER_INVENTORY_DIVERGENCE": _DIVERGENCE,
    "NUMBER_ALREADY_RESERVED": Refusal(
        500, "Este número já é seu", "Ele foi reservado antes, desta mesma lista.", "wait"
    ),
    "RELEASE_IN_PROGRESS": Refusal(
        503,
        "Este número está voltando para a operadora",
        "Daqui a poucos segundos ele pode ser reservado de novo.",
        "wait",
    ),
    "NUMBER_NOT_FOUND": Refusal(404, "Não conhecemos este número", "Comece de novo pelo DDD."),
    "NUMBER_NOT_RELEASABLE": Refusal(
        409,
        "Este número não pode ser devolvido agora",
        "Só um número reservado, e ainda sem uso, volta direto para a operadora.",
    ),
    "PROVIDER_REJECTED": Refusal(
        502, "A operadora recusou o pedido", "Nada foi reservado. Escolha outro número."
    ),
    "PROVIDER_UNAVAILABLE": Refusal(
        503,
        "A operadora não está atendendo",
        "Ela está fora do ar ou sem números deste DDD. Nada foi reservado.",
    ),
    "PROVIDER_OUTCOME_UNKNOWN": Refusal(
        504,
        "A operadora não respondeu a tempo",
        "Pode ter dado certo ou não. Já estamos perguntando a ela; enquanto isso, nada se perde.",
        "unknown",
    ),
    "DDD_MALFORMED": Refusal(400, "Isto não é um DDD", "São dois algarismos, de 1 a 9."),
}

_INVALID: Final = Refusal(
    422, "A operadora não tem números deste DDD", "Escolha um dos DDDs da lista."
)
_FAILED: Final = Refusal(
    500, "Algo deu errado do nosso lado", "Nada foi reservado. Tente de novo em um instante."
)


def refusal_of(error: TramitaError) -> Refusal:
    """What a visitor reads of an error."""
    if isinstance(error, InvalidError):
        return _INVALID
    return REFUSALS.get(error.code, _FAILED)


REGIONS: Final[Mapping[str, str]] = {
    "SE": "Sudeste",
    "S": "Sul",
    "NE": "Nordeste",
    "CO": "Centro-Oeste",
    "N": "Norte",
}
