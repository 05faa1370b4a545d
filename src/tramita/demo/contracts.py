"""The seed's demonstration: three contracts, three backends, printed as they live.

The real services and plugins run on a real database. What is printed comes from
their log lines, by a log handler of the demonstration's own.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from tramita.contracts.model import Contract
from tramita.contracts.service import NewContract, cancel_contract, create_contract
from tramita.kit.database.engine import Database

CORE_LOG = "tramita.contracts.service"
BACKENDS_LOG = "tramita.backends"
CONTRACTS = {"Contract_1": "smt", "Contract_2": "telmex", "Contract_3": "net"}
_RULE = "#" * 57
# The seed prints the fields in this order.
_FIELDS = ("active", "activated", "name", "backend")


class _Printer(logging.Handler):
    """Prints what the core and the plugins log; plugins are indented."""

    def __init__(self, out: TextIO) -> None:
        super().__init__()
        self.out = out

    def emit(self, record: logging.LogRecord) -> None:
        """Print one line."""
        indent = "\t" if record.name.startswith(BACKENDS_LOG) else ""
        print(indent + record.getMessage(), file=self.out)


@contextmanager
def _printed(out: TextIO) -> Iterator[None]:
    """Print what is logged meanwhile, and leave the loggers as they were."""
    printer = _Printer(out)
    loggers = [logging.getLogger(name) for name in (CORE_LOG, BACKENDS_LOG)]
    levels = [one.level for one in loggers]
    for one in loggers:
        one.setLevel(logging.DEBUG)
        one.addHandler(printer)
    try:
        yield
    finally:
        for one, level in zip(loggers, levels, strict=True):
            one.removeHandler(printer)
            one.setLevel(level)


async def show_contracts(database: Database, out: TextIO) -> None:
    """Create and cancel the seed's three contracts, telling ``out`` what happens."""
    with _printed(out):
        separator = _RULE
        for name, backend in CONTRACTS.items():
            print(separator, file=out)
            separator = "\n" + _RULE
            async with database.unit_of_work(actor="demo") as work:
                contract = await create_contract(work, NewContract(name, backend))
            _print_contract(contract, out)
            async with database.unit_of_work(actor="demo") as work:
                contract = await cancel_contract(work, contract.id, "the demonstration is over")
            _print_contract(contract, out)
            print(_RULE, file=out)


def _print_contract(contract: Contract, out: TextIO) -> None:
    shown = dict(contract)
    print(file=out)
    print(json.dumps({field: shown[field] for field in _FIELDS}, indent=2), file=out)
