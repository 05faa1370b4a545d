"""What a person sees when a page cannot be shown, in the words of the page's area."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from litestar.response import Template

from tramita.kit.http.forms import AnyConnection


@dataclass(frozen=True, slots=True)
class Words:
    """What went wrong, and what to do about it."""

    heading: str
    explanation: str


@dataclass(frozen=True, slots=True)
class ErrorPages:
    """The error pages of one area.

    A route whose answers people look at names those of its area: ``opt={"page": …}``. The
    ``template`` gets the ``status``, what is ``said`` for it, the ``comfort`` and the
    ``request_id``, and what ``around`` tells of whoever asks. Where ``by_status`` has no words, ``failed`` are those from 500 on, and
    ``refused`` those below. ``has_forms`` says that pages of the area hold forms, which go
    to where they come from. Who brings a cookie of ``rooms_for`` keeps the area's navigation.
    """

    template: str
    refused: Words
    failed: Words
    by_status: Mapping[int, Words] = field(default_factory=dict)
    comfort: str = ""
    has_forms: bool = False
    rooms_for: AbstractSet[str] = frozenset()
    around: Callable[[AnyConnection], Mapping[str, Any]] | None = None

    def show(
        self,
        status: int,
        *,
        request_id: str,
        words: Words | None = None,
        cookies: Mapping[str, str] = MappingProxyType({}),
        around: Mapping[str, Any] = MappingProxyType({}),
    ) -> Template:
        """The page for an HTTP status; ``words`` take the place of the usual ones."""
        usual = self.failed if status >= 500 else self.refused
        return Template(
            self.template,
            status_code=status,
            context={
                **around,
                "status": status,
                "said": words or self.by_status.get(status, usual),
                "comfort": self.comfort,
                "request_id": request_id,
                "keeps_rooms": not self.rooms_for.isdisjoint(cookies),
            },
        )


# For visitors, who have no account and came by an address that somebody gave them.
FOR_VISITORS = ErrorPages(
    "error.html",
    refused=Words(
        "Não entendemos este pedido",
        "Abra de novo o endereço que você recebeu, sem mudar nada nele.",
    ),
    failed=Words(
        "Algo deu errado do nosso lado",
        "Já ficamos sabendo. Tente de novo daqui a alguns minutos.",
    ),
    by_status={
        429: Words(
            "Muitos pedidos ao mesmo tempo", "Espere um instante e abra de novo o endereço."
        ),
    },
)
