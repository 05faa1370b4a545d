"""What the machine may do in a step, and what it holds after each of them."""

from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta
from typing import Any, Final, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.numbering.machine.acts import Acts
from tests.numbering.machine.model import MOVES, ModelPreview
from tests.numbering.machine.place import CARRIERS, Place
from tramita.kit.operations.actions import OperationAction

T = TypeVar("T")
Step = Callable[[], Coroutine[Any, Any, str | None]]

DDDS: Final = ("11", "55")
SPANS: Final = ("10 s", "3 min", "8 min", "17 min", "5 h", "25 h", "91 d")
_UNITS: Final = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days"}
WRITES: Final = ("pre_reserve", "reserve", "release_reservation", "release_hold")
QUESTIONS: Final = ("find_request", "find_reservation", "find_hold")
# Before the effect, after it, and neither said.
_ANYWHERE: Final = (
    *("reset_before_effect", "http_503", "429", "token_expired"),
    *("reset_after_effect", "http_500", "malformed_json", "empty_body", "half_body"),
    *("answer_held", "business_error_in_200", "unknown_field"),
)
FAULTS: Final = (
    *((kind, operation) for kind in _ANYWHERE for operation in WRITES + QUESTIONS),
    *(("query_missing", operation) for operation in QUESTIONS),
    *(("query_lags", operation) for operation in QUESTIONS),
    *(("release_not_done", operation) for operation in WRITES[2:]),
    *((kind, "pre_reserve") for kind in ("fewer_numbers", "insufficient_stock", "letters")),
    *((kind, "pre_reserve") for kind in ("previous_breaks_hold", "previous_consumed")),
    ("number_taken", "reserve"),
)

which = st.integers(0, 9)
callers = st.sampled_from(("owner", "owner", "owner", "all", "alpha"))
chances = st.booleans()


