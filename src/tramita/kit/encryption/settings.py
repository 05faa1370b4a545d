"""Settings of encryption at rest: the keys, which are nowhere but here."""

from typing import Final

from pydantic_settings import BaseSettings, SettingsConfigDict

from tramita.kit.credentials import secret
from tramita.kit.settings import PREFIX

# Everybody can read these.
_DEMO_KEY: Final = "VGhpcyBkZW1vIGtleSBoaWRlcyBub3RoaW5nOiBBRVM"
_DEMO_LOOKUP_KEY: Final = "VGhpcyBkZW1vIGtleSBoaWRlcyBub3RoaW5nOiBNQUM"


class EncryptionSettings(BaseSettings):
    """The keys of what is encrypted, and the one by which it is found again."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore")

    encryption_keys: str = secret(
        "Keys of what is encrypted in the database, each as `tramita keys new` prints it, with "
        "commas between them. The first encrypts; all decrypt.",
        demo=_DEMO_KEY,
    )
    lookup_key: str = secret(
        "Key of the hashes by which people are found by their documents, as `tramita keys new` "
        "prints it. `tramita keys rehash` follows when it is another one.",
        demo=_DEMO_LOOKUP_KEY,
    )
