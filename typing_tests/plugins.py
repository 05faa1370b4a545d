"""What a plugin author relies on, as types: this file is never run, only checked.

Each function is a small plugin of one kind. Where misuse must be an error, the line
carries a `type: ignore` that the checker reports as soon as it is no longer needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol, assert_never, assert_type
from uuid import UUID

from tramita.contracts.backends import ContractBackend
from tramita.contracts.decorators import BackendHandler, backend_handler
from tramita.contracts.model import Contract
from tramita.contracts.signals import on_contract_cancel, on_contract_create
from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.exchange import Answer, Exchange, Request
from tramita.kit.jobs import Job
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.kit.provider import Connection, Provider, ProviderSettings
from tramita.kit.runtime import Runtime

# A contract backend.


async def switch_on(runtime: Runtime, contract_id: UUID, *, speed: int = 1) -> None:
    """A job of the plugin's own."""


SWITCH_ON: Job[Runtime] = Job("acme.switch_on", switch_on, concurrency=2)


def created(contract: Contract, work: UnitOfWork) -> None:
    """What a handler may do."""
    assert_type(contract.activated, bool)
    contract.activated = True
    contract.backend_record = {"line": 7, "tags": ["a"]}
    work.enqueue(SWITCH_ON, contract_id=contract.id, speed=2)
    work.enqueue("acme.switch_on", delay=timedelta(hours=1), key="once", contract_id=contract.id)
    work.publish(f"contract:{contract.id}", {"type": "CREATED"})
    assert_type(work.actor, str)
    assert_type(work.cause, str | None)


@backend_handler
def cancelled(contract: Contract, work: UnitOfWork) -> None:
    """A handler for the contracts of its own package."""


@backend_handler("acme")
def cancelled_of_acme(contract: Contract, work: UnitOfWork) -> None:
    """A handler for the contracts of a backend that is named."""


assert_type(cancelled, BackendHandler)
assert_type(cancelled_of_acme, BackendHandler)


def describe(contract: Contract) -> dict[str, Any]:
    """The representation of a contract."""
    return {"line": contract.backend_record}


backend = ContractBackend(
    key="acme",
    title="Acme",
    handlers={on_contract_create: created, on_contract_cancel: cancelled},
    describe=describe,
    jobs=[SWITCH_ON],
)

ContractBackend("acme", "Acme", handlers={"on_contract_create": created})  # type: ignore[dict-item]
ContractBackend(key="acme")  # type: ignore[call-arg]


# A provider.


class OrderGateway(Protocol):
    """A port: what an area needs, in its own words."""

    async def place(self, order: str, attempt: Attempt) -> Outcome[int]:
        """Place an order; answers its number."""
        ...


class AcmeSettings(ProviderSettings):
    """What the plugin reads from the environment."""

    partner: str = ""


@dataclass(frozen=True)
class AcmeGateway:
    """An implementation of the port on the kit's exchange."""

    exchange: Exchange
    partner: str

    async def place(self, order: str, attempt: Attempt) -> Outcome[int]:
        """Call and classify."""
        request = Request("POST", "/orders", order.encode(), {"x-key": attempt.key})
        answer = await self.exchange.send(request, attempt)
        if not isinstance(answer, Answer):
            assert_type(answer, NotSent | Unknown)
            return answer
        match answer.status:
            case 201:
                return Done(int(answer.body))
            case 202:
                return Pending(answer.headers["location"], timedelta(minutes=1))
            case _:
                return Refused("rejected", answer.body.decode())


def make_gateway(connection: Connection) -> AcmeGateway:
    """What the manifest names."""
    return AcmeGateway(connection.exchange, connection.settings.partner)


provider = Provider(
    key="acme", title="Acme", settings=AcmeSettings, ports={OrderGateway: make_gateway}
)

Provider(key="acme", title="Acme", settings=dict, ports={})  # type: ignore[arg-type]


# What an area does with an outcome: all five, or the checker objects.


async def act(runtime: Runtime, attempt: Attempt) -> str:
    """Ask for a gateway by port and provider, and tell the five answers apart."""
    gateway = runtime.gateway(OrderGateway, "acme")
    assert_type(gateway, OrderGateway)
    outcome = await gateway.place("one", attempt)
    match outcome:
        case Done(number):
            assert_type(number, int)
            return str(number)
        case Pending(reference, ask_again_in):
            assert_type(ask_again_in, timedelta)
            return reference
        case Refused(code, reason) if code == reason:
            return code
        case Refused(code):
            return code
        case NotSent(reason, retry_in):
            assert_type(retry_in, timedelta)
            return reason
        case Unknown(reason):
            return reason
        case _:
            assert_never(outcome)


def forgets_unknown(outcome: Outcome[int]) -> str:
    """An area that forgets one of the five is told so."""
    match outcome:
        case Done() | Pending() | Refused() | NotSent():
            return "known"
        case _:
            assert_never(outcome)  # type: ignore[arg-type]


async def ask(work: UnitOfWork, numbers: Sequence[int]) -> list[str]:
    """A set-based question; many askers share a transaction."""
    rows = await work.fetch("SELECT n::text FROM unnest($1::int[]) AS n", list(numbers))
    return [row["n"] for row in rows]


async def gather(runtime: Runtime) -> None:
    """Each asker gets his own answer, typed."""
    assert_type(await runtime.gathered(ask).add(7), str)
    await runtime.gathered(ask).add("seven")  # type: ignore[arg-type]
