"""``/formalizacao/<token>``: the client's page, from the same details as the API."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import File, Template

from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.error_pages import FOR_VISITORS, Words
from tramita.portability.api.formalization import parse_token
from tramita.portability.lender import LOGO_TYPES, lender_settings
from tramita.portability.page.colors import accent_style
from tramita.portability.page.presentation import present
from tramita.portability.queries import get_client_view
from tramita.portability.settings import PortabilitySettings

_NOT_FOUND = Words(
    "Não encontramos esta formalização",
    "Confira se o endereço está completo, igual ao que você recebeu. "
    "Se estiver, peça um link novo a quem o enviou.",
)
_ENDED = Words(
    "Este link não vale mais",
    "O prazo desta formalização terminou, e o que ela mostrava não fica mais neste endereço. "
    "Quem enviou o link pode informar como ficaram os contratos.",
)
ERROR_PAGES = replace(
    FOR_VISITORS,
    by_status={**FOR_VISITORS.by_status, 404: _NOT_FOUND, 410: _ENDED},
    comfort="Seus contratos não mudam por causa disso.",
)


@get(
    "/formalizacao/{token:str}",
    opt={"public": "the envelope's token is the key", "page": ERROR_PAGES},
    include_in_schema=False,
)
async def formalization_page(
    token: FromPath[str], runtime: FromRuntime, fragment: FromQuery[bool] = False
) -> Template:
    """The whole page, or with ``?fragment=1`` only what changes."""
    days = runtime.configured(PortabilitySettings).link_days
    async with runtime.database.unit_of_work() as work:
        view = await get_client_view(work, parse_token(token), link_days=days)
    shown = present(view, now=datetime.now(UTC), lender=lender_settings(runtime).lender)
    return Template(
        template_name="_formalization_body.html" if fragment else "formalization.html",
        context={"view": shown, "token": str(view.token)},
        headers={"Cache-Control": "no-store"},
    )


# The operator's own files; an hour is soon enough for a new logo.
_KEPT: Final = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}


@get(
    "/lender/style.css",
    opt={"public": "the lender's colour"},
    media_type="text/css",
    include_in_schema=False,
    sync_to_thread=False,
)
def lender_style(runtime: FromRuntime) -> Response[str]:
    """The lender's colour in place of Tramita's, readable in both schemes."""
    color = lender_settings(runtime).color
    return Response(accent_style(color) if color else "", headers=_KEPT)


@get(
    "/lender/logo",
    opt={"public": "the lender's logo"},
    include_in_schema=False,
    sync_to_thread=False,
)
def lender_logo(runtime: FromRuntime) -> File:
    """The lender's logo; what it might hold besides a picture does nothing."""
    logo = lender_settings(runtime).logo
    if logo is None:
        raise NotFoundException
    return File(
        logo,
        media_type=LOGO_TYPES[logo.suffix.lower()],
        content_disposition_type="inline",
        headers=_KEPT
        | {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"},
    )
