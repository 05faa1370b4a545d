"""Credentials of providers: each installation has its own; what the demo uses is public.

A demo needs none: both sides of it know the values that stand in the source. Outside the
demo such a value is as good as none, since whoever reads the source can sign with it.
"""

from tramita.kit.errors import ConfigurationError
from tramita.kit.settings import Settings


class CredentialMissing(ConfigurationError):
    """There is no {variable}, and only the demo has one of its own."""


class DemoCredentialRefused(ConfigurationError):
    """{variable} is the demo's, which everybody can read: set one of your own."""


def choose_credential(given: str, *, demo: str, variable: str, platform: Settings) -> str:
    """``given``, in the demo else ``demo``.

    Raises ``CredentialMissing`` in production without one, and ``DemoCredentialRefused``
    where it is the demo's.
    """
    if platform.is_demo:
        return given or demo
    if not given.strip():
        raise CredentialMissing(variable=variable)
    if given.strip() == demo.strip():
        raise DemoCredentialRefused(variable=variable)
    return given
