"""Who previews, reserves, uses and gives back numbers, and sells mobile lines."""

from typing import Any, Final

from tests.chaos.installation import pause
from tests.chaos.records import Line, Records, Said

PREVIEWS: Final = "/api/v1/numbering/previews"
NUMBERS: Final = "/api/v1/numbering/numbers"
CONTRACTS: Final = "/api/v1/contracts"
_RANDOM: Final = "/api/v1/numbering/random-reservations"
_RESERVATIONS: Final = "/api/v1/numbering/reservations"
_DDDS: Final = ("11", "21", "31", "41")


async def run_chooser(records: Records, number: int) -> None:
    """Preview after preview: one number of it is reserved, and used, given back or left."""
    random, count = records.random(f"chooser {number}"), 0
    while not await records.until_over(random.uniform(0.1, 0.8)):
        name = f"S{records.seed}N{number}-{count:03}"
        count += 1
        ddd, index, fate = random.choice(_DDDS), random.randrange(3), random.random()
        if random.random() < 0.25:
            await _reserve_any(records, name, ddd, fate)
        else:
            await _choose(records, name, ddd, index, fate)


async def _reserve_any(records: Records, name: str, ddd: str, fate: float) -> None:
    keyed = records.keep(_RANDOM, {"ddd": ddd, "brand_id": "vivo"}, f"random-{name}")
    said = await records.make(keyed)
    if said.is_done:
        await _go_on(records, said, name, fate)


async def _choose(records: Records, name: str, ddd: str, index: int, fate: float) -> None:
    keyed = records.keep(PREVIEWS, {"ddd": ddd, "brand_id": "vivo"}, f"preview-{name}")
    preview = await records.make(keyed)
    if not preview.is_done:
        return
    records.figures["previews"] += 1
    path = f"{PREVIEWS}/{preview.body['id']}/numbers/{index}/reserve"
    # Asked for once: who does not hear the answer looks at the preview instead.
    said = await records.ask("POST", path, {}, key=f"reserve-{name}")
    if said.is_done:
        await _go_on(records, said, name, fate)


async def _go_on(records: Records, said: Said, name: str, fate: float) -> None:
    """Take a reserved number: nobody else was told that it is theirs."""
    msisdn: str = said.body["msisdn"]
    if msisdn in records.owners:
        records.findings.append(f"one number for {records.owners[msisdn]} and for {name}")
    records.owners[msisdn] = name
    records.figures["numbers reserved"] += 1
    if fate < 0.4:
        # From here on it may be given to the next one.
        del records.owners[msisdn]
        await records.ask("DELETE", f"{_RESERVATIONS}/{msisdn}")
    elif fate < 0.7:
        await _use(records, msisdn, name)


async def _use(records: Records, msisdn: str, name: str) -> None:
    for action, body in (
        ("assign", {"sim_id": sim_of(name)}),
        ("activate", {}),
        ("terminate", {}),
    ):
        said = await records.ask("POST", f"{NUMBERS}/{msisdn}/{action}", body)
        if not said.is_done:
            return


def sim_of(name: str) -> str:
    """An ICCID of its own for each name, the last digit by Luhn."""
    digits = "8955" + "".join(f"{ord(letter) % 10}" for letter in name)[-14:].rjust(14, "0")
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits))]
    return f"{digits}{-sum(one // 10 + one % 10 for one in doubled) % 10}"


async def run_seller(records: Records) -> None:
    """Line after line, each with a SIM of GSIM's stock; some are cancelled."""
    random, count = records.random("seller"), 0
    stock = await records.vendor("gsim", "act", _sims(400))
    sims: list[str] = stock["sims"]
    while not await records.until_over(random.uniform(0.2, 1.2)) and sims:
        name = f"LINE-{records.seed}-{count:03}"
        count += 1
        is_cancelled = random.random() < 0.3
        references = {"ddd": random.choice(_DDDS), "brand_id": "vivo", "sim": sims.pop(0)}
        body: dict[str, Any] = {"name": name, "backend": "vivo", "external_references": references}
        line = Line(records.keep(CONTRACTS, body, f"line-{name}"))
        records.lines.append(line)
        await records.make(line.made)
        if random.random() < 0.3:
            await records.make(line.made)
        if is_cancelled and line.id is not None:
            await pause(random.uniform(0.0, 1.5))
            line.is_cancelling = True
            path = f"{CONTRACTS}/{line.id}/cancel"
            keyed = records.keep(path, {"reason": "not wanted"}, f"cancel-{name}")
            line.is_cancelled = (await records.make(keyed)).is_done


def _sims(count: int) -> dict[str, Any]:
    return {"actor": "operator", "action": "sims", "count": count}
