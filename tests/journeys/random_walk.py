"""A random walk: partners, clients and time act as a seed says, while a fifth of all goes wrong.

A walk is drawn as a whole before it begins, so that a seed that fails prints what was meant
to happen; what really happens also depends on the machine. It ends mended: nothing fails any
more, time goes on, and everything must come to rest.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any, Final, TypeAlias

from tests.journeys.processes import Processes
from tests.world import envelope, until
from tramita.kit.clock import advance_clock
from tramita.kit.settings import Mode, Settings

# What may befall any call, and what befalls the one that creates a proposal.
OF_ANY_CALL: Final[dict[str, dict[str, Any]]] = {
    "reset_before_effect": {},
    "lost_after": {},
    "half_body": {},
    "timeout_before": {},
    "slow_30": {"seconds": 3.0},
    "effect_delayed": {"seconds": 2.5},
    "truncated": {},
    "malformed_json": {},
    "html_error": {},
    "empty_body": {},
    "wrong_response_key": {},
    "http_500": {"after_effect": True},
    "http_502": {"after_effect": False},
    "http_503": {"retry_after": 1.0},
    "429": {"retry_after": 1.0},
}
OF_CREATING: Final = ("409_dup", "mismatch_cpf", "higher_rate", "client_fee", "400_business", "422")
OF_WEBHOOKS: Final = (
    "webhook_duplicate",
    "webhook_reordered",
    "webhook_delayed",
    "webhook_lost",
    "webhook_before_answer",
    "webhook_unknown_key",
    "webhook_forged",
    "webhook_replayed",
)
SHARE: Final = 0.2
# Each of the answers that are wrong in what they say.
WRONG: Final = 0.01
KILLS: Final = 2
MOST_IN_ONE: Final = 8
SIGNERS: Final = 0.8


@dataclass(frozen=True)
class Begin:
    """A partner makes an envelope of so many portabilities, and asks for its link."""

    contracts: int


@dataclass(frozen=True)
class ClickAgain:
    """The link of an envelope is asked for once more."""

    envelope: int


@dataclass(frozen=True)
class Sign:
    """A client signs what is ready in an envelope, each contract with this chance."""

    envelope: int
    chance: float
    seed: int


@dataclass(frozen=True)
class Cancel:
    """A partner cancels an envelope."""

    envelope: int


@dataclass(frozen=True)
class Advance:
    """Everybody's time goes on."""

    hours: int


@dataclass(frozen=True)
class Listen:
    """So many requests come to QI Tech before the walk goes on, unless it is quiet there."""

    requests: int


@dataclass(frozen=True)
class Kill:
    """``kill -9`` of a worker; nobody restarts it."""

    worker: int


Step: TypeAlias = Begin | ClickAgain | Sign | Cancel | Advance | Listen | Kill


