"""How a walk ends: mended, time goes on until nothing moves any more; then what must hold."""

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import timedelta
from typing import Any, Final

from tests.hastening import hasten
from tests.journeys.processes import Processes
from tests.journeys.random_walk import Walker
from tests.journeys.sendings import sent_blindly
from tests.quiet import is_quiet
from tests.world import until

FINAL: Final = frozenset({"REPROVADO", "RETIDO", "CANCELADO", "FINALIZADO"})
TO_SIGN: Final = "FORMALIZACAO_CLIENTE"
# Banks have five business days, and QI Tech closes a day at its midnight.
ROUNDS: Final = (*[timedelta(hours=8)] * 12, *[timedelta(days=2)] * 5)

# A message of something unknown may wait for four hours, which pass between two rounds.
_OPEN: Final = """
    SELECT concat_ws(' ', kind, state, reason) AS what, count(*) FROM operations
    WHERE state IN ('PREPARED', 'SENT', 'NOT_SENT', 'UNKNOWN') GROUP BY 1
    UNION ALL SELECT 'messages', count(*) FROM inbox
    WHERE processed_at IS NULL AND received_at < tramita_now() - interval '4 hours' HAVING count(*) > 0
    UNION ALL SELECT concat_ws(' ', entrypoint, status), count(*) FROM pgqueuer
    WHERE status IN ('queued', 'picked') AND execute_after <= now() GROUP BY 1
"""
_MOVING: Final = """
    SELECT id FROM envelope_contracts
    WHERE portability_status IN ('AGUARDANDO_SALDO', 'SALDO_RETORNADO', 'AGUARDANDO_PAGAMENTO')
       OR portability_status = 'FORMALIZACAO_CLIENTE' AND proposal_key = ANY ($1::text[])
"""
_PLACES: Final = """
    SELECT c.number, c.portability_status AS status, c.proposal_key, c.stage, c.conflict,
           array_remove(array_agg(o.kind || ': ' || o.reason), NULL) AS parked
    FROM envelope_contracts AS c
    LEFT JOIN unwanted_proposals AS u ON u.contract_id = c.id
    LEFT JOIN operations AS o ON o.state = 'NEEDS_ATTENTION'
         AND o.subject_id IN (c.id, u.id)
    GROUP BY c.id ORDER BY c.id
"""


async def come_to_rest(walker: Walker) -> None:
    """Mend everything and let time go on for as long as something may still move."""
    tramita = walker.tramita
    await tramita.qitech.mend()
    await tramita.qitech.delay(0)
    await until_quiet(tramita)
    for span in ROUNDS:
        moving = await _fetch(tramita, _MOVING, list(walker.signed))
        if not moving:
            return
        await walker.advance(span)
        await until_quiet(tramita)
        async with tramita.database.unit_of_work(actor="test") as work:
            # As the sweep does every five seconds, for all at once.
            for row in moving:
                work.enqueue("portability.poll_proposal", contract_id=row["id"])
        await until_quiet(tramita)


async def until_quiet(tramita: Processes) -> None:
    """Wait until nothing is left to do here and nothing is on its way from QI Tech."""

    async def is_at_rest() -> bool:
        async with tramita.database.unit_of_work(actor="test") as work:
            await hasten(work)
        return not await _fetch(tramita, _OPEN)

    await _try_messages(tramita)
    try:
        await until(lambda: is_quiet([tramita.qitech], is_at_rest), deadline=120)
    except TimeoutError as late:
        left = [tuple(row) for row in await _fetch(tramita, _OPEN)]
        is_posting = await tramita.qitech.is_posting()
        raise AssertionError(f"Not at rest: {left}, post on its way: {is_posting}") from late


async def verdict(walker: Walker) -> Counter[str]:
    """Where the contracts ended, when everything is in order; fails where it is not."""
    tramita = walker.tramita
    code, said = await tramita.run("check", "portability")
    assert (0, False) == (code, "not verified" in said), said
    assert [] == await sent_blindly(tramita.database)
    contracts = await _fetch(tramita, _PLACES)
    assert [] == [dict(one) for one in contracts if _place_of(one, walker.signed) is None]
    _compare_with_ledger(contracts, await tramita.qitech.effects())
    return Counter(_place_of(one, walker.signed) or "" for one in contracts)


def _place_of(contract: Any, signed: Collection[str]) -> str | None:
    """Final, waiting for its client, or with a person; ``None``: it is stuck."""
    if contract["parked"] or contract["conflict"]:
        return "parked"
    status: str = contract["status"]
    if status in FINAL:
        return status
    return status if status == TO_SIGN and contract["proposal_key"] not in signed else None


def _compare_with_ledger(contracts: list[Any], ledger: list[dict[str, Any]]) -> None:
    """One payment for each contract that was paid here, none for any other; no living double."""
    effects: dict[str, Counter[str]] = defaultdict(Counter)
    for row in ledger:
        effects[row["subject"]][row["effect"]] += 1
    paid = {one["number"] for one in contracts if one["status"] == "FINALIZADO"}
    assert dict.fromkeys(paid, 1) == {
        number: done["proposal_settlement_sent"]
        for number, done in effects.items()
        if done["proposal_settlement_sent"]
    }
    assert {} == {
        number: done
        for number, done in effects.items()
        if done["proposal_created"] - done["proposal_canceled"] > 1
    }


async def _try_messages(tramita: Processes) -> None:
    """Have messages that wait for their next try looked at now."""
    async with tramita.database.unit_of_work(actor="test") as work:
        for row in await work.fetch("SELECT id FROM inbox WHERE processed_at IS NULL"):
            key = f"hastened:{row['id']}"
            work.enqueue("portability.take_message", key=key, message_id=row["id"])


async def _fetch(tramita: Processes, query: str, *arguments: object) -> list[Any]:
    async with tramita.database.unit_of_work(actor="test") as work:
        return list(await work.fetch(query, *arguments))
