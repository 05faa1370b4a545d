"""A crowd of subscribed plugins, to measure what they cost a contract that is none of theirs."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from tramita.contracts.backends import ContractBackend, install_backend, remove_backend
from tramita.contracts.model import Contract
from tramita.contracts.service import NewContract, create_contracts
from tramita.contracts.signals import SIGNALS
from tramita.kit.database.engine import Database


@contextmanager
def crowd(plugins: int) -> Iterator[None]:
    """So many backends that listen to every signal, until the block ends."""
    keys = [f"crowd-{n}" for n in range(plugins)]

    def hear(_: Contract) -> None:
        """Nothing: what is measured is the way here."""

    for key in keys:
        install_backend(ContractBackend(key, key, handlers=dict.fromkeys(SIGNALS, hear)))
    try:
        yield
    finally:
        for key in keys:
            remove_backend(key)


def measure_signal(plugins: int, *, contract: Contract, times: int = 10_000) -> float:
    """Seconds that one signal of a contract takes while so many plugins listen."""
    with crowd(plugins):
        started = time.perf_counter()
        for _ in range(times):
            SIGNALS[0].tell(contract, work=None, backend=contract.backend)
        return (time.perf_counter() - started) / times


async def measure_creation(database: Database, plugins: int, *, contracts: int = 1000) -> float:
    """Seconds that creating one of many contracts takes while so many plugins listen."""
    with crowd(plugins):
        started = time.perf_counter()
        async with database.unit_of_work() as work:
            await create_contracts(work, [NewContract(f"C-{n}", "net") for n in range(contracts)])
        return (time.perf_counter() - started) / contracts