class NumberingMachine(RuleBasedStateMachine):
    """Random steps, and a model beside them."""

    def __init__(self, place: Place, run: Callable[[Coroutine[Any, Any, Any]], Any]) -> None:
        super().__init__()
        self.acts, self.run = Acts(place), run
        self.trail: list[str] = []
        self.has_failed = False
        self.run(place.reset())

    def teardown(self) -> None:
        """Let everything come to its end, unless it went wrong before."""
        if not self.has_failed:
            self._step("mend, wait, check everything", self.acts.end_well)

    def _step(self, name: str, act: Step) -> None:
        """Do it, and hold whatever must hold after every step."""
        self.trail.append(name)
        try:
            said = self.run(self._do(act))
        except BaseException as error:
            self.has_failed = True
            error.add_note("\n".join(("The steps were:", *self.trail)))
            raise
        if said:
            self.trail[-1] += f" -> {said}"

    async def _do(self, act: Step) -> str | None:
        said = await act()
        await self.acts.verify()
        return said

    def _name(self, one: ModelPreview | str | None) -> str:
        """What the trail calls a preview or a number."""
        if one is None:
            return "nothing"
        if isinstance(one, str):
            return f"number {list(self.acts.model.numbers).index(one)}"
        return f"preview {self.acts.model.previews.index(one)}"

    # --- steps

    @rule(ddd=st.sampled_from(DDDS), carrier=st.sampled_from(CARRIERS))
    def create_a_preview(self, ddd: str, carrier: str | None) -> None:
        """Ask for three numbers."""
        self._step(f"preview {ddd} by {carrier}", lambda: self.acts.preview(ddd, None, carrier))

    @rule(which=which, ddd=st.sampled_from((None, None, *DDDS)), caller=callers)
    def replace_a_preview(self, which: int, ddd: str | None, caller: str) -> None:
        """Ask for three others, perhaps of another area code, perhaps for somebody else."""
        previous = _one_of(self.acts.model.previews, which)
        if previous is not None:
            carrier = _caller(caller, previous.carrier)
            step = f"preview {ddd} by {carrier} for {self._name(previous)}"
            self._step(step, lambda: self.acts.preview(ddd or previous.ddd, previous, carrier))

    @rule(which=which, index=st.sampled_from((0, 0, 1, 2, 3)), caller=callers)
    def reserve_from_a_preview(self, which: int, index: int, caller: str) -> None:
        """Choose a number, of whatever preview it may be."""
        preview = _one_of(self.acts.model.previews, which)
        if preview is not None:
            carrier = _caller(caller, preview.carrier)
            step = f"reserve {index} of {self._name(preview)} by {carrier}"
            self._step(step, lambda: self.acts.reserve(preview, index, carrier))

    @rule(which=which, first=st.integers(0, 2), second=st.integers(0, 2))
    def reserve_twice_at_once(self, which: int, first: int, second: int) -> None:
        """Two choose from one preview in the same moment."""
        preview = _one_of(self.acts.model.previews, which)
        if preview is not None:
            step = f"reserve {first} and {second} of {self._name(preview)} at once"
            self._step(step, lambda: self.acts.reserve_twice(preview, first, second))

    @rule(which=which, index=st.integers(0, 2))
    def reserve_what_is_replaced(self, which: int, index: int) -> None:
        """One chooses from a preview while another asks for other numbers."""
        preview = _one_of(self.acts.model.previews, which)
        if preview is not None:
            step = f"reserve {index} of {self._name(preview)} while it is replaced"
            self._step(step, lambda: self.acts.reserve_and_replace(preview, index))

    @rule(ddd=st.sampled_from(DDDS), carrier=st.sampled_from(CARRIERS))
    def reserve_at_random(self, ddd: str, carrier: str | None) -> None:
        """Take any number."""
        self._step(f"random {ddd} by {carrier}", lambda: self.acts.random(ddd, carrier))

    @rule(which=which, caller=callers)
    def release(self, which: int, caller: str) -> None:
        """Give a number back, wherever it stands."""
        msisdn = _one_of(list(self.acts.model.numbers), which)
        if msisdn is not None:
            carrier = _caller(caller, self.acts.model.numbers[msisdn].carrier)
            step = f"release {self._name(msisdn)} by {carrier}"
            self._step(step, lambda: self.acts.release(msisdn, carrier))

    @rule(which=which, sim=st.integers(0, 3), caller=callers)
    def assign(self, which: int, sim: int, caller: str) -> None:
        """Put a number on a SIM that another one may have."""
        msisdn = _one_of(list(self.acts.model.numbers), which)
        if msisdn is not None:
            carrier = _caller(caller, self.acts.model.numbers[msisdn].carrier)
            step = f"assign {self._name(msisdn)} to {sim} by {carrier}"
            self._step(step, lambda: self.acts.assign(msisdn, f"sim-{sim}", carrier))

    @rule(which=which, how=st.sampled_from(("activate", *MOVES)), caller=callers)
    def move_a_line(self, which: int, how: str, caller: str) -> None:
        """Activate, suspend, resume or end a line."""
        msisdn = _one_of(list(self.acts.model.numbers), which)
        if msisdn is not None:
            carrier = _caller(caller, self.acts.model.numbers[msisdn].carrier)
            step = f"{how} {self._name(msisdn)} by {carrier}"
            self._step(step, lambda: self.acts.move(msisdn, how, carrier))

    @rule(which=which)
    def release_while_it_is_assigned(self, which: int) -> None:
        """One gives a number back while another puts it on a SIM (R26)."""
        msisdn = _one_of(list(self.acts.model.numbers), which)
        if msisdn is not None:
            step = f"release and assign {self._name(msisdn)} at once"
            self._step(step, lambda: self.acts.release_and_assign(msisdn))

    @rule()
    def ask_for_nothing_known(self) -> None:
        """Previews and numbers that do not exist."""
        self._step("what nobody knows", self.acts.ask_for_nothing_known)

    @rule(which=which)
    def look_at_a_preview(self, which: int) -> None:
        """It shows where it stands."""
        preview = _one_of(self.acts.model.previews, which)
        if preview is not None:
            self._step(f"look at {self._name(preview)}", lambda: self.acts.look(preview))

    @rule(rounds=st.integers(1, 3))
    def run_jobs(self, rounds: int) -> None:
        """Have what waits in the queue done: releases, questions."""
        self._step(f"run jobs, {rounds} rounds", lambda: self.acts.work(rounds))

    @rule()
    def sweep(self) -> None:
        """Give back what nobody came for."""
        self._step("sweep", self.acts.sweep)

    @rule(span=st.sampled_from(SPANS))
    def let_time_pass(self, span: str) -> None:
        """Here and at Sigan."""
        count, unit = span.split()
        self._step(f"let {span} pass", lambda: self.acts.pass_time(timedelta(**{_UNITS[unit]: int(count)})))

    @rule(fault=st.sampled_from(FAULTS), count=st.sampled_from((1, 1, 2, None)))
    def let_something_fail(self, fault: tuple[str, str], count: int | None) -> None:
        """Have an operation go wrong at Sigan."""
        self._step(f"fail {fault}, {count} times", lambda: self.acts.fail(*fault, count))

    @rule(is_open=chances, first=st.sampled_from(("shuffled", "last_released_first")))
    def set_conditions(self, is_open: bool, first: str) -> None:  # noqa: FBT001 - hypothesis calls
        """Whether anything can be looked up there, and what is offered first."""
        self._step(f"look up {is_open}, offer {first}", lambda: self.acts.set_conditions(is_open=is_open, first=first))

    @rule()
    def mend(self) -> None:
        """Have nothing go wrong at Sigan any more."""
        self._step("mend", self.acts.mend)

    @rule(which=which, as_free=chances)
    def offer_again(self, which: int, as_free: bool) -> None:  # noqa: FBT001 - hypothesis calls
        """Have Sigan offer a number that has its place here."""
        msisdn = _one_of(list(self.acts.model.numbers), which)
        if msisdn is not None:
            step = f"offer {self._name(msisdn)} again, as free: {as_free}"
            self._step(step, lambda: self.acts.offer(msisdn, as_free=as_free))

    @rule(which=which)
    def end_a_hold(self, which: int) -> None:
        """Have a hold end at Sigan of which we believe that it lasts."""
        preview = _one_of(self.acts.model.previews, which)
        if preview is not None:
            self._step(f"end the hold of {self._name(preview)}", lambda: self.acts.end_hold(preview))

    @rule(which=which, index=st.integers(0, 2), what=st.sampled_from(("reserve", "random", "preview", "jobs")))
    def die(self, which: int, index: int, what: str) -> None:
        """Be killed while Sigan's answer is on its way."""
        preview = _one_of(self.acts.model.previews, which)
        step = f"die during {what} ({self._name(preview)} {index})"
        self._step(step, lambda: self.acts.die(what, preview, index))

    @rule(which=which, action=st.sampled_from(("ask_again", "mark_refused")))
    def decide(self, which: int, action: str) -> None:
        """A person does something about a parked operation; they say refused only when it is so."""
        self._step(f"{action} {which}", lambda: self.acts.decide(which, OperationAction(action)))


def _one_of(known: Sequence[T], which: int) -> T | None:
    """One of them, the newer ones first; nothing where nothing is."""
    return known[-1 - which % len(known)] if known else None


def _caller(caller: str, owner: str | None) -> str | None:
    """Whose token is used."""
    return {"owner": owner, "all": None}.get(caller, caller)
