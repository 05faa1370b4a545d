"""The generated page ``docs/reference/signals.md``."""

from tramita.contracts.backends import installed_backends
from tramita.contracts.signals import SIGNALS, ContractSignal

_HEAD = """# Signals of the core

Generated from `tramita.contracts.signals`; do not edit.

A receiver gets the contract first and then, by name, whatever of the payload it asks for:
`def created(contract, work)`. It runs inside the unit of work that sends the signal, must not
call out, and may change the contract and enqueue jobs. Receivers of no backend run first, in the
order they subscribed, then those of the contract's own backend. When one raises, everything is
undone and the caller gets 409 `backend_refused`.
"""


def render_signals() -> str:
    """The whole page: each signal, when it is sent, its payload, and who listens."""
    installed_backends()
    return "\n".join([_HEAD, *(_section(one) for one in SIGNALS)])


def _section(one: ContractSignal) -> str:
    names = dict.fromkeys(f"`{receiver.name}`" for receiver in one.listeners())
    payload = [f"| `{name}` | {_cell(what)} |" for name, what in one.payload.items()]
    return "\n".join(
        [
            f"## `{one.name}`",
            "",
            one.when,
            "",
            "| payload | what it is |",
            "|---|---|",
            *payload,
            "",
            f"Listening: {', '.join(names) or 'nobody yet'}.",
            "",
        ]
    )


def _cell(what: str) -> str:
    """A text that does not end its table cell."""
    return what.replace("|", "\\|")
