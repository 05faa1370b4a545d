"""Portability's scene: one envelope where all goes well, one where each thing goes wrong."""

import copy
from dataclasses import dataclass
from typing import Any

import aiohttp

from tramita.demo.example import read_example
from tramita.demo.scene import Line, Tell
from tramita.demo.stage import Stage

SCENE = "portability"
DEADLINE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Fate:
    """What is done to a contract at the provider, and where it must end."""

    what: str
    fault: str | None
    expected: str


SIGN = "AGUARDANDO_FORMALIZACAO / FORMALIZACAO_CLIENTE"
REFUSED = "CANCELADO / REPROVADO"
PARKED = "DIGITACAO / DIGITACAO, needs attention"

FATES = (
    Fate("accepted", None, SIGN),
    Fate("too many requests at first, sent later", "429", SIGN),
    Fate("refused by the provider", "400_business", REFUSED),
    Fate("answered with a higher rate, refused by our rules", "higher_rate", REFUSED),
    Fate("created, answer lost: a person has to look", "lost_after", PARKED),
)


async def play(stage: Stage, tell: Tell) -> tuple[list[Line], list[str]]:
    """Send both envelopes; answers the lines and the addresses of the clients' pages."""
    await _post(stage.simulators, "/qitech/__sim/latency", {"kind": "fixed", "milliseconds": 700})
    good = read_example("GOOD")
    bad = _envelope_of_fates()
    tokens = [await _make(stage, body) for body in (good, bad)]
    for fate, contract in zip(FATES, bad["contracts"], strict=True):
        if fate.fault:
            await _break(stage, fate.fault, contract["contract_number"])
    for token in tokens:
        await _post(stage.api, "/api/contratos/formalizacao/enviar-link/", {"token": token})
        await _until_done(stage, token, tell)
    wanted = [SIGN] * 4 + ["AGUARDANDO_FORMALIZACAO"]
    lines = await _lines(stage, tokens[0], ["all goes well"] * 5, wanted)
    lines += await _lines(
        stage, tokens[1], [fate.what for fate in FATES], [fate.expected for fate in FATES]
    )
    return lines, [f"{stage.url}/formalizacao/{token}" for token in tokens]


def _envelope_of_fates() -> dict[str, Any]:
    body = read_example("FATE")
    portabilities = body["contracts"][:4]
    last = copy.deepcopy(portabilities[0])
    last["contract_number"] = "FATE-0005"
    last["origin"]["contract_number"] = "FATE000005"
    body["contracts"] = [*portabilities, last]
    return body


async def _make(stage: Stage, body: dict[str, Any]) -> str:
    made = await _post(stage.api, "/api/v1/envelopes", body)
    token: str = made["token"]
    return token


async def _break(stage: Stage, kind: str, number: str) -> None:
    fault = {
        "operation": "create_proposal",
        "kind": kind,
        "match": {"contract_number": number},
        "arguments": {"retry_after": 1},
    }
    await _post(stage.simulators, "/qitech/__sim/faults", fault)


async def _until_done(stage: Stage, token: str, tell: Tell) -> None:
    total = 1
    async with stage.api.ws_connect(f"/ws/{token}") as socket:
        while True:
            message = await socket.receive_json(timeout=DEADLINE_SECONDS)
            if message["type"] == "CONTRACT_PROGRESS":
                total = message["total"]
                tell(SCENE, message["done"], total)
            if message["type"] == "CONTRACTS_PROCESSED":
                tell(SCENE, total, total)
                return


async def _lines(stage: Stage, token: str, what: list[str], wanted: list[str]) -> list[Line]:
    async with stage.api.get(f"/api/v1/envelopes/{token}") as answer:
        contracts = (await answer.json())["contracts"]
    return [
        Line(SCENE, f"{contract['number']} {said}", expected, _fate_of(contract))
        for contract, said, expected in zip(contracts, what, wanted, strict=True)
    ]


def _fate_of(contract: dict[str, Any]) -> str:
    portability = contract["portability"]
    if portability is None:
        return str(contract["status"])
    parked = ", needs attention" if portability["needs_attention"] else ""
    return f"{contract['status']} / {portability['status']}{parked}"


async def _post(session: aiohttp.ClientSession, path: str, body: dict[str, Any]) -> dict[str, Any]:
    async with session.post(path, json=body) as answer:
        if answer.status >= 300:
            raise RuntimeError(f"{path}: {answer.status} {await answer.text()}")
        content: dict[str, Any] = await answer.json()
        return content
