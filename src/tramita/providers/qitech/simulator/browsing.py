"""The addresses of QI Tech that people open in a browser: pages to sign, and files."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from litestar import MediaType, Response, get, post
from litestar.exceptions import NotFoundException, PermissionDeniedException
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from tramita.providers.qitech.simulator.acts import decline_group, sign_group
from tramita.providers.qitech.simulator.documents import ccb
from tramita.providers.qitech.simulator.groups import Group
from tramita.providers.qitech.simulator.office import Office
from tramita.providers.qitech.simulator.pages import group_page, nowhere_page, signing_page
from tramita.providers.qitech.simulator.proposals import Proposal

T = TypeVar("T")


def browser_routes(office: Office) -> list[ControllerRouterHandler]:
    """Files with their limited life, and the signing pages."""
    return [_file_route(office), *_signing_routes(office), *_group_routes(office)]


def _file_route(office: Office) -> ControllerRouterHandler:
    @get("/files/{name:str}")
    async def show_file(
        name: FromPath[str], expires: FromQuery[int | None] = None
    ) -> Response[bytes]:
        if expires is not None and office.world.clock.now() > datetime.fromtimestamp(expires, UTC):
            raise PermissionDeniedException("the address has expired")
        key = name.rpartition(".")[0]
        picture = office.archive.find(key)
        if picture is not None:
            return Response(picture.content, media_type="image/jpeg")
        proposal = office.book.find_by_document(key)
        if proposal is None:
            raise NotFoundException
        return Response(ccb(proposal), media_type="application/pdf")

    return show_file


def _signing_routes(office: Office) -> list[ControllerRouterHandler]:
    @get("/sign/{key:str}")
    async def show_signing_page(key: FromPath[str]) -> Response[str]:
        proposal = office.book.find(key)
        if proposal is None:
            return _page(nowhere_page(), status=404)
        _note_opening(office, proposal)
        return _page(signing_page(proposal))

    @post("/sign/{key:str}")
    async def sign(key: FromPath[str]) -> Response[str] | Redirect:
        return _acted(
            office.book.find(key), partial(_if_signable, office, office.life.sign), f"./{key}"
        )

    @post("/sign/{key:str}/refuse")
    async def refuse(key: FromPath[str]) -> Response[str] | Redirect:
        act = partial(_if_signable, office, office.life.decline)
        return _acted(office.book.find(key), act, f"../{key}")

    return [show_signing_page, sign, refuse]


def _group_routes(office: Office) -> list[ControllerRouterHandler]:
    def find(key: str) -> Group | None:
        group = office.groups.find(key)
        return None if group is None or group.status == "opened" else group

    @get("/sign/group/{key:str}")
    async def show_group_page(key: FromPath[str]) -> Response[str]:
        group = find(key)
        if group is None:
            return _page(nowhere_page(), status=404)
        for proposal in group.members:
            _note_opening(office, proposal)
        return _page(group_page(group))

    @post("/sign/group/{key:str}")
    async def sign_all(key: FromPath[str]) -> Response[str] | Redirect:
        return _acted(find(key), partial(sign_group, office), f"./{key}")

    @post("/sign/group/{key:str}/refuse")
    async def refuse_all(key: FromPath[str]) -> Response[str] | Redirect:
        return _acted(find(key), partial(decline_group, office), f"../{key}")

    return [show_group_page, sign_all, refuse_all]


def _acted(found: T | None, act: Callable[[T], None], page: str) -> Response[str] | Redirect:
    """Do what the client's button says, and show ``page`` again."""
    if found is None:
        return _page(nowhere_page(), status=404)
    act(found)
    return Redirect(page, status_code=303)


def _if_signable(office: Office, act: Callable[..., None], proposal: Proposal) -> None:
    if proposal.is_signable:
        act(proposal, at=office.world.clock.now())


def _page(html: str, *, status: int = 200) -> Response[str]:
    return Response(html, status_code=status, media_type=MediaType.HTML)


def _note_opening(office: Office, proposal: Proposal) -> None:
    """The first look at a page that can still be signed is a progress of its own."""
    if proposal.is_signable and not proposal.is_link_opened:
        office.life.progress(proposal, "signer_link_clicked", at=office.world.clock.now())
