"""``docs/reference/crashes.md``: every cell of every area, printed by ``python -m tests.crashes.page``."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tests.crashes import (
    course_acts,
    courses,
    envelopes,
    lines,
    mails,
    number_cells,
    transfer_acts,
    transfers,
)
from tests.crashes.dying import ActCrashes
from tests.crashes.grid import Act, End, matrix

# Where acts die: in which world, and which, by title.
Acts = Mapping[str, Sequence[Act[Any, Any]]]
WORLDS: Final[Mapping[str, tuple[type[ActCrashes], Acts]]] = {
    "envelopes": (envelopes.Envelopes, {"Proposals": envelopes.ACTS}),
    "lines": (lines.Lines, {"Mobile lines": lines.ACTS}),
    "courses": (
        courses.Courses,
        {"Signatures": course_acts.SIGNING, "Payments": course_acts.PAYING},
    ),
    "mails": (mails.Mails, {"E-mails": mails.ACTS}),
    "transfers": (
        transfers.Transfers,
        {
            "Groups of Telegram": transfer_acts.CHATS,
            "Applications in 1C": transfer_acts.OFFICE,
            "What 1C tells": transfer_acts.HEARD,
        },
    ),
}

_HEAD: Final = """\
# When a process dies

<!-- Printed by `python -m tests.crashes.page`; a test compares. -->

`kill -9` of a process that serves HTTP and works, at each point of each operation; then another
process is started on the same database, and finds what the first one left. T1 is the
transaction before the call to the provider, T2 the one that records what it said.

The process is caught at a lock in its database, or by the simulated provider:

| dies | caught where |
|---|---|
| before T1 | a statement of T1 waits |
| after T1 | T1's commit is under way |
| after the request was sent | the provider's side of the network has the request, and the provider has not |
| after its effect | the provider has done it and holds its answer |
| after the response | the provider has answered; T2's first statement waits |
| inside T2, before its commit | T2 has written the outcome, and is not committed |
| after T2 | T2's commit is under way |
| before the HTTP answer | the answer is being kept for its key; the commit is under way |

Where a commit is under way, it succeeds, and its process is dead before it hears so. Cells marked ✓
are run with every other test (`tests/crashes/test_crashes.py`), all of them by `make soak`.

## What jobs carry out

In every cell the provider's ledger has the effect once in the end, its journal has as many requests
as are said here, `tramita check` finds nothing, and nothing is left to a person but what is said here.
Nobody waits for a job, so there is no HTTP answer. For a provider's message, T1 keeps it and T2 does
what follows; of 1C, one transaction does both. A mail server can be asked nothing: for an e-mail T1
writes down, right before the text goes, that it goes now.

"""
_NUMBERS: Final = """\
## Numbers

In every cell:

- whoever asks again at once under the same idempotency key hears 409
  `idempotency_in_progress`, for half a minute at most, unless the answer was kept; then what the
  table says;
- in the end nothing breaks an invariant, Sigan's ledger and our table have the same numbers
  reserved, each once, and when the time of whatever was reserved is over, Sigan has it back.

"""


def render() -> str:
    """The page."""
    legend = [f"- **{one.short}**: {one.sentence}" for one in End]
    areas = [
        f"### {title}\n\n{matrix(acts)}"
        for _, areas in WORLDS.values()
        for title, acts in areas.items()
    ]
    acts = "\n".join([*legend, "", *areas])
    return f"{_HEAD}{acts}\n{_NUMBERS}{number_cells.table()}"


if __name__ == "__main__":
    print(render(), end="")  # noqa: T201 - its purpose
