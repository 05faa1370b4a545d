"""People of a partner's platform, as this process recognizes them by their tokens."""

import structlog

from tramita.kit.errors import ConfigurationError
from tramita.kit.http.forms import AnyConnection, runtime_of
from tramita.kit.jwt_keys import PlatformKeys
from tramita.kit.jwt_users import JWTSettings, JWTUser, recognize_user

log = structlog.get_logger(__name__)


async def recognize(connection: AnyConnection, token: str) -> JWTUser:
    """Who the bearer of ``token`` is.

    Raises ``TokenNotTrusted``, and ``ConfigurationError`` where no platform is known.
    """
    runtime = runtime_of(connection)
    settings = runtime.configured(JWTSettings)
    keys = _keys_of(connection, settings.jwks_url)
    try:
        return await recognize_user(token, settings, runtime.settings, keys)
    except ConfigurationError as error:
        # Whoever comes cannot mend it, and is told less than whoever runs this.
        log.warning("platform_not_known", why=str(error))
        raise


def _keys_of(connection: AnyConnection, url: str) -> PlatformKeys:
    """The platform's keys as this process knows them."""
    state = connection.app.state
    keys: PlatformKeys | None = state.get("platform_keys")
    if keys is None or keys.url != url:
        keys = state.platform_keys = PlatformKeys(url)
    return keys
