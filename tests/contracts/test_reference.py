"""The generated page of signals."""

from tramita.contracts.reference import render_signals
from tramita.contracts.signals import SIGNALS


class TestRenderSignals:
    def test_names_every_signal_its_payload_and_its_listeners(self) -> None:
        """Nothing that is sent is missing, and the installed plugins are named."""
        page = render_signals()

        for one in SIGNALS:
            section = page.split(f"## `{one.name}`")[1].split("## ")[0]
            assert all(f"| `{name}` |" in section for name in one.payload)
        assert "`smt`, `telmex`" in page.split("## `on_contract_create`")[1].split("## ")[0]
