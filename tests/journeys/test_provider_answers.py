"""Whatever QI Tech answers, its contract comes to a definite place and holds nobody up."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.world import World, envelope
from tramita.portability.words import CLIENT_WORDS

ACCEPTED = ("AGUARDANDO_FORMALIZACAO", "FORMALIZACAO_CLIENTE")
REFUSED = ("CANCELADO", "REPROVADO")
UNDECIDED = ("DIGITACAO", "DIGITACAO")


@dataclass(frozen=True)
class Answer:
    """A fault of the simulator: ``code`` is the reason, ``created`` the effect it leaves."""

    kind: str
    code: str = ""
    created: int = 0
    arguments: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return "-".join([self.kind, *map(str, self.arguments.values())])


REFUSALS = [
    Answer(kind, "provider_refused")
    for kind in ("400_business", "400_schema", "405", "406", "412", "422")
]
REJECTIONS = [
    Answer("mismatch_cpf", "wrong_client", 1),
    Answer("mismatch_contract", "wrong_contract_number", 1),
    Answer("mismatch_origin", "wrong_origin_contract", 1),
    Answer("mismatch_benefit", "wrong_benefit", 1),
    Answer("bad_schedule", "due_dates_irregular", 1),
    Answer("higher_rate", "rate_above_proposed", 1),
    Answer("higher_amount", "amount_differs_from_balance", 1),
    Answer("nonzero_change", "change_in_pure_portability", 1),
    Answer("client_fee", "fees_charged", 1),
    Answer("status_rejected", "proposal_already_ended", 1),
]
UNKNOWNS = [
    Answer("409_dup", "parked", 1),
    *(Answer(f"http_{status}", "parked") for status in (500, 502, 503)),
    Answer("http_503", "parked", 1, {"after_effect": True}),
    Answer("http_503", "parked", 0, {"retry_after": 1.0}),
    Answer("reset_before_effect", "parked", 0),
    Answer("lost_after", "parked", 1),
    Answer("half_body", "parked", 1),
    Answer("wrong_response_key", "parked", 1),
    Answer("html_error", "parked", 1),
    Answer("truncated", "answer_unreadable", 1),
    Answer("empty_body", "answer_unreadable", 1),
    Answer("malformed_json", "answer_unreadable", 1),
    Answer("missing_field", "answer_unreadable", 1),
    Answer("missing_field", "answer_unreadable", 1, {"path": "proposal_key"}),
    Answer("wrong_type", "answer_unreadable", 1),
    Answer("percent_rate", "answer_unreadable", 1),
    Answer("null_options", "answer_unreadable", 1),
    Answer("accepted_202", "answer_unreadable", 1),
    Answer("missing_document", "contract_document_missing", 1),
]
TOO_LATE = [
    Answer("timeout_before", "parked", 0),
    Answer("answer_held", "parked", 1, {"seconds": 2.0}),
    Answer("trickle", "parked", 1, {"seconds": 0.2}),
]
HARMLESS = [
    Answer("string_numbers", created=1),
    Answer("latency", created=1, arguments={"seconds": 0.05}),
]


@dataclass(frozen=True)
class Ended:
    """Where the contract that met the fault ended, and its neighbor that did not."""

    status: tuple[str, str]
    codes: list[str]
    client_words: list[str]
    operation: str
    created: int
    neighbor: tuple[str, str]


class TestAContract:
    """A contract whose proposal QI Tech answers in one of its ways."""

    @pytest.mark.parametrize("answer", REFUSALS, ids=str)
    async def test_is_cancelled_when_refused(self, world: World, answer: Answer) -> None:
        """QI Tech's no is final: cancelled with its words, nothing created, nothing parked."""
        ended = await carry_through(world, answer)

        assert (REFUSED, "refused", 0) == (ended.status, ended.operation, ended.created)
        assert ["provider_refused"] == ended.codes
        assert [CLIENT_WORDS["provider_refused"]] == ended.client_words
        assert ACCEPTED == ended.neighbor

    @pytest.mark.parametrize("answer", REJECTIONS, ids=str)
    async def test_is_cancelled_when_the_answer_breaks_a_rule(
        self, world: World, answer: Answer
    ) -> None:
        """A readable answer that breaks a rule of ours cancels the contract, with the reason."""
        ended = await carry_through(world, answer)

        assert (REFUSED, "succeeded", 1) == (ended.status, ended.operation, ended.created)
        assert answer.code in ended.codes
        assert CLIENT_WORDS[answer.code] in ended.client_words
        assert ACCEPTED == ended.neighbor

    @pytest.mark.parametrize("answer", UNKNOWNS, ids=str)
    async def test_is_parked_when_nobody_knows(self, world: World, answer: Answer) -> None:
        """Without a usable answer it is left to a person, never sent again."""
        ended = await carry_through(world, answer)

        assert (UNDECIDED, "needs_attention") == (ended.status, ended.operation)
        assert (answer.code, answer.created) == (ended.codes[0], ended.created)
        assert [CLIENT_WORDS[code] for code in dict.fromkeys(ended.codes)] == ended.client_words
        assert ACCEPTED == ended.neighbor

    @pytest.mark.parametrize("answer", TOO_LATE, ids=str)
    async def test_is_parked_when_the_answer_takes_too_long(
        self, impatient_world: World, answer: Answer
    ) -> None:
        """A deadline for the whole call: silence and dripping bytes are the same."""
        ended = await carry_through(impatient_world, answer)

        assert (UNDECIDED, "needs_attention") == (ended.status, ended.operation)
        assert (["parked"], answer.created) == (ended.codes, ended.created)
        assert ACCEPTED == ended.neighbor

    @pytest.mark.parametrize("answer", HARMLESS, ids=str)
    async def test_is_accepted_when_the_answer_is_merely_odd(
        self, world: World, answer: Answer
    ) -> None:
        """Numbers as text and a slow day are no reason to refuse anything."""
        ended = await carry_through(world, answer)

        assert (ACCEPTED, "succeeded", 1) == (ended.status, ended.operation, ended.created)
        assert [] == ended.codes == ended.client_words


async def carry_through(world: World, answer: Answer) -> Ended:
    """Send an envelope of two whose first contract meets ``answer``."""
    body = envelope(portabilities=2)
    number, _ = (one["contract_number"] for one in body["contracts"])
    await world.qitech.fail(
        answer.kind, match={"contract_number": number}, count=None, arguments=answer.arguments
    )
    token = await world.make_envelope(body)
    await world.send_link(token)
    await world.until_done(token)
    # A second request must not move anything, whatever became of the first.
    again = await world.send_link(token)
    assert 0 == again["being_inserted"]
    assert 1 == await world.qitech.asked(number)
    return await read_end(world, token)


async def read_end(world: World, token: str) -> Ended:
    """The end of an envelope of two."""
    first, second = await world.partner_view(token)
    shown = (await world.details(token))["contracts"][0]
    states = ("succeeded", "refused", "needs_attention")
    operations = {
        one["subject_id"]: state for state in states for one in await world.operations(state)
    }
    created = await world.qitech.created()
    return Ended(
        status=pair(first),
        codes=[one["code"] for one in first["portability"]["reasons"]],
        client_words=shown["portability"]["reasons"],
        operation=operations[first["id"]],
        created=created[first["number"]],
        neighbor=pair(second),
    )


def pair(contract: dict[str, Any]) -> tuple[str, str]:
    """Both statuses of a contract that is a portability."""
    return contract["status"], contract["portability"]["status"]
