"""``/api/v1/envelopes/{token}/documents``: a client's identity pictures."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

from litestar import Controller, Request, get, put
from litestar.openapi.spec import (
    OpenAPIFormat,
    OpenAPIMediaType,
    OpenAPIType,
    Operation,
    RequestBody,
    Schema,
)
from litestar.params import PathParameter
from msgspec import Meta, Struct

from tramita.kit.http.actors import ACTOR
from tramita.kit.http.dependencies import FromActor, FromRuntime
from tramita.kit.http.requests import UnsupportedMediaType
from tramita.portability.api.envelopes import Token
from tramita.portability.documents import find_lenders, keep_picture, list_pictures
from tramita.portability.pictures import MEDIA_TYPE, Looking, PictureKind
from tramita.portability.ports import LARGEST_PICTURE, PictureLimits, Pictures
from tramita.portability.profile import profile_of
from tramita.portability.stored_pictures import PictureState, StoredPicture

# What is a little too large for the provider is refused with a reason, the rest at once.
BODY_LIMIT: Final = LARGEST_PICTURE + 128 * 1024
_USUAL: Final = PictureLimits()
# Of this process.
LOOKING: Final = Looking()

Kind = Annotated[PictureKind, PathParameter(description="What the picture shows")]


class JpegExpected(UnsupportedMediaType):
    """The body must be a JPEG picture: send Content-Type: image/jpeg."""


class DocumentAnswer(Struct):
    """A picture: pixels, bytes, the SHA-256 in hexadecimal digits, and where it stands.

    ``refusal`` is why the provider does not take it; send another one then. ``not_taken``: no
    lender of this envelope takes pictures, so it is not kept, and its contracts go without.
    """

    kind: PictureKind
    media_type: str
    width: int
    height: int
    size: int
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
    state: PictureState
    refusal: str | None
    created_at: datetime


class DocumentsAnswer(Struct):
    """The pictures of an envelope, at most one of a kind."""

    items: list[DocumentAnswer]


@dataclass
class PictureOperation(Operation):
    """A route whose body is a picture, which the framework has no type for."""

    def __post_init__(self) -> None:
        """Describe the body."""
        picture = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)
        self.request_body = RequestBody(
            required=True,
            description=f"The picture itself, a JPEG of {_USUAL.least_pixels}x"
            f"{_USUAL.least_pixels} pixels or more and at most {_USUAL.most_bytes} bytes, "
            "unless the envelope's lenders want something else.",
            content={MEDIA_TYPE: OpenAPIMediaType(schema=picture)},
        )


class DocumentsController(Controller):
    """Identity pictures of an envelope's client."""

    path = "/api/v1/envelopes/{token:uuid}/documents"
    tags = ["Envelopes"]  # noqa: RUF012 - Litestar's own declaration
    dependencies = ACTOR

    @put(
        "/{kind:str}",
        opt={"scope": "envelopes:write", "problems": [410, 413, 415, 422, 429]},
        request_max_body_size=BODY_LIMIT,
        operation_class=PictureOperation,
    )
    async def keep(
        self,
        token: Token,
        kind: Kind,
        request: Request[Any, Any, Any],
        runtime: FromRuntime,
        actor: FromActor,
    ) -> DocumentAnswer:
        """Give an envelope a picture, in place of one of the same kind.

        Only before its link is requested. The picture is handed to the provider at once;
        contracts wait for it. What a camera has written into the file besides the picture
        (place, time, thumbnails) is taken out first: ``size`` and ``sha256`` are those of what
        is kept and handed on. Who sends many at once is asked to wait (429).
        """
        if request.content_type[0].lower() != MEDIA_TYPE:
            raise JpegExpected
        content = await request.body()
        async with runtime.database.unit_of_work() as work:
            lenders = await find_lenders(work, token)
        profiles = {one: profile_of(runtime, one) for one in lenders}
        takers = {key for key, one in profiles.items() if one.can(Pictures)}
        limits = PictureLimits.strictest(profiles[key].policy.pictures for key in takers)
        looked = await LOOKING.look_at(content, limits, sender=actor)
        async with runtime.database.unit_of_work(actor=actor) as work:
            kept = await keep_picture(work, token, kind, looked, takes=takers.__contains__)
        return _answer(kept)

    @get(opt={"scope": "envelopes:read"})
    async def show_all(self, token: Token, runtime: FromRuntime) -> DocumentsAnswer:
        """The pictures of an envelope and where they stand; what they show is never shown."""
        async with runtime.database.unit_of_work() as work:
            pictures = await list_pictures(work, token)
        return DocumentsAnswer([_answer(one) for one in pictures])


def _answer(picture: StoredPicture) -> DocumentAnswer:
    document = picture.document
    return DocumentAnswer(
        kind=picture.kind,
        media_type=document.media_type,
        width=document.width,
        height=document.height,
        size=document.size,
        sha256=picture.sha256,
        state=picture.state,
        refusal=picture.refusal,
        created_at=picture.created_at,
    )
