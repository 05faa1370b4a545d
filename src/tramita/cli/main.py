"""``tramita``: every command, and how errors are told."""

import sys

import typer

from tramita.cli import contracts, processes, tokens
from tramita.cli.check import run_check
from tramita.cli.demo import demo
from tramita.kit.errors import TramitaError

app = typer.Typer(
    help="Tramita carries contracts through the outside systems that fulfil them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
processes.add_to(app)
app.command("demo")(demo)
app.command("check")(run_check)
app.add_typer(contracts.app, name="contracts")
app.add_typer(tokens.app, name="tokens")


def main() -> None:
    """Run a command; an error of ours is a sentence and exit code 1, not a traceback."""
    try:
        app()
    except TramitaError as error:
        sys.stderr.write(f"tramita: {error}\n")
        sys.exit(1)
