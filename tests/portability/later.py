"""Contracts whose clients may sign, and a provider that says what a test tells it to."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, cast
from uuid import UUID

import asyncpg
import msgspec

from tests.portability.stored import accepted, desk, start
from tramita.kit.attempt import Attempt
from tramita.kit.database.engine import Database
from tramita.kit.exchange import Exchange
from tramita.kit.jobs import Job
from tramita.kit.live import Live
from tramita.kit.operations.kind import Result
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.outcome import Done, Outcome, Refused
from tramita.kit.outside import NotUnderstood
from tramita.kit.provider import Connection, Provider, ProviderSettings
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Settings
from tramita.portability.journey.apply_news import apply_news
from tramita.portability.ports import (
    CAPABILITIES,
    FoundProposal,
    News,
    NotForUs,
    Policy,
    ProposalGateway,
    ProposalRef,
    Stage,
)
from tramita.portability.profile import LenderProfile
from tramita.portability.provider import PROVIDER

AT: Final = datetime(2026, 11, 18, 15, tzinfo=UTC)
UNKNOWN_PROPOSAL: Final = Refused("NOT_FOUND", "There is no such proposal.")


@dataclass(frozen=True)
class Offered:
    """A contract that the provider accepted and the client may sign."""

    id: UUID
    envelope_id: UUID
    operation_id: UUID
    number: str
    proposal_key: str

    def news(self, stage: Stage | None = None, *, minutes: int = 1, **said: Any) -> News:
        """One message about its proposal, so many minutes after the offer."""
        at = AT + timedelta(minutes=minutes)
        about = News(self.proposal_key, at, str(stage), stage, contract_number=self.number)
        return replace(about, **said)


async def offered(
    database: Database, *, contracts: int = 1, provider: str = PROVIDER
) -> list[Offered]:
    """An envelope all of whose contracts the provider has just accepted."""
    run = (await start(database, envelopes=1, contracts=contracts, provider=provider))[-1]
    here = desk(database, provider)
    for operation in run.operations:
        task = await here.take(operation)
        assert task is not None
        decision = accepted()
        await here.hand_in(Result(task, decision, OperationTrigger.DONE))
    await fetch(database, "UPDATE envelope_contracts SET stage_at = $1", AT)
    rows = await fetch(
        database,
        "SELECT id, envelope_id, insertion_id AS operation_id, number, proposal_key "
        "FROM envelope_contracts WHERE envelope_id = $1 ORDER BY position",
        run.id,
    )
    return [Offered(**row) for row in rows]


async def tell(
    database: Database,
    *messages: News,
    source: str = "webhook",
    provider: str = PROVIDER,
    capabilities: Collection[type] = CAPABILITIES,
) -> list[News]:
    """Apply messages, each in its own transaction; answers those that fit no contract."""
    strays = []
    lender = LenderProfile(provider, capabilities=frozenset(capabilities))
    for one in messages:
        async with database.unit_of_work(actor=provider) as work:
            placed = await apply_news(work, lender, [(one, source)])
        strays += [one] if one.proposal_key not in placed else []
    return strays


async def stored(database: Database, contract: Offered) -> asyncpg.Record:
    """The contract's row."""
    [row] = await fetch(database, "SELECT * FROM envelope_contracts WHERE id = $1", contract.id)
    return row


async def fetch(database: Database, query: str, *arguments: object) -> list[asyncpg.Record]:
    """Run one statement."""
    async with database.unit_of_work(actor="test") as work:
        return list(await work.fetch(query, *arguments))


async def waiting(database: Database, job: str) -> list[dict[str, Any]]:
    """The arguments of the jobs of this name that wait."""
    rows = await fetch(
        database, "SELECT payload FROM pgqueuer WHERE entrypoint = $1 ORDER BY id", job
    )
    return [msgspec.json.decode(row["payload"]) for row in rows]


async def run_jobs(runtime: Runtime, job: Job[Runtime]) -> int:
    """Run what waits under this name now, once each; answers how many ran."""
    jobs = await waiting(runtime.database, job.name)
    await fetch(runtime.database, "DELETE FROM pgqueuer WHERE entrypoint = $1", job.name)
    for arguments in jobs:
        await job(runtime, msgspec.json.encode(arguments))
    return len(jobs)


async def age_messages(database: Database) -> None:
    """Let what waits in the inbox be older than a message that nobody is asked about."""
    await fetch(database, "UPDATE inbox SET received_at = received_at - interval '4 seconds'")


@dataclass
class ScriptedProvider:
    """A provider that answers as told; ``acts`` is what it was asked to do, in order.

    ``stands`` is where each proposal stands there, ``answers`` overrides the answer to an
    act by its name.
    """

    stands: dict[str, News] = field(default_factory=dict)
    found: dict[str, tuple[FoundProposal, ...]] = field(default_factory=dict)
    messages: dict[bytes, News | NotForUs] = field(default_factory=dict)
    answers: dict[str, list[Outcome[None]]] = field(default_factory=dict)
    acts: list[tuple[str, str, Decimal | None]] = field(default_factory=list)
    policy: Policy = field(default_factory=Policy)

    async def read_news(self, ref: ProposalRef, _: Attempt) -> Outcome[News]:
        news = self.stands.get(ref.key)
        return UNKNOWN_PROPOSAL if news is None else Done(news)

    async def find_proposals(
        self, contract_number: str, _: Attempt
    ) -> Outcome[tuple[FoundProposal, ...]]:
        if contract_number not in self.found:
            return Refused("UNSUPPORTED", "Such questions are not answered.")
        return Done(self.found[contract_number])

    def read_message(self, body: bytes) -> News | NotForUs | NotUnderstood:
        return self.messages[body]

    async def submit_proposal(self, ref: ProposalRef, _: Attempt) -> Outcome[None]:
        return self._act("submit", ref.key)

    async def cancel_proposal(self, ref: ProposalRef, _: Attempt) -> Outcome[None]:
        return self._act("cancel", ref.key)

    async def accept_balance(self, ref: ProposalRef, _: Attempt) -> Outcome[None]:
        return self._act("accept", ref.key)

    async def recalculate(
        self, _: ProposalRef, credit_operation_key: str, amount: Decimal, __: Attempt
    ) -> Outcome[None]:
        return self._act("recalculate", credit_operation_key, amount)

    def _act(self, name: str, key: str, amount: Decimal | None = None) -> Outcome[None]:
        self.acts.append((name, key, amount))
        left = self.answers.get(name)
        return left.pop(0) if left else Done(None)


def runtime_with(
    database: Database,
    gateway: ScriptedProvider,
    *,
    capabilities: Collection[type] = CAPABILITIES,
    **others: ScriptedProvider,
) -> Runtime:
    """A process whose provider is ``gateway``, with ``others`` beside it by their keys."""
    runtime = Runtime(Settings(), database, Live(database.connect))
    for key, one in ({PROVIDER: gateway} | others).items():
        ports = dict.fromkeys((ProposalGateway, *capabilities), _always(one))
        provider = Provider(key=key, title="Scripted", settings=ProviderSettings, ports=ports)
        exchange = Exchange(key, "http://127.0.0.1:9")
        runtime.connect_provider(provider, ProviderSettings(), exchange)
    return runtime


def _always(gateway: ScriptedProvider) -> Callable[[Connection], ProposalGateway]:
    return lambda _: cast("ProposalGateway", gateway)
