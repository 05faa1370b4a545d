"""What the reference of life cycles says of portability beyond its pictures."""

from tramita.portability.lifecycle import CONTRACT_STATUS


def render_statuses() -> str:
    """The pairs of statuses that the database allows."""
    pairs = "\n".join(
        f"| `{status}` | `{contract}` |" for status, contract in CONTRACT_STATUS.items()
    )
    return (
        "## Portability status and contract status\n\n"
        "The portability status is the truth; the contract status follows it.\n\n"
        f"| portability | contract |\n|---|---|\n{pairs}\n"
    )
