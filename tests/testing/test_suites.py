"""The conformance suites notice a gateway that does not keep its promises."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from tests.backends.smt.test_conformance import TestSMT as SMTSuite
from tests.backends.smt.test_conformance import TestTheCallbacks as CallbackSuite
from tramita.backends.smt.gateway import SMTGateway, make_gateway
from tramita.backends.smt.model import News, Subscriber
from tramita.kit.attempt import Attempt
from tramita.kit.outcome import NotSent, Outcome, Refused, Unknown
from tramita.kit.provider import Connection, Provider, Receiver

CREATE = "create_subscriber"


@dataclass(frozen=True)
class Careless(SMTGateway):
    """Does one thing wrong."""

    slip: str = ""

    async def create_subscriber(self, who: Subscriber, attempt: Attempt) -> Outcome[News]:
        """Make a subscriber, after a fashion."""
        if self.slip == "forgets what it asks for":
            who = replace(who, contract_id=UUID(int=uuid4().int))
            attempt = Attempt(attempt.operation_id, str(uuid4()), exchanges=attempt.exchanges)
        outcome = await super().create_subscriber(who, attempt)
        match self.slip, outcome:
            case "takes doubt for a no", Unknown(reason):
                return Refused("failed", reason)
            case "takes doubt for nothing", Unknown(reason):
                return NotSent(reason, timedelta(seconds=1))
            case "raises", Unknown(reason):
                raise ValueError(reason)
            case "shows its token", _:
                said = attempt.exchanges[-1]
                attempt.exchanges[-1] = replace(said, request=f"Bearer {self.client.token}")
        return outcome


def careless(slip: str) -> Provider:
    """SMT with such a gateway."""

    def make(connection: Connection) -> Careless:
        usual = make_gateway(connection)
        return Careless(usual.client, usual.callback_url, usual.ask_again, slip)

    return replace(SMTSuite.provider, ports={SMTGateway: make})


Promise = Callable[[SMTSuite, Path, str], Awaitable[None]]


class TestAGateway:
    @pytest.mark.parametrize(
        ("slip", "promise"),
        [
            ("takes doubt for a no", SMTSuite.test_takes_any_trouble_for_what_it_is),
            ("takes doubt for a no", SMTSuite.test_takes_no_strangers_word),
            ("takes doubt for nothing", SMTSuite.test_takes_any_trouble_for_what_it_is),
            ("forgets what it asks for", SMTSuite.test_happens_once_under_its_key),
            ("forgets what it asks for", SMTSuite.test_whose_answer_was_lost_is_found),
            ("shows its token", SMTSuite.test_is_journalled_without_secrets),
        ],
    )
    async def test_that_slips_is_found_out(
        self, tmp_path: Path, slip: str, promise: Promise
    ) -> None:
        """By the promise that it breaks."""
        suite = SMTSuite()
        suite.provider = careless(slip)  # type: ignore[misc]  # of this one suite only

        with pytest.raises(AssertionError):
            await promise(suite, tmp_path, CREATE)

    async def test_that_raises_is_found_out(self, tmp_path: Path) -> None:
        """Whatever it raises comes through."""
        suite = SMTSuite()
        suite.provider = careless("raises")  # type: ignore[misc]  # of this one suite only

        with pytest.raises(ValueError, match="unreadable"):
            await suite.test_never_raises(tmp_path, CREATE)


class TestAReceiver:
    @pytest.mark.parametrize(
        ("receiver", "promise"),
        [
            (Receiver(lambda _: True, ""), CallbackSuite.test_are_believed_as_they_were_sent),
            (Receiver(lambda _: True, ""), CallbackSuite.test_that_were_forged_are_not_believed),
            (Receiver(lambda _: True, ""), CallbackSuite.test_of_nobody_are_not_believed),
            (Receiver(lambda _: True, "", lambda _: "1"), CallbackSuite.test_are_known_again),
        ],
    )
    async def test_that_believes_everything_is_found_out(
        self,
        tmp_path: Path,
        receiver: Receiver,
        promise: Callable[[CallbackSuite, Path], Awaitable[None]],
    ) -> None:
        """Also one to which every message is the same."""
        suite = CallbackSuite()
        suite.provider = replace(CallbackSuite.provider, receiver=lambda _: receiver)  # type: ignore[misc]  # of this one suite only

        with pytest.raises(AssertionError):
            await promise(suite, tmp_path)
