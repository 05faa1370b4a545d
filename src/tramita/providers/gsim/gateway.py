"""``DeviceCatalog`` on GSIM: translate, call, classify."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import quote, urlencode

from tramita.kit.attempt import Attempt
from tramita.kit.exchange import Answer
from tramita.kit.outcome import Done, NotSent, Outcome, Unknown
from tramita.kit.provider import Connection
from tramita.numbering.devices.ports import (
    AskedDevice,
    BrandPage,
    ModelPage,
    NotChanged,
    OperatorVerdict,
)
from tramita.providers.gsim.answers import read_answer
from tramita.providers.gsim.client import GSIMClient
from tramita.providers.gsim.settings import GSIMSettings
from tramita.providers.gsim.translate import (
    to_question,
    translate_brands,
    translate_models,
    translate_refusal,
    translate_verdict,
)
from tramita.providers.gsim.wire import WireBrand, WireModel, WirePage, WireVerdict

W = TypeVar("W")
T = TypeVar("T")

_NOT_MODIFIED: Final = 304


@dataclass(frozen=True)
class GSIMGateway:
    """Our access to GSIM's catalogue."""

    client: GSIMClient
    page_size: int

    async def list_brands(
        self, page: int, attempt: Attempt, *, known: str | None = None
    ) -> Outcome[BrandPage | NotChanged]:
        """One page of the brands (``GET /v1/brands``)."""
        answer = await self.client.get(f"/v1/brands?{self._page(page)}", attempt, known=known)
        return _read_page(answer, known, WirePage[WireBrand], translate_brands)

    async def list_models(
        self, brand_id: str, page: int, attempt: Attempt, *, known: str | None = None
    ) -> Outcome[ModelPage | NotChanged]:
        """One page of a brand's models (``GET /v1/brands/{id}/models``)."""
        path = f"/v1/brands/{quote(brand_id, safe='')}/models?{self._page(page)}"
        answer = await self.client.get(path, attempt, known=known)
        return _read_page(answer, known, WirePage[WireModel], translate_models)

    async def check_esim(self, device: AskedDevice, attempt: Attempt) -> Outcome[OperatorVerdict]:
        """Whether a device takes an eSIM (``POST /v1/esim/compatibility``)."""
        answer = await self.client.post("/v1/esim/compatibility", to_question(device), attempt)
        return _read(answer, WireVerdict, lambda said, _: translate_verdict(said))

    def _page(self, number: int) -> str:
        return urlencode({"page": number, "size": self.page_size})


def _read_page(
    answer: Answer | NotSent | Unknown,
    known: str | None,
    kind: type[W],
    translate: Callable[[W, str | None], T],
) -> Outcome[T | NotChanged]:
    if known is not None and isinstance(answer, Answer) and answer.status == _NOT_MODIFIED:
        return Done(NotChanged())
    outcome = _read(answer, kind, translate)
    return Done(outcome.value) if isinstance(outcome, Done) else outcome


def _read(
    answer: Answer | NotSent | Unknown, kind: type[W], translate: Callable[[W, str | None], T]
) -> Outcome[T]:
    return read_answer(answer, kind, translate=translate, code_of=translate_refusal)


def make_gateway(connection: Connection) -> GSIMGateway:
    """The gateway of this process."""
    settings: GSIMSettings = connection.settings
    client = GSIMClient(connection.exchange, settings.read_token(connection.platform))
    return GSIMGateway(client, settings.page_size)
