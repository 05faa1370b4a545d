"""What may happen to previews and numbers in one step, and how often."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import timedelta
from typing import Any, Final, TypeVar

from hypothesis import strategies as st

from tests.numbering.machine.acts import Acts
from tests.numbering.machine.model import LINES, MOVES, ModelPreview
from tests.numbering.machine.place import CARRIERS
from tramita.kit.operations.actions import OperationAction
from tramita.numbering.lifecycle import NumberStatus

T = TypeVar("T")
S = NumberStatus
Act = Callable[[], Coroutine[Any, Any, str | None]]

DDDS: Final = ("11", "55")
SPANS: Final = (*("10 s", "3 min") * 3, *("8 min", "17 min", "5 h", "25 h", "91 d"))
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

# The newest first, and mostly those that fit.
which = st.sampled_from((0, 0, 0, 1, 1, 2, 3, 5, 8))
fits = st.sampled_from((True, True, True, False))
callers = st.sampled_from(("owner", "owner", "owner", "owner", "all", "alpha"))
ddds = st.sampled_from(DDDS)
carriers = st.sampled_from(CARRIERS)
_STEPS: Final[dict[str, tuple[int, st.SearchStrategy[Mapping[str, Any]]]]] = {}


def step(weight: int, **arguments: st.SearchStrategy[Any]) -> Callable[[T], T]:
    """Make a method a step, which comes so often beside the others."""

    def keep(method: T) -> T:
        name = getattr(method, "__name__", "")
        _STEPS[name] = weight, st.fixed_dictionaries(arguments)
        return method

    return keep


class Steps:
    """What may happen; each step names itself for the trail, and is carried out by ``Acts``."""

    acts: Acts

    def do(self, name: str, act: Act) -> None:
        """Carry one out."""
        raise NotImplementedError

    @step(3)
    def mend(self) -> None:
        """Have nothing go wrong at Sigan any more."""
        self.do("mend", self.acts.mend)

    @step(8, ddd=ddds, carrier=carriers)
    def preview(self, ddd: str, carrier: str | None) -> None:
        """Ask for three numbers."""
        self.do(f"preview {ddd} by {carrier}", lambda: self.acts.preview(ddd, None, carrier))

    @step(4, which=which, is_fit=fits, ddd=st.sampled_from((None, None, *DDDS)), caller=callers)
    def replace(self, which: int, *, is_fit: bool, ddd: str | None, caller: str) -> None:
        """Ask for three others, perhaps of another area code, perhaps for somebody else."""
        one = self._preview(which, is_fit=is_fit)
        carrier = _caller(caller, one.carrier) if one else None
        wanted = ddd or (one.ddd if one else DDDS[0])
        name = f"preview {wanted} by {carrier} for {self._name(one)}"
        self.do(name, lambda: self.acts.preview(wanted, one, carrier))

    @step(
        10,
        which=which,
        is_fit=fits,
        index=st.sampled_from((0, 0, 0, 1, 1, 2, 2, 3)),
        caller=callers,
    )
    def reserve(self, which: int, *, is_fit: bool, index: int, caller: str) -> None:
        """Choose a number, of whatever preview it may be."""
        one = self._preview(which, is_fit=is_fit)
        if one is None:
            self.preview(DDDS[0], None)
            return
        carrier = _caller(caller, one.carrier)
        name = f"reserve {index} of {self._name(one)} by {carrier}"
        self.do(name, lambda: self.acts.reserve(one, index, carrier))

    @step(4, which=which, is_fit=fits, first=st.integers(0, 2), second=st.integers(0, 2))
    def reserve_twice(self, which: int, *, is_fit: bool, first: int, second: int) -> None:
        """Two choose from one preview in the same moment."""
        one = self._preview(which, is_fit=is_fit)
        if one is not None:
            name = f"reserve {first} and {second} of {self._name(one)} at once"
            self.do(name, lambda: self.acts.reserve_twice(one, first, second))

    @step(3, which=which, is_fit=fits, index=st.integers(0, 2))
    def reserve_and_replace(self, which: int, *, is_fit: bool, index: int) -> None:
        """One chooses from a preview while another asks for other numbers."""
        one = self._preview(which, is_fit=is_fit)
        if one is not None:
            name = f"reserve {index} of {self._name(one)} while it is replaced"
            self.do(name, lambda: self.acts.reserve_and_replace(one, index))

    @step(5, ddd=ddds, carrier=carriers)
    def random(self, ddd: str, carrier: str | None) -> None:
        """Take any number."""
        self.do(f"random {ddd} by {carrier}", lambda: self.acts.random(ddd, carrier))

    @step(4, which=which, is_fit=fits, caller=callers)
    def release(self, which: int, *, is_fit: bool, caller: str) -> None:
        """Give a number back, wherever it stands."""
        msisdn = self._number(which, {S.RESERVED} if is_fit else set())
        if msisdn is not None:
            carrier = _caller(caller, self.acts.model.numbers[msisdn].carrier)
            name = f"release {self._name(msisdn)} by {carrier}"
            self.do(name, lambda: self.acts.release(msisdn, carrier))

    @step(3, which=which, is_done=st.booleans())
    def release_and_offer(self, which: int, *, is_done: bool) -> None:
        """Give a number back that Sigan offers before we know that it is back (R14)."""
        msisdn = self._number(which, {S.RESERVED})
        if msisdn is not None:
            name = f"release and offer {self._name(msisdn)}, done there: {is_done}"
            self.do(name, lambda: self.acts.release_and_offer(msisdn, is_done=is_done))

    @step(7, which=which, is_fit=fits, sim=st.integers(0, 8), caller=callers)
    def assign(self, which: int, *, is_fit: bool, sim: int, caller: str) -> None:
        """Put a number on a SIM that another one may have."""
        msisdn = self._number(which, {S.RESERVED} if is_fit else set())
        if msisdn is not None:
            carrier = _caller(caller, self.acts.model.numbers[msisdn].carrier)
            name = f"assign {self._name(msisdn)} to {sim} by {carrier}"
            self.do(name, lambda: self.acts.assign(msisdn, f"sim-{sim}", carrier))

    @step(8, which=which, is_fit=fits, how=st.sampled_from(tuple(MOVES)), caller=callers)
    def move(self, which: int, *, is_fit: bool, how: str, caller: str) -> None:
        """Activate, suspend, resume or end a line."""
        msisdn = self._number(which, LINES if is_fit else set())
        if msisdn is not None:
            number = self.acts.model.numbers[msisdn]
            if is_fit and number.status not in MOVES[how][0]:
                how = next((name for name in MOVES if number.status in MOVES[name][0]), how)
            carrier = _caller(caller, number.carrier)
            name = f"{how} {self._name(msisdn)} by {carrier}"
            self.do(name, lambda: self.acts.move(msisdn, how, carrier))

    @step(2, which=which, is_fit=fits)
    def release_and_assign(self, which: int, *, is_fit: bool) -> None:
        """One gives a number back while another puts it on a SIM (R26)."""
        msisdn = self._number(which, {S.RESERVED} if is_fit else set())
        if msisdn is not None:
            name = f"release and assign {self._name(msisdn)} at once"
            self.do(name, lambda: self.acts.release_and_assign(msisdn))

    @step(1, what=st.integers(0, 4))
    def ask_for_nothing_known(self, what: int) -> None:
        """Previews and numbers that do not exist."""
        self.do(f"what nobody knows, {what}", lambda: self.acts.ask_for_nothing_known(what))

    @step(2, which=which)
    def look(self, which: int) -> None:
        """A preview shows where it stands."""
        one = self._preview(which, is_fit=False)
        if one is not None:
            self.do(f"look at {self._name(one)}", lambda: self.acts.look(one))

    @step(7, rounds=st.integers(1, 3))
    def work(self, rounds: int) -> None:
        """Have what waits in the queue done: releases, questions."""
        self.do(f"run jobs, {rounds} rounds", lambda: self.acts.work(rounds))

    @step(3)
    def sweep(self) -> None:
        """Give back what nobody came for."""
        self.do("sweep", self.acts.sweep)

    @step(5, span=st.sampled_from(SPANS))
    def pass_time(self, span: str) -> None:
        """Here and at Sigan."""
        count, unit = span.split()
        length = timedelta(**{_UNITS[unit]: int(count)})
        self.do(f"let {span} pass", lambda: self.acts.pass_time(length))

    @step(6, fault=st.sampled_from(FAULTS), count=st.sampled_from((1, 1, 2, None)))
    def fail(self, fault: tuple[str, str], count: int | None) -> None:
        """Have an operation go wrong at Sigan."""
        self.do(f"fail {fault}, {count} times", lambda: self.acts.fail(*fault, count))

    @step(6, kind=st.sampled_from(_ANYWHERE), operation=st.sampled_from(WRITES[:3]))
    def fail_once(self, kind: str, operation: str) -> None:
        """Have what happens most go wrong."""
        self.fail((kind, operation), 1)

    @step(2, is_open=st.booleans(), first=st.sampled_from(("shuffled", "last_released_first")))
    def set_conditions(self, *, is_open: bool, first: str) -> None:
        """Whether anything can be looked up there, and what is offered first."""
        name = f"look up {is_open}, offer {first}"
        self.do(name, lambda: self.acts.set_conditions(is_open=is_open, first=first))

    @step(2, which=which, as_free=st.booleans())
    def offer(self, which: int, *, as_free: bool) -> None:
        """Have Sigan offer a number that has its place here."""
        msisdn = self._number(which, set())
        if msisdn is not None:
            name = f"offer {self._name(msisdn)} again, as free: {as_free}"
            self.do(name, lambda: self.acts.offer(msisdn, as_free=as_free))

    @step(1, which=which)
    def end_hold(self, which: int) -> None:
        """Have a hold end at Sigan of which we believe that it lasts."""
        one = self._preview(which, is_fit=True)
        if one is not None:
            self.do(f"end the hold of {self._name(one)}", lambda: self.acts.end_hold(one))

    @step(
        4,
        which=which,
        index=st.integers(0, 2),
        what=st.sampled_from(("reserve", "reserve", "random", "preview", "jobs")),
    )
    def die(self, which: int, index: int, what: str) -> None:
        """Be killed while Sigan's answer is on its way."""
        one = self._preview(which, is_fit=True)
        name = f"die during {what} ({self._name(one)} {index})"
        self.do(name, lambda: self.acts.die(what, one, index))

    @step(3, which=which, action=st.sampled_from(("ask_again", "mark_refused")))
    def decide(self, which: int, action: str) -> None:
        """A person acts on a parked operation, and says refused only where it is so."""
        self.do(f"{action} {which}", lambda: self.acts.decide(which, OperationAction(action)))

    def _preview(self, which: int, *, is_fit: bool) -> ModelPreview | None:
        known = self.acts.model.previews
        held = [one for one in known if is_fit and self.acts.is_held(one)]
        return _one_of(held or known, which)

    def _number(self, which: int, statuses: AbstractSet[NumberStatus]) -> str | None:
        known = self.acts.model.numbers
        fitting = [msisdn for msisdn, one in known.items() if one.status in statuses]
        return _one_of(fitting or list(known), which)

    def _name(self, one: ModelPreview | str | None) -> str:
        """What the trail calls a preview or a number."""
        if one is None:
            return "nothing"
        if isinstance(one, str):
            return f"number {self.acts.model.name(one)}"
        return f"preview {self.acts.model.previews.index(one)}"


def _drawn(name: str) -> st.SearchStrategy[tuple[str, Mapping[str, Any]]]:
    return st.tuples(st.just(name), _STEPS[name][1])


def any_step() -> st.SearchStrategy[tuple[str, Mapping[str, Any]]]:
    """A step by its name, and its arguments."""
    names = [name for name, (weight, _) in _STEPS.items() for _ in range(weight)]
    return st.sampled_from(names).flatmap(_drawn)


def _one_of(known: Sequence[T], which: int) -> T | None:
    """One of them, the newer ones first; nothing where nothing is."""
    return known[-1 - which % len(known)] if known else None


def _caller(caller: str, owner: str | None) -> str | None:
    """Whose token is used."""
    return {"owner": owner, "all": None}.get(caller, caller)
