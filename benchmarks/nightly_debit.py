"""Point 12: a night in which many instalments are due, and two begin to debit them at once."""

import asyncio
import time
from collections import Counter
from typing import Final

from benchmarks.installation import run_command
from benchmarks.report import Section
from benchmarks.school import School

_LATENCY: Final = 200
_DEADLINE: Final = 1800
_PAUSE: Final = 0.5
_AIM: Final = 180
_FULL: Final = 10_000
# The second instalment of each is due today, at the last moment: workers look by themselves, too.
_FALL_DUE: Final = """
    UPDATE installments SET due_date = (tramita_now() AT TIME ZONE 'Europe/Paris')::date
    WHERE contract_id = ANY($1::uuid[]) AND position = 2
"""
_LEFT: Final = """
    SELECT count(*) AS n FROM installments
    WHERE contract_id = ANY($1::uuid[]) AND position = 2 AND state <> 'paid'
"""
_PAID: Final = """
    SELECT id::text AS id FROM installments WHERE contract_id = ANY($1::uuid[]) AND position = 2
"""


async def measure_nightly_debit(school: School, *, debits: int) -> Section:
    """Let so many instalments be due, and wait until all are paid; then read the ledger."""
    installation = school.installation
    orders = await school.fill_foreign(debits, "ls")
    await school.order("lyra", "POST", "latency", {"kind": "fixed", "milliseconds": _LATENCY})
    await installation.database.fetch(_FALL_DUE, orders)
    before, began = installation.cpu_seconds(), time.perf_counter()
    begin = ("orders", "debit-due-instalments")
    said = await asyncio.gather(*(run_command(installation, *begin) for _ in range(2)))
    begun = time.perf_counter() - began
    async with asyncio.timeout(_DEADLINE):
        while (await installation.database.fetch(_LEFT, orders))[0]["n"]:  # noqa: ASYNC110 - of others
            await asyncio.sleep(_PAUSE)
    took, used = time.perf_counter() - began, installation.cpu_seconds() - before
    await school.order("lyra", "POST", "latency", {"kind": "fixed", "milliseconds": 0})
    wanted = {row["id"] for row in await installation.database.fetch(_PAID, orders)}
    ledger = (await school.order("lyra", "GET", "ledger"))["items"]
    paid = Counter(
        row["subject"]
        for row in ledger
        if row["effect"] == "payment_paid" and row["subject"] in wanted
    )
    section = Section(f"12. A night with {debits:,} instalments due")
    aim = f"≤ {_AIM} s" if debits == _FULL else ""
    section.add("until all are paid", f"{took:.1f} s, {took / debits * 1000:.1f} ms each", aim)
    section.add("until all are begun", f"{begun:.1f} s")
    section.add("CPU of Tramita and PostgreSQL", f"{used / debits * 1000:.1f} ms each")
    section.add(
        "debited twice, by the processor's ledger", f"{sum(paid.values()) - len(paid)}", "0"
    )
    section.add("not debited, by the same", f"{len(wanted - paid.keys())}", "0")
    section.notes.append(
        f"The processor answers after {_LATENCY} ms. `tramita orders debit-due-instalments` was run "
        f"twice at once; they said: {' and '.join(sorted(said))}."
    )
    return section
