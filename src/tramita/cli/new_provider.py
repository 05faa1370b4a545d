"""``tramita new-provider``: the folder of a provider, from a port as it stands in the source.

What is written works at once: a vendor that speaks our words, its simulator, and the test by
which it keeps its port's promises. Where the real vendor differs, the files say where that
belongs.
"""

import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from string import Template
from typing import Annotated, Final

import msgspec
import typer

from tramita.chats.ports import ChatService
from tramita.cli.port_source import Port, PortMethod, read_port
from tramita.kit.errors import ConfigurationError
from tramita.numbering.devices.ports import DeviceCatalog
from tramita.numbering.ports import LineActivation, NumberInventory
from tramita.payments.ports import PaymentBackend
from tramita.portability.ports import ProposalGateway
from tramita.signatures.ports import SignatureBackend
from tramita.testing.samples import sample
from tramita.transfers.ports import BackOffice

_TEMPLATES: Final = files("tramita.cli") / "provider_templates"
_KEY: Final = re.compile(r"[a-z][a-z0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class Choice:
    """A port to choose: its conformance suite, and what a test has to tell that."""

    port: type
    suite: str
    told: str
    words: str


PORTS: Final[Mapping[str, Choice]] = {
    "numbers": Choice(
        NumberInventory,
        "NumberInventorySuite",
        '    wanted = WantedNumbers("11", "a brand", 1, timedelta(minutes=16))',
        "from datetime import timedelta\nfrom tramita.numbering.ports import WantedNumbers",
    ),
    "lines": Choice(
        LineActivation,
        "LineActivationSuite",
        "    async def new_line(self, scene: Scene[LineActivation]) -> tuple[str, str]:\n"
        '        """A SIM and a number that the vendor has not seen."""\n'
        "        return attempt().key, attempt().key",
        "from tramita.numbering.ports import LineActivation\n"
        "from tramita.testing.scene import Scene, attempt",
    ),
    "devices": Choice(
        DeviceCatalog,
        "DeviceCatalogSuite",
        '    brand_id = "b-1"\n    device = AskedDevice(AskedBy.TAC, "35387923")',
        "from tramita.numbering.devices.ports import AskedBy, AskedDevice",
    ),
    "lenders": Choice(
        ProposalGateway,
        "LenderSuite",
        "    def proposal(self, contract_number: str) -> Proposal:\n"
        '        """One that the simulator takes."""\n'
        "        made: Proposal = replace(sample(Proposal), contract_number=contract_number)\n"
        "        return made",
        "from dataclasses import replace\nfrom tramita.portability.ports import Proposal\n"
        "from tramita.testing.samples import sample",
    ),
    "signatures": Choice(
        SignatureBackend,
        "SignatureBackendSuite",
        "    async def sign(self, scene: Scene[SignatureBackend], made: Made, who: Signatory) -> None:\n"
        '        """Have somebody sign: as yet the simulator has no people."""\n\n'
        "    async def refuse(self, scene: Scene[SignatureBackend], made: Made, who: Signatory) -> None:\n"
        '        """Have somebody refuse."""',
        "from tramita.signatures.ports import Signatory, SignatureBackend\n"
        "from tramita.testing.scene import Scene\nfrom tramita.testing.signatures import Made",
    ),
    "offices": Choice(
        BackOffice,
        "BackOfficeSuite",
        "    async def sent(self, scene: Scene[BackOffice]) -> OfficeApplication:\n"
        '        """An application that has its document: as yet the simulator keeps none."""\n'
        "        return self.application()",
        "from tramita.testing.scene import Scene\n"
        "from tramita.transfers.ports import BackOffice, OfficeApplication",
    ),
    "payments": Choice(
        PaymentBackend,
        "PaymentBackendSuite",
        "    async def saved_card(self, scene: Scene[PaymentBackend], payer: Payer) -> SavedCard:\n"
        '        """Have a payer save a card: as yet the simulator has no people."""\n'
        "        made: SavedCard = sample(SavedCard)\n"
        "        return made",
        "from tramita.payments.ports import Payer, PaymentBackend, SavedCard\n"
        "from tramita.testing.samples import sample\nfrom tramita.testing.scene import Scene",
    ),
    "chats": Choice(
        ChatService,
        "ChatServiceSuite",
        "    async def group(self, scene: Scene[ChatService]) -> Place:\n"
        '        """A group with our bot: as yet the simulator has none."""\n'
        "        return Place(1, 1)\n\n"
        "    async def attach(self, scene: Scene[ChatService], place: Place, content: bytes) -> str:\n"
        '        """Have somebody send a file there: as yet the simulator has no people."""\n'
        '        return "x"',
        "from tramita.chats.ports import ChatService\n"
        "from tramita.testing.chats import Place\nfrom tramita.testing.scene import Scene",
    ),
}


class ProviderKeyUnusable(ConfigurationError):
    """{key} is no key for a provider: two letters at least, small ones and digits."""


class PortUnknown(ConfigurationError):
    """There is no port {port}; there are {known}."""


class ProviderThere(ConfigurationError):
    """{folder} is there already, and is left as it is."""


def run_new_provider(
    key: Annotated[str, typer.Argument(help="The provider's key: its folder, path and prefix.")],
    port: Annotated[str, typer.Option(help=f"One of {', '.join(PORTS)}.")],
    into: Annotated[Path, typer.Option(help="The root of the repository.")] = Path(),
) -> None:
    """Write a provider that works at once, to be made like the real vendor step by step."""
    if _KEY.fullmatch(key) is None:
        raise ProviderKeyUnusable(key=key)
    if port not in PORTS:
        raise PortUnknown(port=port, known=", ".join(PORTS))
    folder, tests = into / f"src/tramita/providers/{key}", into / f"tests/providers/{key}"
    if folder.exists():
        raise ProviderThere(folder=folder)
    written = write_provider(key, port, folder, tests)
    typer.echo("\n".join(map(str, written)))
    typer.echo(
        f'\nRegister it in pyproject.toml under [project.entry-points."tramita.providers"]:\n'
        f'{key} = "tramita.providers.{key}.plugin:provider"\n'
        f"Then: make fix, and pytest {tests}"
    )


def write_provider(key: str, port: str, folder: Path, tests: Path) -> list[Path]:
    """Write its files; answers their paths."""
    choice = PORTS[port]
    values = _values(key, port, choice, read_port(choice.port))
    names = ("__init__.py", "settings.py", "wire.py", "gateway.py", "plugin.py", "simulator.py")
    written = [_write(folder / name, name, values) for name in (*names, "README.md")]
    written.append(_write(tests / "test_conformance.py", "test_conformance.py", values))
    _put_in_order(written)
    return written


def _values(key: str, port: str, choice: Choice, read: Port) -> dict[str, str]:
    words = {word for method in read.methods for word in method.words}
    answers = {word for one in read.methods for word in re.findall(r"\w+", one.text)}
    answered = [one for one in read.methods if one.is_async]
    return {
        "key": key,
        "title": key.capitalize(),
        "prefix": f"TRAMITA_{key.upper()}_",
        "port": choice.port.__name__,
        "port_module": read.homes[choice.port.__name__],
        "port_key": port,
        "suite": choice.suite,
        "told": choice.told,
        "told_imports": choice.words,
        "imports": read.imports({*words, *read.kept.values(), "Outcome", "NotUnderstood"}),
        "kept": "\n".join(
            f"    {name}: {kind} = field(default_factory={kind})"
            for name, kind in read.kept.items()
        ),
        "wire_imports": read.imports(answers),
        "wire_names": ", ".join([*map(_wire, read.methods), "WireError"]),
        "records": "\n\n\n".join(_record(one) for one in read.methods),
        "methods": "\n\n".join(_method(one) for one in read.methods),
        "table": "\n".join(
            f'        (HttpMethod.POST, "/v1/{one.name}", "{one.name}"),' for one in answered
        ),
        "answers": "\n".join(_canned(one) for one in answered),
        "acts": ", ".join(f'"{one.name}"' for one in answered if one.is_act) or '""',
    }


def _wire(method: PortMethod) -> str:
    return "Wire" + "".join(part.capitalize() for part in method.name.split("_"))


def _record(method: PortMethod) -> str:
    default = " = None" if method.text == "None" else ""
    return (
        f"class {_wire(method)}(Struct):\n"
        f'    """What ``{method.name}`` is answered."""\n\n'
        f"    value: {method.text}{default}"
    )


def _method(method: PortMethod) -> str:
    head = f'    {method.signature}:\n        """{method.docstring}"""\n'
    if not method.is_async:
        return head + (
            f"        try:\n"
            f"            return msgspec.json.decode(body, type={_wire(method)}).value\n"
            f"        except UNREADABLE as error:\n"
            f"            return NotUnderstood(str(error))"
        )
    body = ", ".join(f'"{name}": {name}' for name in method.parameters)
    return head + (
        f"        body: Body = {{{body}}}\n"
        f'        answer = await self.client.call("POST", "/v1/{method.name}", attempt, body=body)\n'
        f"        return _READING.judge(answer, in_json({_wire(method)}, lambda said: said.value))"
    )


def _canned(method: PortMethod) -> str:
    said = msgspec.json.encode({"value": sample(method.answer)}).decode()
    return f"    {method.name!r}: {said!r},"


def _write(path: Path, name: str, values: Mapping[str, str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    template = Template((_TEMPLATES / f"{name}.txt").read_text(encoding="utf-8"))
    path.write_text(template.substitute(values), encoding="utf-8")
    return path


def _put_in_order(written: list[Path]) -> None:
    """Sort imports and break lines as the checks want it; without ruff, `make fix` does."""
    if find_spec("ruff") is None:
        return
    paths = [str(path) for path in written if path.suffix == ".py"]
    for order in (("check", "--fix", "--quiet"), ("format", "--quiet")):
        subprocess.run([sys.executable, "-m", "ruff", *order, *paths], check=False)
