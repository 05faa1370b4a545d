"""The request class of the application: JSON bodies are read by ``kit.http.bodies``."""

from collections.abc import AsyncGenerator
from typing import Any

from litestar import Request
from litestar.datastructures import FormMultiDict
from litestar.enums import RequestEncodingType
from litestar.exceptions import ClientException, HTTPException, InternalServerException

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
        """The body as it comes; raises ``BodyIncomplete`` where it ends before its end."""
        try:
            async for chunk in super().stream():
                yield chunk
        except InternalServerException:
            raise BodyIncomplete from None

    async def form(self) -> FormMultiDict:
        """The fields of a form as our pages send it; any other kind has none.

        Where a route takes files (``opt={"multipart": True}``), that is a form with them.
        Raises ``NulCharacter``.
        """
        taken = (
            RequestEncodingType.MULTI_PART
            if self.route_handler.opt.get("multipart")
            else RequestEncodingType.URL_ENCODED
        )
        if self.content_type[0] != taken:
            return FormMultiDict()
        form = await super().form()
        for name, value in form.multi_items():
            text = value if isinstance(value, str) else str(getattr(value, "filename", ""))
            if "\x00" in name or "\x00" in text:
                raise NulCharacter
        return form
