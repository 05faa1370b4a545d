"""A request as the Bot API takes it: parameters in the query, a form, JSON, or beside files."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec
from litestar.datastructures import UploadFile

from tramita.providers.telegram.simulator.errors import UNREADABLE, bad
from tramita.providers.telegram.simulator.sending import Upload
from tramita.simulation.front.asking import Asking, Refused
from tramita.simulation.routes import HTTPRequest

# What is an object or a list, and stands as JSON in a form's field.
_OBJECTS: Final = frozenset(
    {
        "allowed_updates",
        "commands",
        "link_preview_options",
        "media",
        "menu_button",
        "reply_markup",
        "reply_parameters",
        "scope",
    }
)
_FILES: Final = "_files"

Parameters = dict[str, Any]


class Incoming:
    """Bodies of requests; what was uploaded is kept aside until its request was answered."""

    def __init__(self) -> None:
        self._uploads: dict[str, Upload] = {}

    async def read(self, request: HTTPRequest) -> bytes:
        """The parameters as JSON; of files their digests."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        query = dict(parse_qsl(request.scope["query_string"].decode("latin-1")))
        if kind == "multipart/form-data":
            return msgspec.json.encode({**query, **await self._form(request)})
        if kind == "application/x-www-form-urlencoded":
            form = (await request.body()).decode(errors="replace")
            return msgspec.json.encode({**query, **dict(parse_qsl(form, keep_blank_values=True))})
        body = await request.body()
        return body or msgspec.json.encode(query)

    async def _form(self, request: HTTPRequest) -> Parameters:
        fields: Parameters = {}
        files: dict[str, str] = {}
        for name, sent in (await request.form()).multi_items():
            if isinstance(sent, UploadFile):
                content = await sent.read()
                digest = hashlib.sha256(content + sent.filename.encode()).hexdigest()
                self._uploads[digest] = Upload(content, sent.filename, sent.content_type)
                files[name] = digest
            else:
                fields[name] = sent
        return fields | ({_FILES: files} if files else {})

    def parameters(self, asking: Asking) -> Parameters:
        """What a request says; raise ``Refused`` for what cannot be read."""
        try:
            said = msgspec.json.decode(asking.body, type=dict[str, Any])
            return {
                name: msgspec.json.decode(value)
                if name in _OBJECTS and isinstance(value, str)
                else value
                for name, value in said.items()
            }
        except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
            raise Refused(UNREADABLE) from wrong

    def uploads(self, parameters: Parameters) -> Mapping[str, Upload]:
        """The files that came with it."""
        files: Mapping[str, str] = parameters.get(_FILES, {})
        return {name: self._uploads[digest] for name, digest in files.items()}

    def forget(self) -> None:
        """Throw away what was uploaded."""
        self._uploads.clear()


def shaped(parameters: Parameters, shape: type[Any]) -> Any:
    """Parameters in the shape of a method; numbers may stand as texts."""
    try:
        return msgspec.convert(parameters, shape, strict=False)
    except msgspec.ValidationError as wrong:
        raise Refused(bad(str(wrong))) from wrong
