"""The seed's two paths, to the letter. The envelope's token is the key to both."""

from typing import Final
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody

from tramita.kit.http.answers import answered
from tramita.kit.http.dependencies import FromRuntime
from tramita.portability.api.schemas import Details, LinkAnswer, LinkBody, NotReady
from tramita.portability.ports import SignatureGroups
from tramita.portability.queries import get_client_view
from tramita.portability.service import EnvelopeNotFound, send_formalization_link
from tramita.portability.settings import PortabilitySettings, Signing
from tramita.portability.views import EnvelopeView

STILL_PROCESSING: Final = NotReady(not_ready=True, reason="Ainda há contratos sendo processados")
LINK_NOT_REQUESTED: Final = NotReady(
    not_ready=True, reason="Link de formalização ainda não solicitado"
)


def parse_token(text: str) -> UUID:
    """The token in a path; what is no UUID is no envelope."""
    try:
        return UUID(text)
    except ValueError:
        raise EnvelopeNotFound from None


@post(
    "/api/contratos/formalizacao/enviar-link/",
    status_code=200,
    request_max_body_size=1024,
    opt={
        "public": "the envelope's token is the key",
        "malformed_body": 400,
        "idempotent": True,
        "problems": [404, 410],
        "trailing_slash": True,
    },
    tags=["Formalização"],
)
async def send_link(data: JSONBody[LinkBody], runtime: FromRuntime) -> LinkAnswer:
    """Request the formalisation link: every portability contract is sent to the provider."""
    signing = runtime.configured(PortabilitySettings).signing

    def is_joint(provider: str) -> bool:
        return signing is Signing.GROUP and runtime.can(provider, SignatureGroups)

    async with runtime.database.unit_of_work(actor="link") as work:
        sent = await send_formalization_link(work, data.token, is_joint=is_joint)
        link = f"{runtime.settings.address}/formalizacao/{sent.token}"
        return await answered(work, LinkAnswer(link, sent.contracts, sent.being_inserted))


@get(
    "/api/detalhe-formalizacao/{token:str}/",
    opt={
        "public": "the envelope's token is the key",
        "problems": [404, 410],
        "trailing_slash": True,
    },
    responses={
        200: ResponseSpec(
            NotReady | Details,  # type: ignore[arg-type]  # a union is a schema, if no class
            description="The details, or `not_ready` with the reason.",
            generate_examples=False,
        )
    },
    tags=["Formalização"],
)
async def show_details(token: FromPath[str], runtime: FromRuntime) -> NotReady | Details:
    """What the client is to sign, or that contracts are still being processed."""
    days = runtime.configured(PortabilitySettings).link_days
    async with runtime.database.unit_of_work() as work:
        view = await get_client_view(work, parse_token(token), link_days=days)
    return to_details(view)


def to_details(view: EnvelopeView) -> NotReady | Details:
    """The answer of the details route, to the letter."""
    if view.awaits_link:
        return LINK_NOT_REQUESTED
    if view.is_any_proposal_being_inserted:
        return STILL_PROCESSING
    return msgspec.convert(view, Details, from_attributes=True)
