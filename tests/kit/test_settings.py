"""Settings from the environment."""

import pytest
from pydantic import ValidationError

from tramita.kit.environment import describe_invalid
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
            ({"port": 81, "host": "10.0.0.1", "mode": "production"}, "http://10.0.0.1:81"),
            ({"public_url": "https://tramita.example/"}, "https://tramita.example"),
        ],
    )
    def test_know_how_clients_reach_them(self, given: dict[str, object], address: str) -> None:
        """Without a trailing slash, so that paths can follow."""
        assert address == Settings.model_validate(given).address

    @pytest.mark.parametrize(
        ("given", "sentence"),
        [
            ({"port": "99999"}, "TRAMITA_PORT: Input should be less than or equal to 65535"),
            (
                {"simulators_port": "-1"},
                "TRAMITA_SIMULATORS_PORT: Input should be greater than or equal to 0",
            ),
            ({"log_level": "loud"}, "TRAMITA_LOG_LEVEL: levels are DEBUG, INFO, WARNING, ERROR"),
            (
                {"database_url": "mysql://db/tramita"},
                "TRAMITA_DATABASE_URL: a PostgreSQL address begins with postgresql://",
            ),
            ({"mode": "none"}, "TRAMITA_MODE: Input should be 'demo' or 'production'"),
            ({"host": "0.0.0.0"}, "a demo listens on loopback only, not on 0.0.0.0 (TRAMITA_HOST)"),
        ],
    )
    def test_say_which_variable_is_wrong(
        self, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], sentence: str
    ) -> None:
        """By the name that an operator can set."""
        for name, value in given.items():
            monkeypatch.setenv(f"TRAMITA_{name.upper()}", value)
        with pytest.raises(ValidationError) as refused:
            Settings()

        assert describe_invalid(refused.value).startswith(sentence)

    @pytest.mark.parametrize(
        "given",
        [
            {"host": "0.0.0.0", "demo_for_all": True},
            {"host": "0.0.0.0", "mode": "production"},
            {"host": "::1"},
            {"host": "localhost"},
        ],
    )
    def test_let_others_reach_what_may_be_reached(self, given: dict[str, object]) -> None:
        """A demo when told so twice, production always."""
        assert given["host"] == Settings.model_validate(given).host

    def test_know_levels_in_any_case(self) -> None:
        """As the logging library does."""
        assert "DEBUG" == Settings.model_validate({"log_level": "debug"}).log_level
