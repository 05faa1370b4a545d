"""What must hold when all is quiet again, read from outside.

Each function answers sentences; every one is something lost, doubled, stuck, held or said
that should not have been.
"""

import asyncio
import time
from collections import Counter, defaultdict
from typing import Any, Final

from tests.chaos.installation import pause
from tests.chaos.logs import strange_lines
from tests.chaos.numbers import CONTRACTS, NUMBERS
from tests.chaos.partners import ENVELOPES
from tests.chaos.receiver import Receiver
from tests.chaos.records import IN_PROGRESS, Keyed, Records
from tests.secrecy import leaks_in

_OVER: Final = frozenset({"rejected", "retained", "canceled", "canceled_permanently"})
_DEAD: Final = frozenset({"REPROVADO", "RETIDO", "CANCELADO"})
_OURS: Final = frozenset({"RESERVED", "ASSIGNED", "IN_USE", "SUSPENDED", "QUARANTINE"})
# Where a cancelled line may be: before it had a number, and after.
_ENDED: Final = ("CANCELLED", "QUARANTINE", "RETURNED")
# A key whose request died is free again after a minute.
_KEY_SECONDS: Final = 61.0
_AT_ONCE: Final = 8


async def now(records: Records, receiver: Receiver) -> list[str]:
    """What breaks a promise once everything has had its time to settle."""
    return [
        *await _of_health(records),
        *await _of_operations(records, is_late=False),
        *await _of_envelopes(records, is_late=False),
        *await _of_numbers(records, is_late=False),
        *_of_sockets(records),
        *await _of_events(records, receiver),
    ]


async def a_day_later(records: Records, receiver: Receiver) -> list[str]:
    """The same, when all news has been asked for and every hold is over."""
    return [
        *await _of_health(records),
        *await _of_operations(records, is_late=True),
        *await _of_envelopes(records, is_late=True),
        *await _of_numbers(records, is_late=True),
        # A line waits for its number, and that for the end of a hold that nobody knows of.
        *await _of_lines(records),
        *_of_sockets(records),
        *await _of_events(records, receiver),
    ]


async def _of_health(records: Records) -> list[str]:
    health = await records.look("/health/ready")
    held = health["checks"]["queue"]["held"]
    return [f"{held} jobs are held"] if held else []


async def _of_operations(records: Records, *, is_late: bool) -> list[str]:
    """None is under way or with a person; one of numbering may wait for the end of its hold."""
    found = []
    for state in ("prepared", "sent", "not_sent", "unknown", "needs_attention"):
        for one in await records.all_of(f"/api/v1/operations?state={state}"):
            waits = state == "unknown" and one["kind"].startswith("numbering.") and not is_late
            if not waits:
                found.append(
                    f"operation {one['kind']} {one['id']} is {state} since {one['created_at']}, "
                    f"attempts {one['attempts']}: {one['reason']}"
                )
    return found


async def _of_envelopes(records: Records, *, is_late: bool) -> list[str]:
    """Each contract that wants a proposal has one, it is the one we know, and nobody else's."""
    rows = (await records.vendor("qitech", "ledger"))["items"]
    last = {
        row["data"]["proposal_key"]: row for row in rows if row["effect"].startswith("proposal_")
    }
    alive: dict[str, set[str]] = defaultdict(set)
    for key, row in last.items():
        if row["data"]["proposal_status"] not in _OVER:
            alive[row["subject"]].add(key)
    found = []
    for envelope in records.envelopes:
        if envelope.token is None:
            continue
        view = await records.look(f"{ENVELOPES}/{envelope.token}")
        for contract in view["contracts"]:
            there = alive.pop(contract["number"], set())
            wants = envelope.is_sent and not envelope.is_cancelling
            found += [
                f"{contract['number']}: {sentence}"
                for sentence in _of_contract(contract, there, set(last), wants, is_late=is_late)
            ]
    return found + [f"{number}: a proposal of nobody" for number, keys in alive.items() if keys]


def _of_contract(
    contract: dict[str, Any], there: set[str], ever: set[str], wants: bool, *, is_late: bool
) -> list[str]:
    portability = contract["portability"]
    status, key = portability["status"], portability["proposal_key"]
    found = []
    if len(there) > 1:
        found.append(f"{len(there)} live proposals")
    if portability["is_proposal_being_inserted"]:
        found.append("its proposal is still being inserted")
    if wants and status == "DIGITACAO":
        found.append("no proposal was ever sent, or its answer was lost")
    if key is not None and key not in ever:
        found.append(f"the provider never made its proposal {key}")
    if status in _DEAD and there:
        found.append(f"{status} here, its proposal lives")
    if there - {key}:
        found.append(f"{status}, proposal {key} here, {there} lives there")
    if is_late and status not in _DEAD and key is not None and not there:
        found.append(f"{status} here, its proposal has ended there")
    return found


