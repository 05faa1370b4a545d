"""Who a back office is when it calls: by user and password, or by signing each request.

It acts for the master tenant, and only from the networks that are its own. A signature is HMAC-SHA256
of four lines: the time in seconds, the method, the path with its query, and the SHA-256 of the body.
"""

import hashlib
import hmac
import ipaddress
from base64 import b64encode
from dataclasses import dataclass
from typing import Final

from litestar import Request
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException

from tramita.kit.bounds import Bounds
from tramita.kit.credentials import read_credential
from tramita.kit.errors import ConfigurationError
from tramita.kit.http.forms import AnyConnection, runtime_of
from tramita.kit.runtime import Runtime
from tramita.transfers.office.settings import OfficeSettings

TIMESTAMP: Final = "x-tramita-timestamp"
SIGNATURE: Final = "x-tramita-signature"

_BASIC: Final = {"WWW-Authenticate": 'Basic realm="tramita", charset="UTF-8"'}
_SIGNED: Final = {"WWW-Authenticate": "Tramita-HMAC"}


@dataclass(frozen=True, slots=True)
class Office:
    """A back office of ``tenant``; ``provider`` is whose words it speaks."""

    tenant: str
    provider: str

    @property
    def bounds(self) -> Bounds:
        """Its tenant's."""
        return Bounds(self.tenant)

    @property
    def actor(self) -> str:
        """It in the history, where it names nobody of its own."""
        return self.provider

    @property
    def key(self) -> str:
        """What tells it from other callers."""
        return f"office:{self.tenant}"


async def let_in_office(connection: AnyConnection, _: object) -> Office:
    """The back office of the master tenant; raises where it is somebody else."""
    runtime = runtime_of(connection)
    settings = runtime.configured(OfficeSettings)
    _check_network(connection, settings)
    try:
        username, secret = (
            read_credential(settings, name, runtime.settings) for name in ("username", "secret")
        )
    except ConfigurationError as error:
        raise NotAuthorizedException(detail="No back office is known here.") from error
    if settings.authentication == "hmac":
        await _check_signature(connection, runtime, settings, secret)
    else:
        _check_password(connection, f"{username}:{secret}")
    return await _find_office(runtime)


async def _find_office(runtime: Runtime) -> Office:
    rows = await runtime.database.fetch("SELECT key, back_office FROM tenants WHERE is_master")
    if not rows:
        raise PermissionDeniedException(detail="There is no master tenant, for which it could act.")
    return Office(rows[0]["key"], rows[0]["back_office"])


def _check_network(connection: AnyConnection, settings: OfficeSettings) -> None:
    client = connection.scope.get("client")
    if not settings.networks:
        return
    try:
        address = ipaddress.ip_address(client[0] if client else "")
    except ValueError:
        address = None
    if address is None or not any(address in network for network in settings.networks):
        raise PermissionDeniedException(detail="Nothing is taken from this address.")


def _check_password(connection: AnyConnection, known: str) -> None:
    kind, _, shown = connection.headers.get("authorization", "").partition(" ")
    expected = b64encode(known.encode())
    if kind.lower() != "basic" or not hmac.compare_digest(shown.strip().encode(), expected):
        raise NotAuthorizedException(detail="User or password is not right.", headers=_BASIC)


async def _check_signature(
    connection: AnyConnection, runtime: Runtime, settings: OfficeSettings, secret: str
) -> None:
    if not isinstance(connection, Request):
        raise PermissionDeniedException(detail="A back office opens no sockets.")
    stamp = connection.headers.get(TIMESTAMP, "")
    body = await connection.body()
    query = connection.scope["query_string"].decode("latin-1")
    path = connection.scope["path"] + (f"?{query}" if query else "")
    expected = sign(secret, stamp, connection.method, path, body)
    if not hmac.compare_digest(connection.headers.get(SIGNATURE, "").encode(), expected.encode()):
        raise NotAuthorizedException(detail="The signature is not right.", headers=_SIGNED)
    off = abs(await _now(runtime) - int(stamp)) if stamp.isdecimal() else None
    if off is None or off > settings.clock_minutes * 60:
        detail = "The time is none." if off is None else f"The clock is off by {off:.0f} seconds."
        raise NotAuthorizedException(detail=detail, headers=_SIGNED)


async def _now(runtime: Runtime) -> float:
    rows = await runtime.database.fetch("SELECT extract(epoch FROM tramita_now())::float8 AS now")
    now: float = rows[0]["now"]
    return now


def sign(secret: str, stamp: str, method: str, path: str, body: bytes) -> str:
    """The signature of one request."""
    text = f"{stamp}\n{method}\n{path}\n{hashlib.sha256(body).hexdigest()}"
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
