"""Every way in which QI Tech may answer a proposal, and where the contract must end.

``docs/reference/faults.md`` is printed from this table: ``python -m tests.journeys.faults``.
The codes are those of the simulator; each is played once, on the proposal call.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

TO_SIGN = ("AGUARDANDO_FORMALIZACAO", "FORMALIZACAO_CLIENTE")
ENDED = ("CANCELADO", "REPROVADO")


class End(Enum):
    """Where the contract ends: its statuses, its operation, proposals sent, created, alive."""

    ACCEPTED = ("accepted", TO_SIGN, "succeeded", 1, 1, 1)
    ASKED = ("asked for, found there, accepted", TO_SIGN, "succeeded", 1, 1, 1)
    SENT_AGAIN = ("asked for, not there, sent again, accepted", TO_SIGN, "succeeded", 2, 1, 1)
    LATER = ("nothing had happened, sent again later, accepted", TO_SIGN, "succeeded", 2, 1, 1)
    REFUSED = ("refused for good, with the provider's words", ENDED, "refused", 1, 0, 0)
    CANCELLED = ("refused by our rules, cancelled there", ENDED, "succeeded", 1, 1, 0)

    @property
    def sentence(self) -> str:
        """How the table says it."""
        return self.value[0]

    @property
    def status(self) -> tuple[str, str]:
        """Both statuses of the contract."""
        return self.value[1]

    @property
    def operation(self) -> str:
        """The state of its insertion."""
        return self.value[2]

    @property
    def counts(self) -> tuple[int, int, int]:
        """Proposals asked for, created, and alive in the end."""
        return self.value[3:]


@dataclass(frozen=True)
class Case:
    """One fault: ``code`` of the simulator, ``what`` it does, ``end`` of the contract.

    ``impatient``: takes a deadline of two seconds.
    """

    code: str
    what: str
    end: End
    arguments: dict[str, Any] = field(default_factory=dict)
    impatient: bool = False

    def __str__(self) -> str:
        return "-".join([self.code, *map(str, self.arguments.values())])


def _status(code: int, *, after: bool) -> Case:
    effect = "after creating it" if after else "without creating it"
    end = End.ASKED if after else End.SENT_AGAIN
    arguments = {"after_effect": after}
    return Case(f"http_{code}", f"answers {code} {effect}", end, arguments)


CASES = [
    Case("connect_refused", "takes no connection for a while", End.LATER, {"seconds": 0.2}),
    Case("timeout_before", "hangs, creates nothing", End.SENT_AGAIN, impatient=True),
    Case("reset_before_effect", "cuts the connection, creates nothing", End.SENT_AGAIN),
    Case("lost_after", "creates it, cuts the connection", End.ASKED),
    Case("half_body", "creates it, cuts the body", End.ASKED),
    Case("slow_30", "creates it, answers too late", End.ASKED, {"seconds": 4.0}, impatient=True),
    Case("trickle", "creates it, drips its answer", End.ASKED, {"seconds": 0.2}, impatient=True),
    *(_status(code, after=after) for code in (500, 502, 503) for after in (False, True)),
    Case("http_503", "answers 503 with Retry-After", End.SENT_AGAIN, {"retry_after": 1.0}),
    Case("malformed_json", "answers what is not JSON", End.ASKED),
    Case("truncated", "answers half a document", End.ASKED),
    Case("empty_body", "answers nothing", End.ASKED),
    Case("html_error", "answers an HTML page", End.ASKED),
    Case("missing_field", "leaves a field out", End.ASKED),
    Case("missing_field", "leaves its own key out", End.ASKED, {"path": "proposal_key"}),
    Case("wrong_type", "gives a field a wrong type", End.ASKED),
    Case("percent_rate", "gives the rate as a percentage", End.ASKED),
    Case("string_numbers", "gives numbers as text", End.ACCEPTED),
    Case("null_options", "has not calculated yet", End.ASKED),
    Case("accepted_202", "answers 202, calculates later", End.ASKED),
    Case("wrong_response_key", "its answer is signed by a stranger", End.ASKED),
    Case("409_dup", "says that it exists already", End.ASKED),
    Case("mismatch_cpf", "names another client", End.CANCELLED),
    Case("mismatch_contract", "names another contract of ours", End.CANCELLED),
    Case("mismatch_origin", "names another origin contract", End.CANCELLED),
    Case("mismatch_benefit", "names another benefit", End.CANCELLED),
    Case("bad_schedule", "due dates are not monthly", End.CANCELLED),
    Case("higher_rate", "a higher rate than proposed", End.CANCELLED),
    Case("higher_amount", "more than the balance", End.CANCELLED),
    Case("nonzero_change", "change in a pure portability", End.CANCELLED),
    Case("client_fee", "a fee for the client", End.CANCELLED),
    Case("status_rejected", "the proposal has ended already", End.CANCELLED),
    Case("400_schema", "refuses its form", End.REFUSED),
    Case("400_business", "refuses by a rule of business", End.REFUSED),
    *(Case(code, f"answers {code}", End.REFUSED) for code in ("405", "406", "412", "422")),
    Case("401_clock", "does not accept our signature", End.LATER),
    Case("404_key", "does not know our API key", End.LATER),
    Case("429", "too many requests", End.LATER),
    Case("429", "too many requests, with Retry-After", End.LATER, {"retry_after": 1.0}),
]

_HEAD = """\
# What QI Tech may answer, and what becomes of the contract

<!-- Printed by `python -m tests.journeys.faults`; each line is a test of
`tests/journeys/test_provider_answers.py`. -->

Each fault is played once, on the call that sends a proposal. "Sent", "created" and "alive"
count proposals at QI Tech when all is over. While the provider is asked, the contract counts
as being inserted; whatever nobody can tell for longer than the settings allow is handed to a
person.

| code | QI Tech | the contract | sent | created | alive |
|---|---|---|---|---|---|
"""


def render() -> str:
    """The page."""
    lines = []
    for case in CASES:
        sent, created, alive = case.end.counts
        lines.append(
            f"| `{case.code}` | {case.what} | {case.end.sentence} | {sent} | {created} | {alive} |"
        )
    return _HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(render(), end="")  # noqa: T201 - its purpose
