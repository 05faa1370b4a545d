"""What a visitor of the demonstration is told when something cannot be done.

By the error's code; each with the status that the API gives it too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tramita.kit.errors import InvalidError, TramitaError
from tramita.numbering.errors import NumberAlreadyReserved, ProviderOutOfStock


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not, in a heading and a sentence; ``look`` is a class of ``numbering-demo.css``."""

    status: int
    heading: str
    explanation: str
    look: str = "bad"


_DIVERGENCE: Final = Refusal(
    500,
    "Este número não está disponível",
    "A operadora o ofereceu, mas ele consta como ocupado no nosso cadastro. "
    "A divergência foi registrada. Escolha outro número.",
)

REFUSALS: Final[Mapping[str, Refusal]] = {
    "PREVIEW_NOT_FOUND": Refusal(
        404, "Não encontramos estes números", "Comece de novo pela escolha do DDD.", "wait"
    ),
    "PREVIEW_EXPIRED": Refusal(
        410,
        "Estes números não estão mais separados",
        "O prazo acabou, ou a operadora os retirou antes. Peça outros três: leva poucos segundos.",
        "wait",
    ),
    "RESERVATION_IN_PROGRESS": Refusal(
        409,
        "Um destes números está sendo reservado agora",
        "Aguarde a resposta da operadora; ela aparece aqui automaticamente.",
        "wait",
    ),
    "PREVIEW_CONSUMED": Refusal(
        409,
        "Um destes números já foi reservado",
        "De cada lista é possível reservar apenas um.",
        "wait",
    ),
    "NUMBER_INVENTORY_DIVERGENCE": _DIVERGENCE,
    "RELEASE_IN_PROGRESS": Refusal(
        503,
        "Este número está sendo devolvido à operadora",
        "Em poucos segundos ele poderá ser reservado de novo.",
        "wait",
    ),
    "NUMBER_NOT_FOUND": Refusal(
        404, "Não encontramos este número", "Comece de novo pela escolha do DDD."
    ),
    "NUMBER_NOT_RELEASABLE": Refusal(
        409,
        "Este número não pode ser devolvido agora",
        "Só é possível devolver um número reservado que ainda não tenha chip.",
    ),
    "PROVIDER_REJECTED": Refusal(
        502, "A operadora recusou o pedido", "Nenhum número foi reservado. Escolha outro."
    ),
    "PROVIDER_UNAVAILABLE": Refusal(
        503, "A operadora está indisponível no momento", "Nenhum número foi reservado."
    ),
    "PROVIDER_OUTCOME_UNKNOWN": Refusal(
        504,
        "A operadora não respondeu a tempo",
        "O pedido pode ter sido atendido ou não. Já estamos consultando a operadora; "
        "enquanto isso, nada se perde.",
        "unknown",
    ),
    "DDD_MALFORMED": Refusal(400, "Isto não é um DDD", "O DDD tem dois algarismos, de 1 a 9."),
}

# Those that share a code with others, and mean something of their own to a visitor.
_OF_THEIR_OWN: Final[Mapping[type[TramitaError], Refusal]] = {
    NumberAlreadyReserved: Refusal(
        500, "Este número já é seu", "Ele já foi reservado, nesta mesma lista.", "wait"
    ),
    ProviderOutOfStock: Refusal(
        503,
        "A operadora está sem números deste DDD",
        "Nenhum número foi reservado. Escolha outro DDD.",
    ),
}

_INVALID: Final = Refusal(
    422, "A operadora não tem números deste DDD", "Escolha um dos DDDs da lista."
)
_FAILED: Final = Refusal(
    500,
    "Algo deu errado do nosso lado",
    "Confira aqui como ficou o seu pedido e tente de novo em instantes.",
)


def refusal_of(error: TramitaError) -> Refusal:
    """What a visitor reads of an error."""
    if isinstance(error, InvalidError):
        return _INVALID
    return _OF_THEIR_OWN.get(type(error)) or REFUSALS.get(error.code, _FAILED)


REGIONS: Final[Mapping[str, str]] = {
    "SE": "Sudeste",
    "S": "Sul",
    "NE": "Nordeste",
    "CO": "Centro-Oeste",
    "N": "Norte",
}
