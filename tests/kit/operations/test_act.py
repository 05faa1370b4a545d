"""One outside act, declared once: what its jobs make of what the provider says."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from tests.kit.operations.acts import PROVIDER, Area, Orders, jobs, prepare, rows
from tramita.kit.attempt import Attempt
from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.kit.exchange import Exchange
from tramita.kit.live import Live
from tramita.kit.operations import act as acting
from tramita.kit.operations.act import Act, Caution, Gone
from tramita.kit.operations.kind import ActName, Result, Task
from tramita.kit.operations.lifecycle import OperationTrigger as T
from tramita.kit.operations.taken import Taken
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.kit.provider import Provider, ProviderSettings
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Settings

ASK_JOB = "test.ask_order"
LOST = Unknown("The line went dead.")
NO = Refused("no", "No.")
GONE = Refused("gone", "There is none.")
SOON = timedelta(seconds=3)


@dataclass
class Shop(Orders):
    """Answers as told, and remembers what it was asked for."""

    ordered: list[Outcome[str]] = field(default_factory=list)
    found: list[Outcome[str] | None] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)

    async def order(self, what: str, attempt: Attempt) -> Outcome[str]:
        """Take an order."""
        self.heard.append("order")
        return self.ordered.pop(0)

    async def find(self, what: str, attempt: Attempt) -> Outcome[str] | None:
        """Say how an order stands."""
        self.heard.append("find")
        return self.found.pop(0)


@dataclass
class Counter:
    """The area: what was recorded, and whether the order is wanted."""

    recorded: list[tuple[T, str | None]] = field(default_factory=list)
    why_not: str | None = None

    async def record(self, _: UnitOfWork, results: Sequence[Result[str, str | None]]) -> None:
        """Keep what came of it."""
        self.recorded += [(one.trigger, one.decision) for one in results]


@pytest.fixture
def shop() -> Shop:
    """A provider."""
    return Shop()


@pytest.fixture
def counter() -> Counter:
    """An area."""
    return Counter()


@pytest.fixture
def act(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> Act[str, str]:
    """An act that can be asked about, and is not due again because the machine stood still."""
    monkeypatch.setattr(acting, "_AFTER_UNKNOWN", timedelta(minutes=1))
    return Act(
        name=ActName("test.order", Orders),
        load=Area().load,
        call=Shop.order,
        ask=Shop.find,
        unwanted=lambda _: counter.why_not,
        failure=lambda value: "It is broken." if value == "broken" else None,
        on_refused=T.PARK,
        record=counter.record,
    )


@pytest.fixture
def runtime(database: Database, shop: Shop) -> Runtime:
    """A process that talks to the shop."""
    runtime = Runtime(Settings(), database, Live(database.connect))
    provider = Provider(PROVIDER, "Shop", ProviderSettings, ports={Orders: lambda _: shop})
    runtime.connect_provider(provider, ProviderSettings(), Exchange(PROVIDER, "http://127.0.0.1:9"))
    return runtime


class TestAct:
    @pytest.mark.parametrize(
        "case",
        [
            (Done("A-1"), "SUCCEEDED", T.DONE, "A-1"),
            (Done("broken"), "NEEDS_ATTENTION", T.PARK, "broken"),
            (NotSent("no line", timedelta(minutes=1)), "NOT_SENT", T.NOT_SENT, None),
            (LOST, "UNKNOWN", T.UNKNOWN, None),
            (Pending("P-1", timedelta(minutes=1)), "UNKNOWN", T.UNKNOWN, None),
        ],
    )
    async def test_records_what_the_first_attempt_led_to(
        self,
        runtime: Runtime,
        act: Act[str, str],
        shop: Shop,
        counter: Counter,
        case: tuple[Outcome[str], str, T, str | None],
    ) -> None:
        """Nothing is asked before; the answer is the decision, and a bad one is a no."""
        [operation] = await prepare(runtime.database, act.kind)
        said, state, trigger, decision = case
        shop.ordered = [said]

        await act.carry_out(runtime, operation)
        await act.carry_out(runtime, operation)

        assert ["order"] == shop.heard
        assert [(trigger, decision)] == counter.recorded
        assert state == (await row_of(runtime.database, operation))[0]

    @pytest.mark.parametrize(
        ("said", "states"),
        [
            ([GONE, GONE], ["UNKNOWN", "SUCCEEDED"]),
            ([LOST, GONE], ["UNKNOWN", "SUCCEEDED"]),
            ([GONE, NO], ["UNKNOWN", "NEEDS_ATTENTION"]),
        ],
    )
    async def test_believes_a_second_word_that_there_is_nothing_to_end(
        self,
        runtime: Runtime,
        act: Act[str, str],
        shop: Shop,
        said: list[Outcome[str]],
        states: list[str],
    ) -> None:
        """One alone may be wrong, unless an earlier attempt may have ended it."""
        ending = replace(act, ask=None, gone=lambda _: Gone(frozenset({"gone"}), 60 * SOON))
        [operation] = await prepare(runtime.database, ending.kind)
        shop.ordered = [*said]

        seen = []
        for one in said:
            await ending.carry_out(runtime, operation)
            seen.append((await row_of(runtime.database, operation))[0])
            await ending.carry_out(runtime, operation)  # Too early: nothing is asked.
            assert len(shop.heard) == len(seen)
            if one is GONE:
                [row] = await rows(
                    runtime.database,
                    "SELECT due_at - now() > interval '2 minutes' AS l FROM operations",
                )
                assert row["l"] is (seen[-1] == "UNKNOWN")
            await rows(runtime.database, "UPDATE operations SET due_at = now()")

        assert states == seen

    @pytest.mark.parametrize("found", [None, Done("a file")])
    async def test_fetches_before_the_call_and_keeps_what_is_answered(
        self,
        runtime: Runtime,
        act: Act[str, str],
        shop: Shop,
        counter: Counter,
        found: Outcome[str] | None,
    ) -> None:
        """Whether it is answered by the call or when asked; the call gets what was fetched."""
        [operation] = await prepare(runtime.database, act.kind)
        called: list[str] = []

        async def call(_: Shop, request: str, __: Attempt) -> Outcome[str]:
            called.append(request)
            return LOST if found else Done("a file")

        async def equip(_: object, request: str) -> str:
            return f"{request}, equipped"

        async def keep(_: object, value: str) -> str:
            return f"{value}, kept"

        filing = replace(act, call=call, equip=equip, keep=keep)
        await filing.carry_out(runtime, operation)
        if found:
            await rows(runtime.database, "UPDATE operations SET due_at = now()")
            shop.found = [found]
            await filing.carry_out(runtime, operation)

        assert [True] == [one.endswith(", equipped") for one in called]
        assert (T.DONE, "a file, kept") == counter.recorded[-1]

    @pytest.mark.parametrize(
        ("found", "heard", "state"),
        [
            (Done("A-1"), ["find"], "SUCCEEDED"),
            (LOST, ["find"], "UNKNOWN"),
            (None, ["find", "order"], "SUCCEEDED"),
        ],
    )
    async def test_asks_before_it_repeats_what_may_have_been_done(
        self,
        runtime: Runtime,
        act: Act[str, str],
        shop: Shop,
        found: Outcome[str] | None,
        heard: list[str],
        state: str,
    ) -> None:
        """Found: that is it. Nobody can say: it stays unknown. Not there: done now."""
        [operation] = await prepare(runtime.database, act.kind)
        shop.ordered, shop.found = [LOST, Done("A-2")], [found]
        await act.carry_out(runtime, operation)
        await rows(runtime.database, "UPDATE operations SET due_at = now()")
        shop.heard.clear()

        await act.carry_out(runtime, operation)

        assert heard == shop.heard
        assert state == (await row_of(runtime.database, operation))[0]

    @pytest.mark.parametrize(
        ("found", "state"),
        [(Done("A-1"), "SUCCEEDED"), (None, "SENT"), (NO, "SENT"), (LOST, "SENT")],
    )
    async def test_asks_at_once_when_its_worker_may_have_died(
        self,
        runtime: Runtime,
        act: Act[str, str],
        shop: Shop,
        found: Outcome[str] | None,
        state: str,
    ) -> None:
        """Its job comes once more, and the lease goes on: only what is there counts before."""
        [operation] = await prepare(runtime.database, act.kind)
        held = await runtime.desk(act.kind).take(operation)
        shop.found = [found]

        await act.carry_out(runtime, operation)

        assert ["find"] == shop.heard
        assert state == (await row_of(runtime.database, operation))[0]
        assert held is not None
        late = Result[str, str | None](held, "late", T.DONE)
        assert (state == "SENT") == await runtime.desk(act.kind).hand_in(late)

    @pytest.mark.parametrize(
        ("found", "state"), [(Done("A-1"), "SUCCEEDED"), (None, "NEEDS_ATTENTION")]
    )
    async def test_takes_a_refusal_for_a_yes_when_it_was_done_before(
        self,
        runtime: Runtime,
        act: Act[str, str],
        shop: Shop,
        found: Outcome[str] | None,
        state: str,
    ) -> None:
        """So it asks; a no that stays one goes where the act says."""
        [operation] = await prepare(runtime.database, act.kind)
        shop.ordered, shop.found = [NO], [found]

        await act.carry_out(runtime, operation)

        assert ["order", "find"] == shop.heard
        assert state == (await row_of(runtime.database, operation))[0]

    async def test_keeps_the_words_of_a_refusal_that_is_only_remembered(
        self, runtime: Runtime, act: Act[str, str], shop: Shop
    ) -> None:
        """Asked, the provider says that it failed: that is no yes, and says less."""
        [operation] = await prepare(runtime.database, act.kind)
        shop.ordered, shop.found = [NO], [Done("broken")]

        await act.carry_out(runtime, operation)

        assert ("NEEDS_ATTENTION", "no: No.") == await row_of(runtime.database, operation)

    async def test_withdraws_what_nobody_wants_any_more(
        self, runtime: Runtime, act: Act[str, str], shop: Shop, counter: Counter
    ) -> None:
        """Nothing is sent, and the reason is kept."""
        [operation] = await prepare(runtime.database, act.kind)
        counter.why_not = "The client has gone."

        await act.carry_out(runtime, operation)

        assert [] == shop.heard
        assert ("REFUSED", "The client has gone.") == await row_of(runtime.database, operation)

    async def test_finds_what_was_done_before_nobody_wanted_it_any_more(
        self, runtime: Runtime, act: Act[str, str], shop: Shop, counter: Counter
    ) -> None:
        """Whoever undoes it has to know of it."""
        [operation] = await prepare(runtime.database, act.kind)
        shop.ordered, shop.found = [LOST], [Done("A-1")]
        await act.carry_out(runtime, operation)
        await rows(runtime.database, "UPDATE operations SET due_at = now()")
        counter.why_not = "The client has gone."

        await act.carry_out(runtime, operation)

        assert (T.DONE, "A-1") == counter.recorded[-1]


class TestSettled:
    @pytest.mark.parametrize(
        ("outcome", "certain", "doubtful"),
        [
            (Done("x"), T.DONE, T.DONE),
            (NO, T.PARK, T.PARK),
            (NotSent("no line", SOON), T.NOT_SENT, T.UNKNOWN),
            (LOST, T.UNKNOWN, T.UNKNOWN),
            (Pending("P-1", SOON), T.UNKNOWN, T.UNKNOWN),
        ],
    )
    def test_says_not_sent_only_of_what_cannot_have_happened(
        self,
        runtime: Runtime,
        act: Act[str, str],
        outcome: Outcome[str],
        certain: T,
        doubtful: T,
    ) -> None:
        """Once an attempt may have been done, one that was not leaves it unknown."""
        tasks = [second(), second(is_lost=True), second(was_unknown=True)]

        triggers = [act.settled(runtime, one, outcome).trigger for one in tasks]

        assert [certain, doubtful, doubtful] == triggers

    def test_comes_back_after_a_growing_pause(self, runtime: Runtime, act: Act[str, str]) -> None:
        """An outage must not become a storm."""
        again_in = act.settled(runtime, second(), NotSent("no line", SOON)).retry_in
        assert 2 * SOON <= again_in <= 3 * SOON

    def test_keeps_what_an_answer_means_here(self, runtime: Runtime, act: Act[str, str]) -> None:
        """A setting may decide that; the reference stays the provider's own."""
        meant = replace(act, meaning=lambda process, value: f"{value} in {type(process).__name__}")

        result = meant.settled(runtime, second(), Done("A-1"))

        assert ("A-1 in Runtime", "A-1") == (result.decision, result.reference)


