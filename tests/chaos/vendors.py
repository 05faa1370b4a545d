"""The outside world: clients and banks act, calls fail, messages come twice, late, forged, never."""

from typing import Any, Final

from tests.chaos.records import Records

# What may befall a call; each with its arguments. What is late is late by less than a
# provider is asked for in vain.
_OF_CALLS: Final[dict[str, dict[str, Any]]] = {
    "reset_before_effect": {},
    "lost_after": {},
    "half_body": {},
    "timeout_before": {},
    "malformed_json": {},
    "http_502": {"after_effect": False},
    "http_500": {"after_effect": True},
    "http_503": {"retry_after": 1.0},
    "429": {"retry_after": 1.0},
    "effect_delayed": {"seconds": 1.0},
}
_OF_MESSAGES: Final = (
    "webhook_duplicate",
    "webhook_reordered",
    "webhook_lost",
    "webhook_before_answer",
)
_CHANCE: Final = 0.012
# The life of a loan, in the order in which people bring it about.
_DEEDS: Final = (
    ("client", "sign"),
    ("ctc", "accept"),
    ("beneficiary", "confirm"),
    ("origin_bank", "send_balance"),
    ("qitech", "settle"),
    ("origin_bank", "confirm_settlement"),
    ("dataprev", "register"),
)


async def make_trouble(records: Records) -> None:
    """Let a tenth of all calls fail, and of all messages, by the seed's dice."""
    for vendor in ("qitech", "sigan", "gsim"):
        await records.vendor(vendor, "reset", {"seed": records.seed})
        await records.vendor(vendor, "latency", {"kind": "uniform", "low": 10, "high": 400})
        for kind, arguments in _OF_CALLS.items():
            order = {"kind": kind, "probability": _CHANCE, "count": None, "arguments": arguments}
            await records.vendor(vendor, "faults", order)
    for vendor in ("qitech", "gsim"):
        for kind in _OF_MESSAGES:
            order = {"kind": kind, "operation": "webhook", "probability": 0.03, "count": None}
            await records.vendor(vendor, "faults", order)


async def mend(records: Records) -> None:
    """Let nothing fail any more; what failed shows in the figures."""
    for vendor in ("qitech", "sigan", "gsim"):
        kept = await records.vendor(vendor, "faults")
        records.figures[f"faults at {vendor}"] += sum(one["struck"] for one in kept["items"])
        url = f"{records.installation.simulators_url}/{vendor}/__sim/faults"
        async with records.api.delete(url) as answer:
            answer.raise_for_status()
        await records.vendor(vendor, "latency", {"kind": "fixed", "milliseconds": 1})


async def run_people(records: Records) -> None:
    """Clients sign, banks answer, some beneficiaries say no: as far as it is possible just then."""
    random = records.random("people")
    while not await records.until_over(random.uniform(0.02, 0.1)):
        sent = [one for one in records.envelopes if one.is_sent]
        if not sent:
            continue
        number = random.choice(random.choice(sent).numbers)
        actor, action = random.choice(_DEEDS)
        if action == "confirm" and random.random() < 0.15:
            action = "deny"
        order = {"actor": actor, "action": action, "contract_number": number}
        if await records.vendor("qitech", "act", order) is not None:
            records.figures[f"{actor} {action}"] += 1


async def run_postman(records: Records) -> None:
    """Messages of the past come once more, and forged ones that nobody may believe."""
    random = records.random("postman")
    while not await records.until_over(random.uniform(0.2, 0.6)):
        vendor = random.choice(("qitech", "qitech", "gsim"))
        sent = (await records.vendor(vendor, "deliveries?limit=50"))["items"]
        if not sent:
            continue
        message = random.choice(sent)
        if random.random() < 0.7:
            await records.vendor(vendor, f"deliveries/{message['id']}/resend", {})
            records.figures["messages sent again"] += 1
            continue
        said = await records.ask("POST", f"/webhooks/{vendor}", message["body"])
        records.figures["messages forged"] += 1
        if said.status < 400 and said.status != 0:
            records.findings.append(f"a forged message of {vendor} was answered {said.status}")