def draw_walk(seed: int, *, contracts: int) -> list[Step]:
    """A walk of so many contracts, the same for the same seed."""
    random = Random(seed)
    steps: list[Step] = []
    sizes = _split(contracts, random)
    for begun, size in enumerate(sizes, start=1):
        steps.append(Begin(size))
        steps += [_draw_step(begun, random) for _ in range(random.randint(0, 3))]
    for worker in range(KILLS):
        place = random.randint(len(steps) // 5, len(steps) * 4 // 5)
        steps.insert(place, Kill(worker))
    for one in range(len(sizes)):
        steps.append(Sign(one, SIGNERS, random.getrandbits(32)))
    for _ in range(6):
        steps += [Advance(random.randint(2, 8)), Listen(random.randint(5, 15))]
    return steps


def _split(contracts: int, random: Random) -> list[int]:
    sizes = []
    while contracts > 0:
        sizes.append(min(random.randint(1, MOST_IN_ONE), contracts))
        contracts -= sizes[-1]
    return sizes


def _draw_step(begun: int, random: Random) -> Step:
    one = random.randrange(begun)
    [kind] = random.choices(("listen", "sign", "click", "cancel", "advance"), (40, 30, 10, 7, 13))
    match kind:
        case "listen":
            return Listen(random.randint(3, 20))
        case "sign":
            return Sign(one, random.random(), random.getrandbits(32))
        case "click":
            return ClickAgain(one)
        case "cancel":
            return Cancel(one)
        case _:
            return Advance(random.randint(1, 6))


@dataclass
class Walker:
    """Who takes the steps; ``signed`` are the proposals that clients have signed."""

    tramita: Processes
    seed: int
    workers: list[Any] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    signed: set[str] = field(default_factory=set)

    async def make_trouble(self) -> None:
        """Let a fifth of all calls and of all webhooks go wrong, as the seed says."""
        qitech, random = self.tramita.qitech, Random(self.seed)
        await qitech.reset(seed=self.seed)
        await qitech.delay(10, up_to=300)
        await qitech.act(
            life="automatic",
            submission=random.choice(("automatic", "manual")),
            rejected_share=0.1,
            retained_share=0.15,
            lapsed_share=0.05,
            registration_error_share=0.1,
        )
        for kind in OF_CREATING:
            await qitech.fail(kind, probability=WRONG, count=None)
        for kind, arguments in OF_ANY_CALL.items():
            chance = _each(len(OF_ANY_CALL))
            await qitech.fail(
                kind, operation=None, probability=chance, count=None, arguments=arguments
            )
        for kind in OF_WEBHOOKS:
            await qitech.fail_webhook(kind, probability=_each(len(OF_WEBHOOKS)), count=None)

    async def take(self, step: Step) -> None:
        """Take one step."""
        tramita = self.tramita
        match step:
            case Begin(contracts):
                token = await tramita.make_envelope(envelope(portabilities=contracts))
                self.tokens.append(token)
                await tramita.send_link(token)
            case ClickAgain(one):
                await self._click_again(self.tokens[one])
            case Sign(one, chance, seed):
                await self._sign(self.tokens[one], chance, Random(seed))
            case Cancel(one):
                path = f"/api/v1/envelopes/{self.tokens[one]}/cancel"
                async with tramita.api.post(path) as answer:
                    # 409: money is on its way already.
                    assert answer.status in (200, 409), await answer.text()
            case Advance(hours):
                await self.advance(timedelta(hours=hours))
            case Listen(requests):
                await self._listen(requests)
            case Kill(worker):
                await tramita.kill(self.workers[worker])

    async def advance(self, span: timedelta) -> None:
        """Move the platform's time and QI Tech's."""
        async with self.tramita.database.unit_of_work(actor="test") as work:
            await advance_clock(work, Settings(mode=Mode.DEMO), span)
        await self.tramita.qitech.advance(f"{span.total_seconds():.0f}s")

    async def _click_again(self, token: str) -> None:
        path = "/api/contratos/formalizacao/enviar-link/"
        async with self.tramita.api.post(path, json={"token": token}) as answer:
            # It was cancelled, or has expired.
            assert answer.status in (200, 409, 410), await answer.text()

    async def _sign(self, token: str, chance: float, random: Random) -> None:
        for contract in await self.tramita.partner_view(token):
            wants = random.random() < chance
            portability = contract["portability"]
            if not wants or portability["status"] != "FORMALIZACAO_CLIENTE":
                continue
            key = portability["proposal_key"]
            # It may have been cancelled there a moment ago.
            if await self.tramita.qitech.may("client", "sign", proposal_key=key):
                self.signed.add(key)

    async def _listen(self, requests: int) -> None:
        qitech = self.tramita.qitech
        enough = await qitech.requests() + requests

        async def came() -> bool:
            return await qitech.requests() >= enough

        try:
            await until(came, deadline=1)
        except TimeoutError:
            return  # Nobody has anything to ask just now.


def _each(kinds: int) -> float:
    """The chance of each of so many kinds, so that one of them strikes in a fifth of all."""
    return float(1 - (1 - SHARE) ** (1 / kinds))
