"""``DeviceCatalog`` on GSIM: translate, call, classify."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import quote, urlencode

from tramita.kit.attempt import Attempt
from tramita.kit.exchange import Answer
from tramita.kit.json_client import JSONClient
from tramita.kit.outcome import Done, NotSent, Outcome, Unknown
from tramita.kit.provider import Connection
from tramita.numbering.devices.ports import (
    AskedDevice,
    BrandPage,
    ModelPage,
    NotChanged,
    OperatorVerdict,
)
from tramita.providers.gsim.answers import make_client, read_answer
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

    client: JSONClient
    page_size: int

    async def list_brands(
        self, page: int, attempt: Attempt, *, known: str | None = None
    ) -> Outcome[BrandPage | NotChanged]:
        """One page of the brands (``GET /v1/brands``)."""
        answer = await self._get(f"/v1/brands?{self._page(page)}", attempt, known)
        return _read_page(answer, known, WirePage[WireBrand], translate_brands)

    async def list_models(
        self, brand_id: str, page: int, attempt: Attempt, *, known: str | None = None
    ) -> Outcome[ModelPage | NotChanged]:
        """One page of a brand's models (``GET /v1/brands/{id}/models``)."""
        path = f"/v1/brands/{quote(brand_id, safe='')}/models?{self._page(page)}"
        answer = await self._get(path, attempt, known)
        return _read_page(answer, known, WirePage[WireModel], translate_models)

    async def check_esim(self, device: AskedDevice, attempt: Attempt) -> Outcome[OperatorVerdict]:
        """Whether a device takes an eSIM (``POST /v1/esim/compatibility``)."""
        answer = await self.client.call(
            "POST", "/v1/esim/compatibility", attempt, body=to_question(device)
        )
        return _read(answer, WireVerdict, lambda said, _: translate_verdict(said))

    async def _get(
        self, path: str, attempt: Attempt, known: str | None
    ) -> Answer | NotSent | Unknown:
        """Read; with a ``known`` tag the answer may be 304."""
        tag = {} if known is None else {"if-none-match": known}
        return await self.client.call("GET", path, attempt, headers=tag)

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
    return GSIMGateway(make_client(connection), settings.page_size)
