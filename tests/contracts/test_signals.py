"""Signals: who hears what, in which order, and what happens when a listener fails."""

import gc
from collections.abc import Iterator
from dataclasses import dataclass

import blinker
import pytest

from tramita.contracts.decorators import backend_handler
from tramita.contracts.errors import BackendRefused
from tramita.contracts.signals import SIGNALS, ContractSignal, HandlerNotUsable, signal


@dataclass
class SomeContract:
    """Something with a backend."""

    backend: str
    activated: bool = False


@pytest.fixture
def happened() -> Iterator[ContractSignal]:
    """A signal of the test's own."""
    yield ContractSignal("on_test", "In a test.", {"reason": "why"})
    del blinker.default_namespace["on_test"]


class TestContractSignal:
    @pytest.mark.parametrize("one", SIGNALS, ids=lambda one: one.name)
    def test_is_the_one_blinker_knows_by_its_name(self, one: ContractSignal) -> None:
        """The seed's ``signal('on_contract_create')`` is ours, from blinker or from us."""
        assert one is signal(one.name)
        assert one is blinker.signal(one.name)

    def test_takes_the_seeds_handlers_as_they_are(self, happened: ContractSignal) -> None:
        """A handler ``(sender, backend)``, decorated bare and connected, runs for its own."""

        @backend_handler
        def created(sender: SomeContract, backend: str) -> None:  # noqa: ARG001 - the seed's own shape
            sender.activated = True

        signal("on_test").connect(created)
        own = SomeContract(created.backend)
        other = SomeContract("other")

        happened.tell(own, work=None, backend=own.backend)
        happened.tell(other, work=None, backend=other.backend)

        assert (True, False) == (own.activated, other.activated)

    def test_runs_general_receivers_first_and_each_group_in_order(
        self, happened: ContractSignal
    ) -> None:
        """Registration order within a group, whatever the order between groups was."""
        calls: list[str] = []
        happened.connect_backend(lambda _: calls.append("own 1"), "a")
        happened.connect(lambda _: calls.append("general 1"))
        happened.connect_backend(lambda _: calls.append("own 2"), "a")
        happened.connect(lambda _: calls.append("general 2"))

        happened.tell(SomeContract("a"))

        assert ["general 1", "general 2", "own 1", "own 2"] == calls

    def test_keeps_closures_alive(self, happened: ContractSignal) -> None:
        """A receiver nobody else refers to is not lost."""
        calls: list[str] = []

        def subscribe() -> None:
            happened.connect(lambda _: calls.append("heard"))

        subscribe()
        gc.collect()
        happened.tell(SomeContract("a"))

        assert ["heard"] == calls

    def test_connects_the_same_function_once(self, happened: ContractSignal) -> None:
        """Connecting twice does not run it twice."""
        calls: list[str] = []

        def hear(contract: SomeContract) -> None:
            calls.append(contract.backend)

        happened.connect(hear)
        happened.connect(hear)
        happened.tell(SomeContract("a"))

        assert ["a"] == calls

    def test_forgets_what_is_disconnected(self, happened: ContractSignal) -> None:
        """A disconnected receiver, decorated or not, hears nothing."""
        calls: list[str] = []
        general = happened.connect(lambda _: calls.append("general"))
        own = happened.connect(backend_handler("a")(lambda _: calls.append("own")))

        happened.disconnect(general)
        happened.disconnect(own)
        happened.tell(SomeContract("a"))

        assert [] == calls
        assert not happened.has_receivers_for(SomeContract("a"))

    def test_gives_a_receiver_what_it_asks_for_by_name(self, happened: ContractSignal) -> None:
        """Only the named values are handed over; ``**payload`` gets them all."""
        heard: list[object] = []
        happened.connect(lambda _, reason: heard.append(reason))
        happened.connect(lambda _, **payload: heard.append(sorted(payload)))

        happened.tell(SomeContract("a"), work=1, backend="a", reason="because")

        assert ["because", ["backend", "reason", "work"]] == heard

    def test_refuses_a_receiver_that_wants_what_is_not_there(
        self, happened: ContractSignal
    ) -> None:
        """A misspelt name is found when subscribing, not when a contract is created."""
        with pytest.raises(HandlerNotUsable, match="on_test has no werk"):
            happened.connect(lambda _, werk: None)  # noqa: ARG005 - the point

    def test_refuses_asynchronous_receivers(self, happened: ContractSignal) -> None:
        """A handler runs inside the unit of work; what takes time is a job."""

        async def hear(contract: SomeContract) -> None: ...

        with pytest.raises(HandlerNotUsable, match="enqueue a job"):
            happened.connect(hear)

    @pytest.mark.parametrize(
        ("raised", "expected"),
        [
            (BackendRefused("out of stock."), "The backend a refused: out of stock."),
            (KeyError("x"), "The backend a refused: KeyError: 'x'."),
        ],
    )
    def test_turns_whatever_a_plugin_raises_into_a_refusal(
        self, happened: ContractSignal, raised: Exception, expected: str
    ) -> None:
        """The refusal names the backend, and the original error stays visible."""

        def fail(_: SomeContract) -> None:
            raise raised

        happened.connect_backend(fail, "a")

        with pytest.raises(BackendRefused) as refusal:
            happened.tell(SomeContract("a"))

        assert expected == str(refusal.value)
        assert "backend_refused" == refusal.value.code
        assert raised is refusal.value.__cause__
