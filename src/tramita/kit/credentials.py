"""Credentials of providers: each installation has its own; what the demo uses is public.

A demo needs none: both sides of it know the values that stand in the source. Outside the
demo such a value is as good as none, since whoever reads the source can sign with it.
"""

from typing import Any, Final

from pydantic import Field
from pydantic_settings import BaseSettings

from tramita.kit.environment import variable_of
from tramita.kit.errors import ConfigurationError
from tramita.kit.settings import Settings

_DEMO: Final = "demo"


class CredentialMissing(ConfigurationError):
    """There is no {variable}, and only the demo has one of its own."""


class DemoCredentialRefused(ConfigurationError):
    """{variable} is the demo's, which everybody can read: set one of your own."""


def secret(description: str, *, demo: str) -> Any:
    """A setting of which every installation has a value of its own; ``demo`` is the demo's."""
    return Field(
        default="",
        description=f"{description} Empty: the demo's own.",
        json_schema_extra={_DEMO: demo},
    )


def secrets_of(kind: type[BaseSettings]) -> dict[str, str]:
    """The settings of ``kind`` that are credentials, and the demo's value of each."""
    extra = {name: field.json_schema_extra for name, field in kind.model_fields.items()}
    return {
        name: str(more[_DEMO])
        for name, more in extra.items()
        if isinstance(more, dict) and _DEMO in more
    }


def read_secret(settings: BaseSettings, name: str, platform: Settings) -> str:
    """The value of a ``secret``, in the demo else the demo's.

    Raises ``CredentialMissing`` in production without one, and ``DemoCredentialRefused``
    where it is the demo's.
    """
    kind = type(settings)
    given, demo = str(getattr(settings, name)), secrets_of(kind)[name]
    if platform.is_demo:
        return given or demo
    if not given.strip():
        raise CredentialMissing(variable=variable_of(kind, name))
    if given.strip() == demo.strip():
        raise DemoCredentialRefused(variable=variable_of(kind, name))
    return given
