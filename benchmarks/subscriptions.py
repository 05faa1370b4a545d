"""Point 5: a hundred subscribed plugins cost a contract only its own handlers."""

from benchmarks.report import Section
from tests.contracts.plugin_crowd import measure_creation, measure_signal
from tramita.contracts.lifecycle import ContractState
from tramita.contracts.model import Contract
from tramita.kit.database.engine import Database

_REPEATS = 5


async def measure_subscriptions(address: str, *, plugins: int) -> Section:
    """A signal of a contract that is none of theirs, and the creation of one of theirs."""
    section = Section(f"5. {plugins} plugins subscribed to every signal")
    contract = Contract(name="B-1", backend="none-of-them", state=ContractState.CREATED)
    for name, count in (("one signal, no plugins", 0), (f"one signal, {plugins} plugins", plugins)):
        best = min(measure_signal(count, contract=contract) for _ in range(_REPEATS))
        section.add(name, f"{best * 1e6:.2f} µs", "the same" if count else "")
    database = Database.open(address)
    try:
        for count in (1, plugins):
            best = min([await measure_creation(database, count) for _ in range(_REPEATS)])
            section.add(f"creating a contract, {count} plugins", f"{best * 1e6:.0f} µs")
    finally:
        await database.close()
    section.notes.append(f"The best of {_REPEATS}; the contracts are in a backend of none of them.")
    return section
