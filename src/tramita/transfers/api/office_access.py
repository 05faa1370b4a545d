"""Who a back office is when it calls: by user and password, or by signing each request.

It acts for the master tenant, and only from the networks that are its own. A signature is HMAC-SHA256
of four lines: the time in seconds, the method, the path with its query, and the SHA-256 of the body.
A body that is large has its SHA-256 in a header too: so whoever has not signed it has nothing read.
Guessing costs the guesser (``check_guess``).
"""

import hashlib
import hmac
import ipaddress
import re
from base64 import b64encode
from dataclasses import dataclass
from typing import Any, Final

from litestar import Request
from litestar.exceptions import (
    NotAuthorizedException,
    PermissionDeniedException,
    TooManyRequestsException,
)

from tramita.kit.accounts.attempts import Guess, TooManyAttempts, check_guess
from tramita.kit.bounds import Bounds
from tramita.kit.credentials import read_credential
from tramita.kit.errors import ConfigurationError
from tramita.kit.files import digest_of
from tramita.kit.http.forms import AnyConnection, runtime_of
from tramita.kit.runtime import Runtime
from tramita.transfers.office.settings import OfficeSettings

TIMESTAMP: Final = "x-tramita-timestamp"
SIGNATURE: Final = "x-tramita-signature"
DIGEST: Final = "x-tramita-content-sha256"
READ_UNKNOWN: Final = 256 * 1024
"""So many bytes are read before it is known who sends them."""

# As whom it is counted when somebody guesses.
_ACCOUNT: Final = "/api/onec/v1"
_SHAPE: Final = re.compile(r"[0-9a-f]{64}")
_SECONDS: Final = re.compile(r"[0-9]{1,12}")
_NOT_RIGHT: Final = "The signature is not right."
_SAY_DIGEST: Final = f"A body of more than {READ_UNKNOWN} bytes has its SHA-256 in {DIGEST}."
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
        await _check_password(connection, runtime, f"{username}:{secret}")
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


async def _check_password(connection: AnyConnection, runtime: Runtime, known: str) -> None:
    kind, _, shown = connection.headers.get("authorization", "").partition(" ")
    detail = "User or password is not right."
    if kind.lower() != "basic":
        raise NotAuthorizedException(detail=detail, headers=_BASIC)
    is_right = hmac.compare_digest(shown.strip().encode(), b64encode(known.encode()))
    if not await _is_known(connection, runtime, is_right=is_right):
        raise NotAuthorizedException(detail=detail, headers=_BASIC)


async def _is_known(connection: AnyConnection, runtime: Runtime, *, is_right: bool) -> bool:
    client = connection.scope.get("client")
    guess = Guess(_ACCOUNT, client[0] if client else "", is_machine=True)
    try:
        return await check_guess(runtime.database, guess, is_right=is_right)
    except TooManyAttempts as error:
        wait = {"Retry-After": str(error.seconds)}
        raise TooManyRequestsException(detail=str(error), headers=wait) from error


async def _check_signature(
    connection: AnyConnection, runtime: Runtime, settings: OfficeSettings, secret: str
) -> None:
    if not isinstance(connection, Request):
        raise PermissionDeniedException(detail="A back office opens no sockets.")
    stamp, shown = (connection.headers.get(one, "") for one in (TIMESTAMP, SIGNATURE))
    if not _SHAPE.fullmatch(shown):
        raise NotAuthorizedException(detail=_NOT_RIGHT, headers=_SIGNED)
    off = abs(await _now(runtime) - int(stamp)) if _SECONDS.fullmatch(stamp) else None
    if off is None or off > settings.clock_minutes * 60:
        detail = "The time is none." if off is None else f"The clock is off by {off:.0f} seconds."
        raise NotAuthorizedException(detail=detail, headers=_SIGNED)
    digest = connection.headers.get(DIGEST)
    if digest is None:
        digest = await _digest_of(connection)
    query = connection.scope["query_string"].decode("latin-1")
    path = connection.scope["path"] + (f"?{query}" if query else "")
    expected = sign(secret, stamp, connection.method, path, digest)
    is_right = hmac.compare_digest(shown.encode(), expected.encode())
    if not await _is_known(connection, runtime, is_right=is_right):
        raise NotAuthorizedException(detail=_NOT_RIGHT, headers=_SIGNED)
    if (await digest_of(await connection.body())).hex() != digest:
        raise NotAuthorizedException(detail=_NOT_RIGHT, headers=_SIGNED)


async def _digest_of(connection: Request[Any, Any, Any]) -> str:
    """Of a body that is small enough to be read before it is known who sends it."""
    length = connection.headers.get("content-length", "0")
    is_open = "transfer-encoding" in connection.headers
    if is_open or not length.isdecimal() or int(length) > READ_UNKNOWN:
        raise NotAuthorizedException(detail=_SAY_DIGEST, headers=_SIGNED)
    return hashlib.sha256(await connection.body()).hexdigest()


async def _now(runtime: Runtime) -> float:
    rows = await runtime.database.fetch("SELECT extract(epoch FROM tramita_now())::float8 AS now")
    now: float = rows[0]["now"]
    return now


def sign(secret: str, stamp: str, method: str, path: str, digest: str) -> str:
    """The signature of one request whose body has this SHA-256."""
    text = f"{stamp}\n{method}\n{path}\n{digest}"
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
