"""Settings of QI Tech, read from ``TRAMITA_QITECH_*``."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from tramita.kit.credentials import CredentialMissing, DemoCredentialRefused, secret
from tramita.kit.errors import ConfigurationError
from tramita.kit.provider import ProviderSettings
from tramita.kit.settings import Settings
from tramita.simulation.keys import KeyPair, ensure_key_pair

# The API client key of the demo, known to the simulator. Not a secret.
DEMO_CLIENT_KEY = "a1c0e7d2-0000-4000-8000-000000000001"


class KeyFileNotReadable(ConfigurationError):
    """{variable} names a file that cannot be read: {why}."""


class QITechSettings(ProviderSettings):
    """Credentials come from QI Tech's key exchange; the demo makes its own."""

    model_config = SettingsConfigDict(
        env_prefix="TRAMITA_QITECH_", extra="ignore", env_ignore_empty=True
    )

    client_key: str = secret("API-CLIENT-KEY, a UUID.", demo=DEMO_CLIENT_KEY)
    private_key_file: Path | None = Field(
        default=None, description="Our P-521 private key (PEM). Empty: the demo's own."
    )
    provider_key_file: Path | None = Field(
        default=None, description="QI Tech's public key (PEM). Empty: the simulator's."
    )
    signing: Literal["v1", "v2"] = Field(
        default="v2", description="Signing generation; v2 is current, v1 older."
    )
    webhook_max_age: float = Field(
        default=48.0,
        description="Hours a webhook's signature may be old; retries come for 22 hours.",
    )
    purchaser_document_number: str = Field(
        default="32402502000135", description="CNPJ of the assignee of the loans."
    )

    def read_private_key(self, platform: Settings) -> str:
        """Our key in PEM; raises ``ConfigurationError`` in production without our own."""
        variable = "TRAMITA_QITECH_PRIVATE_KEY_FILE"
        if self.private_key_file is not None:
            return _own_key(self.private_key_file, variable, platform)
        return _demo_pair(platform, "client", variable).private_pem.decode()

    def read_provider_key(self, platform: Settings) -> str:
        """QI Tech's public key in PEM; raises ``ConfigurationError`` likewise."""
        variable = "TRAMITA_QITECH_PROVIDER_KEY_FILE"
        if self.provider_key_file is not None:
            return _own_key(self.provider_key_file, variable, platform)
        return _demo_pair(platform, "provider", variable).public_pem.decode()


def _own_key(file: Path, variable: str, platform: Settings) -> str:
    """A key file's content; outside the demo no file that the demo has made, nor a copy of it."""
    try:
        content = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KeyFileNotReadable(variable=variable, why=error) from None
    if not platform.is_demo:
        made = [one.read_text(encoding="utf-8") for one in _demo_folder(platform).glob("*.pem")]
        if content.strip() in {one.strip() for one in made}:
            raise DemoCredentialRefused(variable=variable)
    return content


def _demo_pair(platform: Settings, name: str, variable: str) -> KeyPair:
    if not platform.is_demo:
        raise CredentialMissing(variable=variable)
    return ensure_key_pair(_demo_folder(platform), name)


def _demo_folder(platform: Settings) -> Path:
    return platform.data_dir / "keys" / "qitech"
