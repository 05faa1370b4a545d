"""Objects and errors of OData in Atom, as older platforms write them whatever is asked for."""

from collections.abc import Mapping
from html import escape

_NAMES = (
    'xmlns="http://www.w3.org/2005/Atom" '
    'xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices" '
    'xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"'
)
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def in_atom(body: Mapping[str, object]) -> bytes:
    """An error, a list of objects, or one."""
    error = body.get("odata.error")
    if isinstance(error, Mapping):
        return _error(error).encode()
    values = body.get("value")
    if isinstance(values, list):
        entries = "".join(_entry(one) for one in values)
        return f"{_HEAD}<feed {_NAMES}>{entries}</feed>".encode()
    return f"{_HEAD}{_entry(body, _NAMES)}".encode()


def _entry(one: Mapping[str, object], names: str = "") -> str:
    properties = "".join(_property(name, value) for name, value in one.items())
    return (
        f'<entry {names}><content type="application/xml"><m:properties>{properties}'
        "</m:properties></content></entry>"
    )


def _property(name: str, value: object) -> str:
    if value is None:
        return f'<d:{name} m:null="true"/>'
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"<d:{name}>{escape(text)}</d:{name}>"


def _error(error: Mapping[str, object]) -> str:
    message = error["message"]
    words = message.get("value", "") if isinstance(message, Mapping) else ""
    return (
        f"{_HEAD}<m:error {_NAMES}><m:code>{escape(str(error['code']))}</m:code>"
        f'<m:message xml:lang="ru">{escape(str(words))}</m:message></m:error>'
    )
