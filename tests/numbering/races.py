"""Every race and crash point of the field notes (section 10), and what becomes of it here.

``docs/reference/numbering-races.md`` is printed from this table:
``python -m tests.numbering.races``.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Race:
    """``wrong`` is what could go wrong, ``here`` what happens instead; ``tests`` show it.

    A test is a file under ``tests/numbering`` and the name of a function in it; ``why_not``
    says why there is none.
    """

    number: int
    wrong: str
    here: str
    tests: Sequence[str] = ()
    why_not: str = ""

    @property
    def shown(self) -> str:
        """The tests, as the page names them."""
        return "<br>".join(f"`{one}`" for one in self.tests) or self.why_not


PREVIEWS, RESERVATIONS = "test_races_previews.py", "test_races_reservations.py"
RELEASES, EDGES = "test_races_releases.py", "test_races_edges.py"
MANY = f"{RESERVATIONS}::test_is_chosen_from_by_many_at_once"

RACES = [
    Race(
        1,
        "the process dies after Sigan held three numbers, before they are written",
        "the intention was written before the call; it is found, Sigan is asked, the hold is "
        "given back",
        [f"{PREVIEWS}::test_r1_whoever_asked_died"],
    ),
    Race(
        2,
        "a client that heard nothing asks again, and six numbers are held",
        "under one idempotency key there is one preview, whose answer is given again",
        [f"{PREVIEWS}::test_r2_whoever_asked_asks_again"],
    ),
    Race(
        3,
        "Sigan holds numbers and answers after our deadline",
        "504; Sigan is asked, the hold is given back",
        [f"{PREVIEWS}::test_r3_the_answer_comes_too_late"],
    ),
    Race(
        4,
        "a slow answer eats the minute by which Sigan's hold outlives the preview",
        "the quarter of an hour counts from before the call; where Sigan's hold is told to end "
        "earlier, so does the preview",
        [f"{PREVIEWS}::test_r4_a_slow_answer_does_not_prolong"],
    ),
    Race(
        5,
        "two requests replace the same preview, and both have its hold given up",
        "the first marks it as replaced in the transaction before the call; the others ask "
        "without naming it",
        [f"{PREVIEWS}::test_r5_by_many_at_once"],
    ),
    Race(
        6,
        "a preview is replaced while one of its numbers is being reserved",
        "both lock the preview's row before they call: 409 for the one, or 410 for the other",
        [f"{PREVIEWS}::test_r6_while_it_is_reserved_from"],
    ),
    Race(
        7,
        "the preview is marked as replaced, and the call fails",
        "it lives on where certainly nothing was done; else Sigan is asked for the request, and "
        "for the old hold where it refused",
        [
            f"{PREVIEWS}::test_r7_and_the_call_fails",
            f"{PREVIEWS}::test_r7_when_it_is_known_later_that_nothing_was_done",
        ],
    ),
    Race(
        8,
        "a carrier names another carrier's preview as its previous one",
        "404, and its hold is not touched",
        [f"{PREVIEWS}::test_r8_of_somebody_else"],
    ),
    Race(
        9,
        "Sigan offers a number that is in a live preview, or in use here",
        "such a hold makes no preview: it is given back, and another one is asked for",
        [f"{PREVIEWS}::test_r9_is_in_one_preview"],
    ),
    Race(
        10,
        "two requests reserve the same number of a preview",
        "one claims it; the others hear 409, or 500 once it is reserved; Sigan is called once",
        [MANY],
    ),
    Race(
        11,
        "two requests reserve different numbers of a preview",
        "the claim is on the preview as well as on the number; Sigan is called once",
        [MANY],
    ),
    Race(
        12,
        "two previews, or random reservations, hold the same number",
        "one claims its row; the others hear 500, and their holds are given back",
        [f"{RESERVATIONS}::test_r12_at_random_by_many"],
    ),
    Race(
        13,
        "the process dies after Sigan reserved the number, before it is written",
        "the claim was written before the call; it is found, Sigan is asked, it is confirmed",
        [f"{RESERVATIONS}::test_r13_from_a_preview", f"{RESERVATIONS}::test_r13_at_random"],
    ),
    Race(
        14,
        "a release that is still to be sent frees the number of its next holder",
        "it names Sigan's reservation, never the number; before it has begun, a new claim drops "
        "it; while it is under way, a claim is told to wait (503); dropped in vain, it is taken "
        "up again",
        [
            f"{RESERVATIONS}::test_r14_that_has_not_begun_is_dropped",
            f"{RESERVATIONS}::test_r14_that_is_under_way_is_waited_for",
            f"{RESERVATIONS}::test_r14_that_was_dropped_in_vain_is_taken_up_again",
            f"{RELEASES}::test_r14_a_claim_in_between",
        ],
    ),
    Race(
        15,
        "the process dies between writing the number and writing the preview",
        "both are written in one transaction, or neither",
        [f"{RESERVATIONS}::test_r15_between_number_and_preview"],
    ),
    Race(
        16,
        "Sigan does not answer, and nobody knows whether the number is reserved",
        "504; the number stays claimed, and nobody else gets it, until Sigan has said",
        [f"{RESERVATIONS}::test_r16_that_does_not_come"],
    ),
    Race(
        17,
        "Sigan refuses, and the number is written down as reserved",
        "502; the number is what it was before, and the preview can be chosen from",
        [f"{RESERVATIONS}::test_r17_that_is_a_no"],
    ),
    Race(
        18,
        "a reservation begins in the preview's last moment, and its hold ends under way",
        "410, with five seconds left already; 410 too when Sigan says that the hold has ended",
        [f"{RESERVATIONS}::test_r18_that_comes_after_the_hold_has_ended"],
    ),
    Race(
        19,
        "two hosts, or Sigan, have different ideas of the time",
        "the database's clock decides, in the statement that reads the preview",
        [f"{RESERVATIONS}::test_r19_does_not_depend_on_whose_clock_it_is"],
    ),
    Race(
        20,
        "the caller loses the answer, asks again and hears that the number is taken",
        "under the same idempotency key the answer is given again; the preview names the number",
        [f"{RESERVATIONS}::test_r20_that_its_caller_lost"],
    ),
    Race(
        21,
        "an HTTP client sends a reservation twice by itself",
        "nothing is sent again by itself; what is not known is asked for, under the same id",
        [f"{RESERVATIONS}::test_r21_that_is_lost_is_not_asked_for_by_sending_again"],
    ),
    Race(
        22,
        "a late answer overwrites what was found out meanwhile",
        "it belongs to an epoch that has passed: it is kept in the journal and changes nothing",
        [f"{RESERVATIONS}::test_r22_that_comes_when_it_was_asked_for_already"],
    ),
    Race(
        23,
        "the process dies with a number held for a random reservation, without an end",
        "it is held for two minutes, and given back once that is found",
        [f"{RESERVATIONS}::test_r23_with_a_hold_for_a_random_number"],
    ),
    Race(
        24,
        "the number offered at random is in use here, and stays held",
        "500, and its hold is given back at once",
        [f"{RESERVATIONS}::test_r24_in_use_is_not_kept_held"],
    ),
    Race(
        25,
        "the number offered at random is reserved from a preview meanwhile",
        "whoever claims it first has it; the others' requests never reach Sigan",
        [f"{RESERVATIONS}::test_r25_from_a_preview_and_at_random"],
    ),
    Race(
        26,
        "a release overtakes the assignment to a SIM",
        "both lock the number and ask its state: one happens, the other hears 409",
        [f"{RELEASES}::test_r26_an_assignment"],
    ),
    Race(
        27,
        "a number is released while it is being reserved",
        "409; once it is reserved it can be released",
        [f"{RELEASES}::test_r27_a_reservation_under_way"],
    ),
    Race(
        28,
        "two releases call Sigan twice",
        "all hear 204; one moves the number, and Sigan is called once",
        [f"{RELEASES}::test_r28_another_release"],
    ),
    Race(
        29,
        "the sweep takes a number that is just being assigned",
        "it passes over rows that somebody has in hand; one of both happens. A number that a "
        "live contract waits for is not swept at all",
        [f"{RELEASES}::test_r29_an_assignment"],
    ),
    Race(
        30,
        "two sweeps at once release twice",
        "each takes other rows; Sigan is called once for each number",
        [f"{RELEASES}::test_r30_another_sweep"],
    ),
    Race(
        31,
        "nobody sweeps for hours, then everything is given back at once",
        "previews expire without it; a gauge says how late it is; it catches up a bounded "
        "number at a time, and Sigan gets ten at once",
        [f"{RELEASES}::test_r31_nobody_for_hours"],
    ),
    Race(
        32,
        "the cache of area codes is stale",
        "its entries are named by the table's version; a no of Sigan's own is 422",
        [
            "test_ddd.py::test_goes_by_the_version_of_its_rows",
            f"{EDGES}::test_r32_of_an_area_code_that_is_none",
        ],
    ),
    Race(
        33,
        "Redis is away, and every call ends with 500",
        "the table is asked instead",
        ["test_ddd.py::test_asks_the_table_while_redis_is_away"],
    ),
    Race(
        34,
        "Sigan no longer knows the previous hold and refuses the new one",
        "it is asked once more, without naming the previous one",
        [f"{EDGES}::test_r34_of_the_previous_hold"],
    ),
    Race(
        35,
        "Sigan writes a number otherwise, or offers one of another area or a fixed line",
        "none of the hold is kept: it is given back, and another is asked for, three times",
        [
            f"{EDGES}::test_r35_that_is_no_mobile_number_of_the_area",
            f"{EDGES}::test_r35_that_stays_so",
        ],
    ),
    Race(
        36,
        "a number in full is in an answer, a log or somebody's cache",
        "only whoever reserved it hears it; `no-store` on every answer; the tests read all logs "
        "and the tables for numbers",
        [f"{EDGES}::test_r36_is_for_whoever_reserved_it"],
    ),
    Race(
        37,
        "the database loses a commit that it had acknowledged",
        "the claim is committed before Sigan hears of it; that a commit lasts is the server's "
        "promise (`synchronous_commit`, which nothing here turns off). Should one be lost all "
        "the same, what Sigan holds lapses, and what it reserved is found by no question of "
        "ours: the audit can only ask about numbers that we know",
        [f"{EDGES}::test_r37_is_committed_before_sigan_hears_of_it"],
    ),
    Race(
        38,
        "an operation that nobody can settle keeps everybody busy",
        "its questions become rarer; hours after the end of its hold a person gets it, and the "
        "number is unavailable until then; others go on",
        [f"{EDGES}::test_r38_that_nobody_can_settle_holds_nobody_up"],
    ),
]

_HEAD = """\
# Races of numbering, and what becomes of them

<!-- Printed by `python -m tests.numbering.races`; a test compares. -->

The numbers are those of the field notes. Each test plays its race against the simulated Sigan
over real sockets, with sixteen clients at once where it takes many, and ends with every
invariant of numbering and with Sigan's own ledger saying the same as our table.

| | what could go wrong | what happens here | shown by, in `tests/numbering` |
|---|---|---|---|
"""


def render() -> str:
    """The page."""
    lines = [f"| R{one.number} | {one.wrong} | {one.here} | {one.shown} |" for one in RACES]
    return _HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(render(), end="")  # noqa: T201 - its purpose
