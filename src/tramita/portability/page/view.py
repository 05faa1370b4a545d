"""What the client's page consists of: finished words and figures, which templates only place."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from tramita.portability.page.figures import Chart, Comparison, Saving
from tramita.portability.page.lender import Lender
from tramita.portability.page.situations import Situation


class Phase(StrEnum):
    """Which of its five faces the page shows."""

    WAITING = "waiting"
    LOADING = "loading"
    READY = "ready"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the run is: ``done`` of ``total`` contracts."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Step:
    """One office on the contract's route; ``mark`` is done, now, todo, bad or unknown."""

    label: str
    mark: str


@dataclass(frozen=True, slots=True)
class SigningLink:
    """Where the client signs; ``host`` is shown so that the jump surprises nobody."""

    url: str
    host: str


@dataclass(frozen=True, slots=True)
class Consent:
    """What the client has to confirm in Meu INSS: until which day, and how long that is."""

    until: str | None
    left: str


@dataclass(frozen=True, slots=True)
class ContractView:
    """One contract as the page shows it; ``hint`` is about a signature already begun."""

    id: UUID
    number: str
    title: str
    situation: Situation
    lead: str
    route: tuple[Step, ...]
    saving: Saving | None
    chart: Chart | None
    comparisons: tuple[Comparison, ...]
    facts: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]
    advice: str | None
    consent: Consent | None
    signing_link: SigningLink | None
    hint: str | None
    document: str | None


@dataclass(frozen=True, slots=True)
class Preparing:
    """One contract that the provider is still judging."""

    id: UUID
    number: str
    title: str
    stamp: str
    stamp_text: str


@dataclass(frozen=True, slots=True)
class GroupView:
    """Contracts under one heading; ``signing_link`` signs all of them at once."""

    title: str
    contracts: tuple[ContractView, ...]
    signing_link: SigningLink | None = None


@dataclass(frozen=True, slots=True)
class FormalizationView:
    """The whole page; ``refresh_seconds`` is the reload interval without scripts."""

    phase: Phase
    heading: str
    lead: str
    lender: Lender
    client_name: str | None = None
    client_cpf: str | None = None
    progress: Progress | None = None
    preparing: tuple[Preparing, ...] = ()
    saving: Saving | None = None
    groups: tuple[GroupView, ...] = ()
    sign_until: str | None = None
    refresh_seconds: int | None = None
    rendered_at: str = ""
