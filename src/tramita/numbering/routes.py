"""What numbering serves; what it brings to every process is in ``area``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tramita.console.things import page_of_contract, pages_in
from tramita.kit.http.area import AreaRoutes, Page, Place
from tramita.numbering.acts import ACTIVATE_LINE, END_LINE, RELEASE_NUMBER
from tramita.numbering.api.ddds import DDDsController
from tramita.numbering.api.devices import DevicesController
from tramita.numbering.api.numbers import NumbersController, release
from tramita.numbering.api.previews import PreviewsController, reserve_random
from tramita.numbering.backend import KEY
from tramita.numbering.console.contract import PARTS, show_line
from tramita.numbering.console.number import NumberPages
from tramita.numbering.console.numbers import NumberingPages
from tramita.numbering.numbers.journey.reserve import JOB as RESERVE
from tramita.numbering.pages import NumberingDemo

TAGS: Final[Mapping[str, str]] = {
    "Numbering": """\
Phone numbers of Brazil: area codes, and numbers held, reserved and given back.

**Choosing one**: a preview holds three numbers, masked, for a quarter of an hour; one of them is \
reserved by its `index`. It is replaced by another one that names it as `previous_id`. Or any number \
is reserved at random. A reserved number is assigned to a SIM before `reserved_until`, or else it is \
given back by itself; one that was in use rests before that.

**What may go wrong** while the provider is asked, which takes seconds:

| status | `code` | what to do |
|---|---|---|
| 409 | `RESERVATION_IN_PROGRESS` | a number of this preview is being reserved: read the preview |
| 409 | `PREVIEW_CONSUMED` | one was reserved from it; `reserved_msisdn` tells which |
| 410 | `PREVIEW_EXPIRED` | it is over, or was replaced: make another |
| 500 | `NUMBER_INVENTORY_DIVERGENCE` | the number is in use here: choose another |
| 502 | `PROVIDER_REJECTED` | the provider refuses; nothing was reserved |
| 503 | `PROVIDER_UNAVAILABLE` | nothing was reserved: again after `Retry-After` seconds |
| 504 | `PROVIDER_OUTCOME_UNKNOWN` | nobody knows yet: read the preview until it is not `RESERVING` |

Send an `Idempotency-Key`, and a repeated reservation is answered as the first one was; without \
one it is a divergence. After a 504 at random ask for another number: what was reserved is given \
back in its time.

A token knows the previews and numbers of its own carrier; all others are 404.
""",
    "Devices": """\
The operator's list of devices, and whether a device takes an eSIM.

The list is read from the operator every hour; `as_of` says when, and an `ETag` whether it was read \
since. While the operator is away the last list answers.

**A verdict** is `UNKNOWN` unless something is known: no device is incompatible because a list is \
silent. `evidence` is what it rests on: the `EID`, which only an eSIM's chip has; the model, by `TAC` or \
`MODEL`; or the `OPERATOR`, whose word counts where it disagrees. Models of one name differ by region: \
ask by `imei`, `tac` or `model_id`, and by `eid` when in doubt.
""",
}

_NUMBER: Final[Page] = pages_in("numbering/numbers")

ROUTES: Final = AreaRoutes(
    handlers=[
        DDDsController,
        DevicesController,
        PreviewsController,
        reserve_random,
        NumbersController,
        release,
        NumberingDemo,
    ],
    tags=TAGS,
    console=[NumberingPages, NumberPages],
    rooms={"numbering": "Numbers"},
    pages={"number": _NUMBER},
    shows={KEY: show_line},
    parts=PARTS,
    subjects={
        RESERVE: _NUMBER,
        RELEASE_NUMBER.name: _NUMBER,
        ACTIVATE_LINE.name: page_of_contract,
        END_LINE.name: page_of_contract,
    },
    templates=Path(__file__).parent / "templates",
    static=Path(__file__).parent / "static",
    places=[
        Place("/numbering/demo", "Phone numbers", "Choose a number and reserve it."),
        Place(
            f"/console/contracts?journey={KEY}",
            "Mobile lines",
            "A number, a SIM and a line that runs, as the console shows it.",
        ),
    ],
)
