"""What every vendor's ``make_simulator`` is given, and where it must not run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


class SimulationForbiddenInProduction(Exception):
    """Simulators invent banks, people and money; they do not run in production."""


@dataclass(frozen=True, slots=True)
class SimulatorSettings:
    """Settings shared by all vendors.

    ``keys_directory`` is the folder under which each vendor keeps the key pairs
    of both sides (``<keys_directory>/qitech/client.pem``); it lies outside the
    repository. ``seed`` starts every random draw. ``credentials`` names, per
    vendor key, the one API credential the simulator knows; a vendor without an
    entry uses its own fixed demonstration value. ``webhooks_to`` is the base URL
    that vendors post their webhooks to (``http://127.0.0.1:8000``), each under
    ``/webhooks/<vendor key>``; empty: nobody subscribes.
    """

    keys_directory: Path
    seed: int = 7
    credentials: Mapping[str, str] = field(default_factory=dict)
    webhooks_to: str = ""

    def webhook_url(self, key: str) -> str | None:
        """Where the vendor ``key`` posts its webhooks unless somebody says otherwise."""
        return f"{self.webhooks_to}/webhooks/{key}" if self.webhooks_to else None


def refuse_in_production(mode: str) -> None:
    """Raise ``SimulationForbiddenInProduction`` when ``mode`` is ``production``."""
    if mode.strip().lower() == "production":
        raise SimulationForbiddenInProduction(SimulationForbiddenInProduction.__doc__)
