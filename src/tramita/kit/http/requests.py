"""The request class of the application: JSON bodies are read by ``kit.http.bodies``."""

from collections.abc import AsyncGenerator
from typing import Any, Final

from litestar import Request
from litestar.datastructures import FormMultiDict
from litestar.enums import RequestEncodingType
from litestar.exceptions import ClientException, HTTPException, InternalServerException
from multipart import (  # type: ignore[import-untyped]
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
)

from tramita.kit.errors import TramitaError
from tramita.kit.http.bodies import decode_body


class UnsupportedMediaType(TramitaError):
    """The body must be JSON: send Content-Type: application/json."""


class BodyIncomplete(HTTPException):
    """The client went away, or was too slow, before its body had come."""

    status_code = 408
    detail = "The body did not come to its end."


class NulCharacter(ClientException):
    """PostgreSQL stores no NUL in a text, so none is taken."""

    detail = "What was sent contains the NUL character."


class FormNotReadable(ClientException):
    """Any other encoding is one that we do not know, or that takes for ever."""

    detail = "The form's names and texts are not UTF-8."


_USUAL: Final = "utf-8"
_UTF_8: Final = frozenset({_USUAL, "utf8", "us-ascii"})


class JSONRequest(Request[Any, Any, Any]):
    """A request whose ``data`` is checked strictly, with every error told at once.

    The framework asks for ``json()`` after the guard has let the request in, and hands
    on unchanged what already has the type the handler asks for.
    """

    async def json(self) -> Any:
        """The body as the handler's ``data``.

        Raises ``UnsupportedMediaType``, ``MalformedBody`` and ``InvalidError``.
        """
        if self.content_type[0] not in ("", "application/json"):
            raise UnsupportedMediaType
        expected = self.route_handler.parsed_data_field
        return decode_body(await self.body(), Any if expected is None else expected.annotation)

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """The body as it comes; raises ``BodyIncomplete`` where it ends before its end.

        Raises ``FormNotReadable`` where it is a form with a part in another encoding than UTF-8.
        """
        kind, options = self.content_type
        is_form = kind == RequestEncodingType.MULTI_PART
        parts = _Parts(options.get("boundary", "")) if is_form else None
        try:
            async for chunk in super().stream():
                if parts is not None:
                    parts.check(chunk)
                yield chunk
        except InternalServerException:
            raise BodyIncomplete from None

    async def form(self) -> FormMultiDict:
        """The fields of a form as our pages send it; any other kind has none.

        Where a route takes files (``opt={"multipart": True}``), that is a form with them.
        Raises ``NulCharacter`` and ``FormNotReadable``.
        """
        taken = (
            RequestEncodingType.MULTI_PART
            if self.route_handler.opt.get("multipart")
            else RequestEncodingType.URL_ENCODED
        )
        if self.content_type[0] != taken:
            return FormMultiDict()
        try:
            form = await super().form()
        except UnicodeDecodeError:
            raise FormNotReadable from None
        for name, value in form.multi_items():
            texts = [value] if isinstance(value, str) else [value.filename, value.content_type]
            if any("\x00" in text for text in (name, *texts)):
                raise NulCharacter
        return form


class _Parts:
    """The parts of a form as they come, looked at before the framework reads their texts."""

    def __init__(self, boundary: str) -> None:
        self._boundary = boundary
        self._parser: PushMultipartParser | None = None
        self._is_broken = False

    def check(self, chunk: bytes) -> None:
        """Raise ``FormNotReadable`` for a part that names another encoding."""
        if self._is_broken or not chunk:
            return
        try:
            self._parser = self._parser or PushMultipartParser(self._boundary)
            for part in self._parser.parse(chunk):
                if (
                    isinstance(part, MultipartSegment)
                    and (part.charset or _USUAL).lower() not in _UTF_8
                ):
                    raise FormNotReadable
        except MultipartError:
            # The framework finds the same, and says so.
            self._is_broken = True
