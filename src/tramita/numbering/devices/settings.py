"""Settings of the device list, read from ``TRAMITA_DEVICES_*``."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class DeviceSettings(BaseSettings):
    """How often the list of devices is read, and how long a client waits for the operator."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_DEVICES_", extra="ignore")

    sync_minutes: float = Field(
        default=60.0, description="Minutes between two readings of the provider's device list."
    )
    full_sync_hours: float = Field(
        default=24.0,
        description="Hours after which every page is read again, even one that is said to be "
        "unchanged.",
    )
    sync_retry: float = Field(
        default=300.0,
        description="Seconds after which a reading that failed is tried again; a tenth of it "
        "while there is no list at all.",
    )
    sync_pause: float = Field(
        default=10.0,
        description="Seconds a reading waits at most before it asks for a page again.",
    )
    esim_wait: float = Field(
        default=2.0,
        description="Seconds to wait for the operator's own word on eSIM; after that the last "
        "list answers.",
    )
