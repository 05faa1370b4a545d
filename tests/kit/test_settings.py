"""Settings from the environment."""

import pytest

from tramita.kit.settings import Mode, Settings


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "MODE", "PUBLIC_URL", "HOST", "PORT"):
        monkeypatch.delenv(f"TRAMITA_{name}", raising=False)


class TestSettings:
    @pytest.mark.parametrize(
        ("environment", "mode"),
        [
            ({}, Mode.DEMO),
            ({"DATABASE_URL": ""}, Mode.DEMO),
            ({"DATABASE_URL": "postgresql://db/tramita"}, Mode.PRODUCTION),
            ({"DATABASE_URL": "postgresql://db/tramita", "MODE": "demo"}, Mode.DEMO),
            ({"MODE": "production"}, Mode.PRODUCTION),
        ],
        ids=["nothing", "empty url", "url", "url and demo", "production"],
    )
    def test_choose_the_mode_by_the_database(
        self, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], mode: Mode
    ) -> None:
        """Whoever gives a database of his own means it, unless he says otherwise."""
        for name, value in environment.items():
            monkeypatch.setenv(f"TRAMITA_{name}", value)

        settings = Settings()

        assert (mode, mode is Mode.DEMO) == (settings.mode, settings.is_demo)

    @pytest.mark.parametrize(
        ("given", "address"),
        [
            ({}, "http://127.0.0.1:8000"),
            ({"port": 81, "host": "10.0.0.1"}, "http://10.0.0.1:81"),
            ({"public_url": "https://tramita.example/"}, "https://tramita.example"),
        ],
    )
    def test_know_how_clients_reach_them(self, given: dict[str, object], address: str) -> None:
        """Without a trailing slash, so that paths can follow."""
        assert address == Settings.model_validate(given).address