class TestAnActThatMayArriveLate:
    @pytest.mark.parametrize(
        ("grace", "state", "job"),
        [(timedelta(minutes=1), "UNKNOWN", ASK_JOB), (timedelta(0), "NOT_SENT", "test.order")],
    )
    async def test_is_not_sent_again_until_nothing_is_believed(
        self,
        runtime: Runtime,
        act: Act[str, str],
        shop: Shop,
        grace: timedelta,
        state: str,
        job: str,
    ) -> None:
        """Its worker died: it is asked about, and "nothing there" counts after a while only."""
        late = cautious(act, Caution(SOON, grace, timedelta(hours=1)))
        carry_out, ask = late.jobs
        [operation] = await prepare(runtime.database, late.kind)
        await runtime.desk(late.kind).take(operation)
        shop.found = [None]
        await rows(runtime.database, "UPDATE operations SET lease_until = now()")

        await carry_out.run(runtime, operation)
        assert ([], "UNKNOWN") == (shop.heard, (await row_of(runtime.database, operation))[0])
        await rows(runtime.database, "UPDATE operations SET due_at = now()")
        await rows(runtime.database, "DELETE FROM pgqueuer")
        await ask.run(runtime, operation)

        assert (["find"], [job]) == (shop.heard, await jobs(runtime.database))
        assert state == (await row_of(runtime.database, operation))[0]

    async def test_is_a_persons_when_nobody_could_say_for_long(
        self, runtime: Runtime, act: Act[str, str], shop: Shop
    ) -> None:
        """What may be there is not sent again either."""
        late = cautious(act, Caution(SOON, SOON, timedelta(0)))
        carry_out, ask = late.jobs
        [operation] = await prepare(runtime.database, late.kind)
        shop.ordered, shop.found = [LOST], [LOST, LOST]
        await carry_out.run(runtime, operation)
        for _ in range(2):
            await rows(runtime.database, "UPDATE operations SET due_at = now()")
            await ask.run(runtime, operation)

        assert "NEEDS_ATTENTION" == (await row_of(runtime.database, operation))[0]


