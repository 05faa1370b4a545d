"""Who makes envelopes, asks for links, cancels; and who listens on them."""

import asyncio
import copy
import json
import time
from contextlib import suppress
from typing import Any, Final

import aiohttp

from tests.chaos.installation import pause
from tests.chaos.records import Envelope, Records
from tests.world import ALL_DONE, EXAMPLES

ENVELOPES: Final = "/api/v1/envelopes"
_LINK: Final = "/api/contratos/formalizacao/enviar-link/"
_EXAMPLE: Final[dict[str, Any]] = json.loads((EXAMPLES / "envelope.json").read_text())
_OF_A_CROWD: Final = 20
_BETWEEN_SOCKETS: Final = 0.3
_LINK_SECONDS: Final = 90.0


def new_envelope(records: Records, name: str, contracts: int) -> Envelope:
    """An envelope of so many portabilities, not yet asked for."""
    body = copy.deepcopy(_EXAMPLE)
    body["contracts"] = [copy.deepcopy(body["contracts"][0]) for _ in range(contracts)]
    for number, contract in enumerate(body["contracts"]):
        contract["contract_number"] = f"{name}-{number:02}"
        contract["origin"]["contract_number"] = f"O-{name}-{number:02}"
    numbers = [contract["contract_number"] for contract in body["contracts"]]
    made = Envelope(records.keep(ENVELOPES, body, f"envelope-{name}"), numbers)
    records.envelopes.append(made)
    return made


async def run_partner(records: Records, number: int) -> None:
    """Envelope after envelope, each with its key, some asked for twice, some cancelled."""
    random, count = records.random(f"partner {number}"), 0
    while not await records.until_over(random.uniform(0.05, 0.6)):
        envelope = new_envelope(
            records, f"S{records.seed}P{number}E{count:03}", random.randint(1, 6)
        )
        count += 1
        clicks, is_cancelled = random.choice((1, 1, 2)), random.random() < 0.15
        await records.make(envelope.made)
        if random.random() < 0.3:
            await records.make(envelope.made)
        records.begin(listen(records, envelope))
        for _ in range(clicks):
            await request_link(records, envelope)
        if is_cancelled:
            await records.until_over(random.uniform(0.0, 1.5))
            await cancel(records, envelope)


async def prepare_crowd(records: Records, envelopes: int, at: int) -> list[Envelope]:
    """Envelopes of twenty whose links nobody has asked for yet, with somebody on each."""
    crowd = [
        new_envelope(records, f"S{records.seed}C{at}E{number}", _OF_A_CROWD)
        for number in range(envelopes)
    ]
    await asyncio.gather(*(records.make(one.made) for one in crowd))
    for one in crowd:
        records.begin(listen(records, one))
    return crowd


async def request_link(records: Records, envelope: Envelope) -> None:
    """Ask for the link of an envelope until it is there."""
    if envelope.token is None:
        return
    until = time.monotonic() + _LINK_SECONDS
    while time.monotonic() < until:
        said = await records.ask("POST", _LINK, {"token": envelope.token})
        if said.is_done:
            envelope.is_sent = True
        if said.is_done or said.status in (404, 409, 410):
            return
        await pause(0.25)
    records.findings.append(f"no link for {envelope.numbers[0]} in all that time")


async def cancel(records: Records, envelope: Envelope) -> None:
    """Cancel an envelope; money on its way cannot be called back."""
    if envelope.token is None:
        return
    keyed = records.keep(f"{ENVELOPES}/{envelope.token}/cancel", {}, f"cancel-{envelope.made.key}")
    envelope.is_cancelling = True
    said = await records.make(keyed)
    records.figures["envelopes cancelled"] += said.is_done


async def listen(records: Records, envelope: Envelope) -> None:
    """A client's page: a socket, opened again whenever it was cut, to the very end."""
    while envelope.token is not None:
        with suppress(aiohttp.ClientError, TimeoutError, ConnectionError):
            await _hear_out(records, envelope)
        await pause(_BETWEEN_SOCKETS)


async def _hear_out(records: Records, envelope: Envelope) -> None:
    async with records.api.ws_connect(f"/ws/{envelope.token}") as socket:
        place = len(envelope.heard)
        envelope.heard.append(0)
        records.figures["sockets"] += 1
        async for message in socket:
            if message.type is aiohttp.WSMsgType.TEXT and message.json() == ALL_DONE:
                envelope.heard[place] += 1
