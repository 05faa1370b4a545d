"""The runtime: what one process holds open."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Protocol

import pytest
from pydantic_settings import SettingsConfigDict

from tests.kit.operations.acts import Area
from tramita.kit.cache import CacheAddressNotReadable, MemoryStore, RedisStore
from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.kit.provider import Connection, Provider, ProviderMissing, ProviderSettings
from tramita.kit.runtime import open_runtime
from tramita.kit.settings import Mode, Settings


class OrderGateway(Protocol):
    def url(self) -> str: ...


class AcmeSettings(ProviderSettings):
    model_config = SettingsConfigDict(env_prefix="TRAMITA_ACME_", extra="ignore")


class AcmeGateway:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def url(self) -> str:
        return self.connection.exchange.base_url


ACME = Provider("acme", "Acme", AcmeSettings, {OrderGateway: AcmeGateway})
PROVIDERS = {"acme": ACME}
DEMO = Settings(mode=Mode.DEMO, simulators_port=8100)


class TestOpenRuntime:
    async def test_connects_providers_to_their_simulators_in_the_demo(
        self, database_url: str
    ) -> None:
        """Nothing needs to be set to try it out."""
        async with open_runtime(DEMO, database_url, PROVIDERS) as runtime:
            gateway = runtime.gateway(OrderGateway, "acme")

        assert "http://127.0.0.1:8100/acme" == gateway.url()

    async def test_reads_each_provider_s_own_settings(
        self, database_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """From `TRAMITA_<PROVIDER>_*`."""
        monkeypatch.setenv("TRAMITA_ACME_URL", "https://acme.example")
        monkeypatch.setenv("TRAMITA_ACME_DEADLINE", "7")
        monkeypatch.setenv("TRAMITA_ACME_CONCURRENCY", "3")

        async with open_runtime(DEMO, database_url, PROVIDERS) as runtime:
            exchange = runtime.exchanges["acme"]

        assert ("https://acme.example", timedelta(seconds=7), 3) == (
            exchange.base_url,
            exchange.deadline,
            exchange.concurrency,
        )

    async def test_does_not_talk_to_a_simulator_in_production(self, database_url: str) -> None:
        """It goes without, and says which variable to set."""
        production = Settings(mode=Mode.PRODUCTION)

        async with open_runtime(production, database_url, PROVIDERS) as runtime:
            failed = runtime.failed_plugins["provider acme"]

            with pytest.raises(ProviderMissing):
                runtime.gateway(OrderGateway, "acme")

        assert "TRAMITA_ACME_URL" in failed

    async def test_caches_in_redis_once_it_has_an_address(
        self, database_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It need not answer for Tramita to start; an address that is none stops it."""
        for address, store in (("", MemoryStore), ("redis://127.0.0.1:1", RedisStore)):
            monkeypatch.setenv("TRAMITA_CACHE_URL", address)
            async with open_runtime(Settings(mode=Mode.DEMO), database_url, {}) as runtime:
                assert store is type(runtime.cache.store)

        monkeypatch.setenv("TRAMITA_CACHE_URL", "127.0.0.1:1")
        with pytest.raises(CacheAddressNotReadable, match="TRAMITA_CACHE_URL"):
            async with open_runtime(Settings(mode=Mode.DEMO), database_url, {}):
                pass


class TestRuntime:
    @pytest.mark.parametrize(
        ("port", "provider"), [(OrderGateway, "nobody"), (Provider, "acme")], ids=["key", "port"]
    )
    async def test_says_which_gateway_is_missing(
        self, database_url: str, port: type, provider: str
    ) -> None:
        """No such provider, or not for that port."""
        async with open_runtime(DEMO, database_url, PROVIDERS) as runtime:
            with pytest.raises(ProviderMissing, match=f"{provider} with port {port.__name__}"):
                runtime.gateway(port, provider)

    async def test_gives_a_desk_the_time_of_a_call_and_some_grace(self, database_url: str) -> None:
        """One desk per kind and process, so that jobs meet in its batches."""
        settings = Settings(mode=Mode.DEMO, operation_grace=4)
        async with open_runtime(settings, database_url, PROVIDERS) as runtime:
            kind = replace(Area().kind, port=OrderGateway)
            desk = runtime.desk(kind)

            assert desk is runtime.desk(kind)
        assert {"acme": timedelta(seconds=34)} == desk.leases

    @pytest.mark.parametrize(
        ("declared", "seconds"),
        [
            ({"requests": 4}, 2 * 4 * 30 + 4),
            ({"requests": 4, "requests_of": {OrderGateway: 3}}, 2 * 3 * 30 + 4),
        ],
        ids=["of all its ports", "of one port"],
    )
    async def test_gives_a_desk_time_for_each_request_of_a_call(
        self, database_url: str, declared: dict[str, Any], seconds: int
    ) -> None:
        """Or an act whose provider answers slowly would never hear the last one."""
        settings = Settings(mode=Mode.DEMO, operation_grace=4)
        slow = {"acme": replace(ACME, **declared)}
        async with open_runtime(settings, database_url, slow) as runtime:
            kind = replace(Area().kind, port=OrderGateway, calls=2, ask_calls=2)
            desk = runtime.desk(kind)

        expected = {"acme": timedelta(seconds=seconds)}
        assert expected == desk.leases == desk.ask_leases

    async def test_makes_one_gateway_for_ports_of_one_function(self, database_url: str) -> None:
        """What it keeps, such as a token, is there once."""
        both = replace(ACME, ports={OrderGateway: AcmeGateway, AcmeGateway: AcmeGateway})
        async with open_runtime(DEMO, database_url, {"acme": both}) as runtime:
            gateways = [runtime.gateway(port, "acme") for port in (OrderGateway, AcmeGateway)]

        assert gateways[0] is gateways[1]

    async def test_knows_what_an_installed_provider_can_do(self, database_url: str) -> None:
        """By its manifest, configured or not; of one that is gone nobody knows."""
        production = Settings(mode=Mode.PRODUCTION)
        async with open_runtime(production, database_url, PROVIDERS) as runtime:
            can = [runtime.can("acme", OrderGateway), runtime.can("acme", Provider)]
            gone = runtime.can("gone", Provider)

        assert ([True, False], True) == (can, gone)

    async def test_gathers_those_who_ask_the_same(
        self, database: Database, database_url: str
    ) -> None:
        """Many askers, few transactions, each with his own answer."""
        transactions: list[int] = []

        async def double(work: UnitOfWork, numbers: Sequence[int]) -> list[int]:
            transactions.append(len(numbers))
            rows = await work.fetch(
                "SELECT 2 * n AS twice FROM unnest($1::int[]) WITH ORDINALITY AS t(n, i) "
                "ORDER BY i",
                list(numbers),
            )
            return [row["twice"] for row in rows]

        async with open_runtime(DEMO, database_url, {}) as runtime:
            answers = await asyncio.gather(*(runtime.gathered(double).add(n) for n in range(30)))

        assert [2 * n for n in range(30)] == answers
        assert len(transactions) <= 2
