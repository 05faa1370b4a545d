"""Credentials of providers: each installation has its own; what the demo uses is public.

A demo needs none: both sides of it know the values that stand in the source. Outside the
demo such a value is as good as none: whoever reads the source can sign with a secret of the
demo's, and its names of accounts are nobody's.
"""

from typing import Any, Final

from pydantic import Field
from pydantic_settings import BaseSettings

from tramita.kit.environment import variable_of
from tramita.kit.errors import ConfigurationError
from tramita.kit.settings import Settings

_DEMO: Final = "demo"
_SECRET: Final = "is_secret"


class CredentialMissing(ConfigurationError):
    """There is no {variable}, and only the demo has one of its own."""


class DemoCredentialRefused(ConfigurationError):
    """{variable} is the demo's, which everybody can read: set one of your own."""


def secret(description: str, *, demo: str) -> Any:
    """A setting of which every installation has a value of its own; ``demo`` is the demo's."""
    return _own(description, demo, is_secret=True)


def account(description: str, *, demo: str) -> Any:
    """The same of what names our account there, and need not be hidden."""
    return _own(description, demo, is_secret=False)


def _own(description: str, demo: str, *, is_secret: bool) -> Any:
    return Field(
        default="",
        description=f"{description} Empty: the demo's own.",
        json_schema_extra={_DEMO: demo, _SECRET: is_secret},
    )


def credentials_of(kind: type[BaseSettings]) -> dict[str, str]:
    """The settings of ``kind`` that are one's own, and the demo's value of each."""
    return {name: str(more[_DEMO]) for name, more in _marked(kind).items()}


def secrets_of(kind: type[BaseSettings]) -> dict[str, str]:
    """Those of them that are secrets."""
    return {name: str(more[_DEMO]) for name, more in _marked(kind).items() if more[_SECRET]}


def _marked(kind: type[BaseSettings]) -> dict[str, dict[str, Any]]:
    extra = {name: field.json_schema_extra for name, field in kind.model_fields.items()}
    return {name: more for name, more in extra.items() if isinstance(more, dict) and _DEMO in more}


def read_credential(settings: BaseSettings, name: str, platform: Settings) -> str:
    """The value of a ``secret`` or ``account``, in the demo else the demo's.

    Raises ``CredentialMissing`` in production without one, and ``DemoCredentialRefused``
    where it is the demo's.
    """
    kind = type(settings)
    given, demo = str(getattr(settings, name)), credentials_of(kind)[name]
    if platform.is_demo:
        return given or demo
    if not given.strip():
        raise CredentialMissing(variable=variable_of(kind, name))
    if given.strip() == demo.strip():
        raise DemoCredentialRefused(variable=variable_of(kind, name))
    return given
