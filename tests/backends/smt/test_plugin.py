"""What SMT's plugin does where there is no SMT."""

import pytest

from tramita.backends.smt.plugin import AT_ONCE, NOWHERE, OVER_HTTP, make_backend
from tramita.backends.smt.settings import SMTSettings
from tramita.contracts.decorators import Handler
from tramita.contracts.errors import BackendRefused
from tramita.contracts.lifecycle import ContractState
from tramita.contracts.model import Contract
from tramita.contracts.signals import ContractSignal
from tramita.kit.settings import Mode, Settings


class TestMakeBackend:
    @pytest.mark.parametrize(
        ("mode", "url", "handlers"),
        [
            (Mode.DEMO, "", AT_ONCE),
            (Mode.DEMO, "http://smt", OVER_HTTP),
            (Mode.PRODUCTION, "https://smt", OVER_HTTP),
            (Mode.PRODUCTION, "", NOWHERE),
        ],
    )
    def test_pretends_in_a_demo_only(
        self, mode: Mode, url: str, handlers: dict[ContractSignal, Handler]
    ) -> None:
        """A contract is called activated because its service runs, or because this is a demo."""
        backend = make_backend(SMTSettings(url=url), Settings(mode=mode))

        assert handlers is backend.handlers
        assert (handlers is NOWHERE) == (backend.unavailable is not None)

    @pytest.mark.parametrize("handler", NOWHERE.values())
    def test_names_what_is_missing_in_production(self, handler: Handler) -> None:
        """Nothing is begun and nothing ended; the sentence says which setting to set."""
        contract = Contract(name="C-1", backend="smt", state=ContractState.CREATED, activated=False)

        with pytest.raises(BackendRefused, match="TRAMITA_SMT_URL"):
            handler(contract)

        assert not contract.activated
