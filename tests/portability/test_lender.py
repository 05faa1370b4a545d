"""Who lends: what may be set, and what is served of it."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from tramita.kit.settings import Settings
from tramita.portability.lender import LARGEST_LOGO, LenderSettings
from tramita.process.runtime import running_runtime


class TestLenderSettings:
    def test_are_empty_unless_somebody_is_named(self) -> None:
        """No installation shows a lender that nobody entered."""
        lender = LenderSettings().lender

        assert ("", False, False, ()) == (
            lender.name,
            lender.has_logo,
            lender.has_color,
            lender.channels,
        )

    @pytest.mark.parametrize(
        "wrong",
        [{"color": "blue"}, {"color": "#12345"}, {"phone": "call us"}, {"logo": "logo.gif"}],
    )
    def test_refuse_what_cannot_be_shown(self, wrong: dict[str, str]) -> None:
        """At the start, with the reason, and not on the client's telephone."""
        with pytest.raises(ValidationError):
            LenderSettings.model_validate(wrong)

    async def test_are_read_when_a_process_starts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Before it opens anything: a client's page is too late."""
        monkeypatch.setenv("TRAMITA_LENDER_COLOR", "blue")

        with pytest.raises(ValidationError, match="color"):
            await running_runtime(Settings(), "postgresql://127.0.0.1:1/none").__aenter__()

    def test_refuse_a_logo_that_is_not_there_or_too_large(self, tmp_path: Path) -> None:
        """A page must not wait for a photograph."""
        large = tmp_path / "logo.png"
        large.write_bytes(b"x" * (LARGEST_LOGO + 1))

        for logo in (tmp_path / "none.png", large):
            with pytest.raises(ValidationError):
                LenderSettings(logo=logo)
