"""Every provider's credentials: the demo's are public, so nothing in production takes them."""

from pathlib import Path

import pytest

from tramita.contracts.backends import load_backends
from tramita.kit.credentials import credentials_of
from tramita.kit.environment import variable_of
from tramita.kit.plugins import load_plugins
from tramita.kit.provider import Provider
from tramita.kit.runtime import open_runtime
from tramita.kit.settings import Mode, Settings
from tramita.simulation.keys import ensure_key_pair

KEY_FILES = {
    "TRAMITA_QITECH_PRIVATE_KEY_FILE": "client.pem",
    "TRAMITA_QITECH_PROVIDER_KEY_FILE": "provider.pub.pem",
}
# What has to look like one; any other is any text.
FORMED = {"TRAMITA_TELEGRAM_BOT_TOKEN": "2000002:ours-of-telegram"}


def _providers() -> dict[str, Provider]:
    behind = [one.provider for one in load_backends().loaded.values() if one.provider]
    return load_plugins("tramita.providers", Provider).loaded | {one.key: one for one in behind}


PROVIDERS = _providers()


def _demo_values(provider: Provider) -> dict[str, str]:
    """Values that stand in the source for the demo, by the variable that each belongs to."""
    kind = provider.settings
    return {variable_of(kind, name): value for name, value in credentials_of(kind).items()}


CREDENTIALS = [
    (key, variable) for key, provider in PROVIDERS.items() for variable in _demo_values(provider)
]


async def refusal(database_url: str, key: str, data_dir: Path) -> str | None:
    """Why this provider is not connected in production, if it is not."""
    settings = Settings(mode=Mode.PRODUCTION, data_dir=data_dir)
    async with open_runtime(settings, database_url, {key: PROVIDERS[key]}) as runtime:
        return runtime.failed_plugins.get(f"provider {key}")


@pytest.fixture
def configured(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, Path]:
    """An installation in production with every provider's credentials of its own."""
    for key, variable in CREDENTIALS:
        monkeypatch.setenv(variable, FORMED.get(variable, f"ours-of-{key}"))
    for variable, name in KEY_FILES.items():
        own = ensure_key_pair(tmp_path / "own", name.partition(".")[0])
        monkeypatch.setenv(
            variable, str(own.private_path if name == "client.pem" else own.public_path)
        )
    for key in PROVIDERS:
        monkeypatch.setenv(f"TRAMITA_{key.upper()}_URL", f"https://{key}.example")
    return database_url, tmp_path


class TestInProduction:
    @pytest.mark.parametrize("key", PROVIDERS)
    async def test_credentials_of_ones_own_are_taken(
        self, configured: tuple[str, Path], key: str
    ) -> None:
        """Then the provider is connected."""
        url, data_dir = configured

        assert await refusal(url, key, data_dir) is None

    @pytest.mark.parametrize(("key", "variable"), CREDENTIALS)
    async def test_none_is_named(
        self,
        configured: tuple[str, Path],
        monkeypatch: pytest.MonkeyPatch,
        key: str,
        variable: str,
    ) -> None:
        """The process goes on, and says what is missing."""
        url, data_dir = configured
        monkeypatch.delenv(variable)

        assert f"There is no {variable}" in (await refusal(url, key, data_dir) or "")

    @pytest.mark.parametrize(("key", "variable"), CREDENTIALS)
    async def test_the_demos_is_refused_by_name(
        self,
        configured: tuple[str, Path],
        monkeypatch: pytest.MonkeyPatch,
        key: str,
        variable: str,
    ) -> None:
        """Each of its values, in the variable that it belongs to."""
        url, data_dir = configured
        monkeypatch.setenv(variable, f" {_demo_values(PROVIDERS[key])[variable]}")

        assert f"{variable} is the demo's" in (await refusal(url, key, data_dir) or "")

    @pytest.mark.parametrize("variable", KEY_FILES)
    async def test_a_key_that_the_demo_has_made_is_refused_by_name(
        self, configured: tuple[str, Path], monkeypatch: pytest.MonkeyPatch, variable: str
    ) -> None:
        """Also as a copy in another place."""
        url, data_dir = configured
        made = ensure_key_pair(data_dir / "keys" / "qitech", KEY_FILES[variable].partition(".")[0])
        copy = data_dir / "copy.pem"
        copy.write_bytes(made.private_pem if "PRIVATE" in variable else made.public_pem)
        monkeypatch.setenv(variable, str(copy))

        assert f"{variable} is the demo's" in (await refusal(url, "qitech", data_dir) or "")

    @pytest.mark.parametrize("variable", KEY_FILES)
    async def test_a_key_that_cannot_be_read_is_named(
        self, configured: tuple[str, Path], monkeypatch: pytest.MonkeyPatch, variable: str
    ) -> None:
        """A missing file stops no process, and neither does one that is no key."""
        url, data_dir = configured
        rubbish = data_dir / "rubbish.pem"
        rubbish.write_text("no key", encoding="utf-8")

        monkeypatch.setenv(variable, str(data_dir / "nowhere.pem"))
        missing = await refusal(url, "qitech", data_dir)
        monkeypatch.setenv(variable, str(rubbish))

        assert variable in (missing or "")
        assert "not a P-521 key" in (await refusal(url, "qitech", data_dir) or "")

    @pytest.mark.parametrize("key", PROVIDERS)
    async def test_nothing_is_said_to_anybody_in_clear(
        self, configured: tuple[str, Path], monkeypatch: pytest.MonkeyPatch, key: str
    ) -> None:
        """Tokens and people's data would cross the network for all to read."""
        url, data_dir = configured
        variable = f"TRAMITA_{key.upper()}_URL"

        monkeypatch.setenv(variable, f"http://{key}.example")
        over_the_network = await refusal(url, key, data_dir)
        monkeypatch.setenv(variable, "http://127.0.0.1:9")

        assert variable in (over_the_network or "")
        assert await refusal(url, key, data_dir) is None


class TestDefaults:
    @pytest.mark.parametrize("key", PROVIDERS)
    def test_hold_no_value_of_the_demos(self, key: str) -> None:
        """What nobody has set is empty."""
        provider = PROVIDERS[key]
        defaults = {field.default for field in provider.settings.model_fields.values()}

        assert not defaults & {*_demo_values(provider).values()}