async def _of_numbers(records: Records, *, is_late: bool) -> list[str]:
    """No number is held there twice; a day later each is held there exactly if it is ours."""
    held: Counter[str] = Counter()
    for row in (await records.vendor("sigan", "ledger"))["items"]:
        held[row["subject"]] += row["effect"] == "number_reserved"
        held[row["subject"]] -= row["effect"] == "number_released"
    found = [
        f"number …{msisdn[-4:]} was reserved {count} times more than released"
        for msisdn, count in held.items()
        if count not in (0, 1)
    ]
    if not is_late:
        return found
    places = asyncio.Semaphore(_AT_ONCE)

    async def look(msisdn: str) -> str | None:
        async with places:
            said = await records.ask("GET", f"{NUMBERS}/{msisdn}")
        status = said.body["status"] if said.is_done else None
        if status == "UNAVAILABLE" or (status in _OURS) == (held[msisdn] == 1):
            return None
        return f"number …{msisdn[-4:]} is {status} here, {'held' if held[msisdn] else 'free'} there"

    subjects = [msisdn for msisdn in held if msisdn.isdecimal()]
    return found + [one for one in await asyncio.gather(*map(look, subjects)) if one is not None]


async def _of_lines(records: Records) -> list[str]:
    """Each line is live, or ended where it was cancelled, and none was made twice."""
    made = await records.all_of(CONTRACTS)
    names = Counter(one["name"] for one in made)
    found = [f"{name} was made {count} times" for name, count in names.items() if count > 1]
    by_id = {one["id"]: one for one in made}
    for line in records.lines:
        if line.id is None:
            continue
        status = by_id[line.id]["backend"]["status"]
        wanted: tuple[str, ...] = _ENDED if line.is_cancelled else ("IN_USE",)
        if line.is_cancelling and not line.is_cancelled:
            wanted = (*_ENDED, "IN_USE")  # Nobody heard whether it was taken.
        if status not in wanted:
            found.append(f"{by_id[line.id]['name']}: {by_id[line.id]['backend']}")
    return found


def _of_sockets(records: Records) -> list[str]:
    """Every socket hears of one end, or was cut before; the one that is open has heard it."""
    found = [
        f"{one.numbers[0]}: a socket heard of {heard} ends"
        for one in records.envelopes
        for heard in one.heard
        if heard > 1
    ]
    return found + [
        f"{one.numbers[0]}: who listens still waits for the end"
        for one in records.envelopes
        if one.is_sent and one.heard[-1:] != [1]
    ]


async def _of_events(records: Records, receiver: Receiver) -> list[str]:
    """Each event was taken by the receiver, or has failed twice and waits for its next attempt."""
    found = []
    for event in await records.all_of("/api/v1/webhooks/events"):
        if event["id"] in receiver.taken:
            continue
        details = await records.look(f"/api/v1/webhooks/events/{event['id']}")
        [delivery] = details["deliveries"]
        if len(delivery["attempts"]) < 2 or delivery["next_attempt_at"] is None:
            found.append(f"event {event['type']} was not delivered: {delivery}")
    records.figures["events"] = len(receiver.taken)
    return found


async def of_keys(records: Records, patience: float) -> list[str]:
    """Every key gives its first answer, also where the first one was never heard."""
    places = asyncio.Semaphore(_AT_ONCE)

    async def ask(keyed: Keyed) -> str | None:
        async with places:
            return await _ask_again(records, keyed, patience)

    wanted = [one for one in records.keyed if one.first or one.path in (ENVELOPES, CONTRACTS)]
    records.figures["keys asked again"] = len(wanted)
    return [one for one in await asyncio.gather(*map(ask, wanted)) if one is not None]


async def _ask_again(records: Records, keyed: Keyed, patience: float) -> str | None:
    until = time.monotonic() + patience
    first_asked = keyed.asked_at
    while True:
        said = await records.ask("POST", keyed.path, keyed.body, key=keyed.key)
        if said.code != IN_PROGRESS or time.monotonic() > until:
            break
        await pause(0.5)
    if said.code == IN_PROGRESS and time.monotonic() < first_asked + _KEY_SECONDS:
        records.figures["keys still in use"] += 1
        return None
    if keyed.first is None:
        keyed.first = said if said.is_done else None
        return None if said.is_done else f"{keyed.key} has no answer but {said.status} {said.body}"
    if (said.status, said.body) != (keyed.first.status, keyed.first.body):
        return f"{keyed.key} was answered {keyed.first.status}, and then {said.status} {said.body}"
    return None


async def of_checks(records: Records) -> list[str]:
    """The product's own judgement agrees, and says so of everything it looks at."""
    code, said = await records.installation.run("check")
    return [f"tramita check ends with {code}: {said}"] if code != 0 else []


def of_ends(records: Records) -> list[str]:
    """No process ended by itself, but for want of a database when it was started."""
    return [
        f"{one.name} ended by itself: {one.ends}"
        for one in records.installation.own
        if any(code != 1 for code in one.ends)
    ]


def of_logs(records: Records) -> list[str]:
    """Nothing personal, and no error that is not the database's going away."""
    found = []
    for one in records.installation.own:
        written = one.written()
        found += [f"{one.name} wrote {leak}" for leak in leaks_in(written)]
        found += [f"{one.name} wrote {line}" for line in strange_lines(written)]
    return found
