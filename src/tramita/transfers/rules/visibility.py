"""What agents of other tenants see of an application.

A draft is its two sides' own. What counts is listed to everybody, unless its tenant keeps those that
it prices itself to itself; and whoever is not of its tenant sees a line of a list, nothing more.
"""

from enum import StrEnum
from typing import Final

from tramita.transfers.lifecycle import UNCHECKED, ApplicationState
from tramita.transfers.rules.kinds import Kind

# What a line of the list says to agents of other tenants. Who the client is, the chat, 1C and the
# documents are none of it.
LISTED_TO_OTHERS: Final = (
    "id",
    "kind",
    "state",
    "amount",
    "currency",
    "beneficiary_country",
    "created_at",
    "deadline",
)


class Visibility(StrEnum):
    """Who sees a tenant's special applications and those from its chats."""

    ALL_AGENTS = "all_agents"
    OWN_TENANT = "own_tenant"


def is_listed_to_others(
    state: ApplicationState, kind: Kind, visibility: Visibility, *, has_counted: bool
) -> bool:
    """Whether agents of other tenants see its line; ``has_counted``: it was ``new_in_house`` once."""
    if state in UNCHECKED or not has_counted:
        return False
    return kind is Kind.ORDINARY or visibility is Visibility.ALL_AGENTS
