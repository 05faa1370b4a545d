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
    entry uses its own fixed demonstration value.
    """

    keys_directory: Path
    seed: int = 7
    credentials: Mapping[str, str] = field(default_factory=dict)


def refuse_in_production(mode: str) -> None:
    """Raise ``SimulationForbiddenInProduction`` when ``mode`` is ``production``."""
    if mode.strip().lower() == "production":
        raise SimulationForbiddenInProduction(SimulationForbiddenInProduction.__doc__)
