"""Installed backends, and what they know of their contracts."""

import sys
from collections.abc import Callable
from types import ModuleType

import pytest

from tramita.contracts.backends import (
    ContractBackend,
    find_answer,
    get_pbe_info,
    install_backend,
    installed_backends,
    load_backends,
    remove_backend,
)
from tramita.contracts.decorators import backend_handler
from tramita.contracts.lifecycle import ContractState
from tramita.contracts.model import Contract
from tramita.contracts.signals import on_contract_cancel, on_contract_create

Install = Callable[[ContractBackend], ContractBackend]
_UNDESCRIBED = ("telmex", "net")


def _contract(backend: str) -> Contract:
    return Contract(
        name="C-1",
        backend=backend,
        state=ContractState.CREATED,
        activated=False,
        backend_record={},
    )


def _appender(calls: list[str], name: str) -> Callable[[Contract], None]:
    return lambda _: calls.append(name)


class TestLoadBackends:
    def test_finds_the_plugins_of_this_house_once(self) -> None:
        """The entry points lead to them, and loading again connects nothing twice."""
        first = load_backends()

        assert {"smt", "telmex"} <= set(first.loaded)
        assert first is load_backends()
        names = [receiver.name for receiver in on_contract_create.receivers_for(_contract("smt"))]
        assert ["smt"] == names


class TestInstallBackend:
    def test_replaces_what_had_the_same_key(self, install: Install) -> None:
        """One backend per key, with the handlers of the last one only."""
        calls: list[str] = []
        for name in ("old", "new"):
            install(
                ContractBackend(
                    "test",
                    name,
                    handlers={on_contract_create: _appender(calls, name)},
                )
            )

        on_contract_create.tell(_contract("test"))

        assert ["new"] == calls
        assert "new" == installed_backends()["test"].title

    def test_is_undone_completely(self) -> None:
        """A removed backend hears nothing and describes nothing."""
        install_backend(
            ContractBackend(
                "test",
                "Test",
                handlers={on_contract_cancel: lambda _: None},
                describe=lambda _: {},
            )
        )

        remove_backend("test")

        assert get_pbe_info("test") is None
        assert not on_contract_cancel.has_receivers_for(_contract("test"))


class TestGetPbeInfo:
    def test_gives_the_plugins_function_or_none(self) -> None:
        """A plugin may describe its contracts, need not, and need not exist."""
        assert {"name": "smt", "contract": "C-1"} == dict(_contract("smt"))["backend"]
        assert ("telmex", "net") == tuple(dict(_contract(key))["backend"] for key in _UNDESCRIBED)
        assert [None, None] == [get_pbe_info(key) for key in _UNDESCRIBED]


class TestFindAnswer:
    def test_gives_what_a_backend_implements_for_an_area(self, install: Install) -> None:
        """By the area's own protocol; of others, and of other backends, nothing."""
        install(ContractBackend("test", "Test", former_keys=("before",), answers={list: [1]}))

        assert [[1], [1], None, None] == [
            find_answer("test", list),
            find_answer("before", list),
            find_answer("test", dict),
            find_answer("telmex", list),
        ]


class TestBackendHandler:
    @pytest.mark.parametrize(
        ("module", "package", "expected"),
        [
            ("plugins.acme", "plugins.acme", "acme"),
            ("plugins.acme.handlers", "plugins.acme", "acme"),
            ("acme", "", "acme"),
        ],
    )
    def test_takes_the_name_of_the_package_it_is_written_in(
        self, monkeypatch: pytest.MonkeyPatch, module: str, package: str, expected: str
    ) -> None:
        """Bare, as in the seed: the key is the last part of the defining package."""
        made = ModuleType(module)
        made.__package__ = package
        monkeypatch.setitem(sys.modules, module, made)

        def created(_: Contract) -> None: ...

        created.__module__ = module

        assert expected == backend_handler(created).backend

    def test_runs_only_for_contracts_of_its_backend(self) -> None:
        """Called directly or by a signal, it leaves other contracts alone."""
        heard: list[str] = []
        handler = backend_handler("acme")(lambda contract: heard.append(contract.backend))

        handler(_contract("acme"))
        handler(_contract("other"))

        assert ["acme"] == heard