class TestAnActThatEndsLater:
    @pytest.mark.parametrize(
        ("found", "state"),
        [
            (Done("A-1"), "SUCCEEDED"),
            (Done("broken"), "REFUSED"),
            (LOST, "PENDING"),
            (None, "PENDING"),
            (Pending("P-1", timedelta(seconds=1)), "PENDING"),
        ],
    )
    async def test_is_asked_about_until_it_has_an_end(
        self,
        runtime: Runtime,
        act: Act[str, str],
        shop: Shop,
        found: Outcome[str] | None,
        state: str,
    ) -> None:
        """Accepted: it cannot be lost, only late; its own job leaves it alone."""
        later = replace(
            act, name=ActName("test.order", Orders, ask_job=ASK_JOB), on_refused=T.REFUSED
        )
        carry_out, ask = later.jobs
        [operation] = await prepare(runtime.database, later.kind)
        shop.ordered, shop.found = [Pending("P-1", timedelta(0))], [found]
        await carry_out.run(runtime, operation)
        await carry_out.run(runtime, operation)
        await rows(runtime.database, "DELETE FROM pgqueuer")

        await ask.run(runtime, operation)

        assert ["order", "find"] == shop.heard
        assert state == (await row_of(runtime.database, operation))[0]
        assert ([ASK_JOB] if state == "PENDING" else []) == await jobs(runtime.database)
        assert (await row_of(runtime.database, operation))[1] is not None

    async def test_is_sent_again_when_it_was_lost(
        self, runtime: Runtime, act: Act[str, str], shop: Shop
    ) -> None:
        """Unknown, and the provider has not done it: under the same key."""
        later = replace(act, name=ActName("test.order", Orders, ask_job=ASK_JOB))
        [operation] = await prepare(runtime.database, later.kind)
        shop.ordered, shop.found = [LOST, Done("A-1")], [None, None]
        carry_out, ask = later.jobs
        await carry_out.run(runtime, operation)
        await rows(runtime.database, "UPDATE operations SET due_at = now()")
        await rows(runtime.database, "DELETE FROM pgqueuer")

        await ask.run(runtime, operation)
        assert ["test.order"] == await jobs(runtime.database)
        await carry_out.run(runtime, operation)

        assert "SUCCEEDED" == (await row_of(runtime.database, operation))[0]


def second(*, is_lost: bool = False, was_unknown: bool = False) -> Task[str]:
    """A second attempt; whether the first may have been done."""
    now = datetime.now(UTC)
    taken = Taken(uuid4(), "key", PROVIDER, uuid4(), 2, 2, is_lost, now, was_unknown=was_unknown)
    return Task(taken, "an order", Attempt(taken.id, "key", 2))


def cautious(act: Act[str, str], caution: Caution) -> Act[str, str]:
    """The act where what was sent may arrive late."""
    name = ActName("test.order", Orders, ask_job=ASK_JOB)
    return replace(act, name=name, caution=lambda _: caution)


async def row_of(database: Database, operation: UUID) -> tuple[str, str | None]:
    """Its state and its reason."""
    [row] = await rows(database, "SELECT state, reason FROM operations WHERE id = $1", operation)
    return row["state"], row["reason"]
