"""Why a contract stopped, or waits for somebody."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a contract was refused or parked; ``code`` is stable, the sentence is English."""

    code: str
    sentence: str
