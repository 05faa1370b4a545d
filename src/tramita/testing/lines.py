"""The conformance suite of ``LineActivation``."""

from collections.abc import Mapping
from typing import Any

from tramita.kit.outcome import Done, Outcome, Pending
from tramita.numbering.ports import LineActivation
from tramita.testing.gateways import ActingGatewaySuite, Method
from tramita.testing.scene import Scene, attempt


class LineActivationSuite(ActingGatewaySuite[LineActivation]):
    """A vendor whose lines do not go live of themselves meanwhile."""

    port = LineActivation

    async def new_line(self, scene: Scene[LineActivation]) -> tuple[str, str]:
        """A SIM without a number, and a number that can be put on it."""
        raise NotImplementedError

    async def assigned(self, scene: Scene[LineActivation]) -> tuple[str, str, str]:
        """A SIM with its number, and the key under which it came there."""
        sim, msisdn = await self.new_line(scene)
        asked = attempt()
        await scene.gateway.assign_sim(sim, msisdn, asked)
        return sim, msisdn, asked.key

    def methods(self) -> Mapping[str, Method[LineActivation]]:
        """All four that are answered."""
        return {
            "assign_sim": Method(
                lambda us, line, of: us.assign_sim(line[0], line[1], of),
                self.new_line,
                is_act=True,
                was_done=_was_seen,
            ),
            "release_sim": Method(
                lambda us, line, of: us.release_sim(line[0], of),
                self.assigned,
                is_act=True,
                is_bare=True,
                was_done=_has_ended,
            ),
            "find_assignment": Method(
                lambda us, line, of: us.find_assignment(line[2], of), self.assigned
            ),
            "find_line": Method(
                lambda us, line, of: us.find_line(line[0], line[1], of), self.assigned
            ),
        }


async def _was_seen(us: LineActivation, _: Any, key: str) -> bool:
    return not _is_nothing(await us.find_assignment(key, attempt()))


async def _has_ended(us: LineActivation, line: tuple[str, str, str], _: str) -> bool:
    return _is_nothing(await us.find_line(line[0], line[1], attempt()))


def _is_nothing(found: Outcome[Any]) -> bool:
    assert isinstance(found, Done | Pending), found
    return found == Done(None)
