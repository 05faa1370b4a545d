"""The machine: random steps, each held against the model, Sigan's ledger and the invariants."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.numbering.machine.acts import Acts
from tests.numbering.machine.place import Place
from tests.numbering.machine.steps import Act, Steps, any_step

Run = Callable[[Coroutine[Any, Any, Any]], Any]


class NumberingMachine(Steps, RuleBasedStateMachine):
    """One rule with every step in it: hypothesis would leave most rules out of most runs."""

    def __init__(self, place: Place, run: Run) -> None:
        super().__init__()
        self.acts, self.run = Acts(place), run
        self.trail: list[str] = []
        self.has_failed = False
        self.run(place.reset())

    @rule(step=any_step())
    def take(self, step: tuple[str, Mapping[str, Any]]) -> None:
        """Take a step."""
        name, arguments = step
        getattr(self, name)(**arguments)

    def teardown(self) -> None:
        """Let everything come to its end, unless it went wrong before."""
        if not self.has_failed:
            self.do("mend, wait, check everything", self.acts.end_well)

    def do(self, name: str, act: Act) -> None:
        """Carry it out, and hold whatever must hold after every step."""
        self.trail.append(name)
        try:
            said = self.run(self._do(act))
        except BaseException as error:
            self.has_failed = True
            error.add_note("\n".join(("The steps were:", *self.trail)))
            raise
        if said:
            self.trail[-1] += f" -> {said}"

    async def _do(self, act: Act) -> str | None:
        said = await act()
        await self.acts.verify()
        return said
