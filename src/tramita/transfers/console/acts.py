"""What people of the house may do about an application in the console, and which of them, as a table."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final

from tramita.kit.accounts.model import Role as HouseRole
from tramita.transfers.lifecycle import APPLICATION, ApplicationState, ApplicationTrigger
from tramita.transfers.rules.kinds import Kind
from tramita.transfers.rules.permissions import action_of, may
from tramita.transfers.rules.roles import Role

# As what whoever acts here acts, always with a reason.
ACTS_AS: Final = Role.PLATFORM_ADMIN
# From this role on they act; the others look.
FROM_ROLE: Final = HouseRole.OPERATOR


class ApplicationAction(StrEnum):
    """What a person may do about an application; each is the move of that name."""

    RETURN = "return"
    COMPLETE = "complete"
    CANCEL = "cancel"


def allowed_on(state: ApplicationState, kind: Kind) -> Mapping[ApplicationAction, None]:
    """What may be done with an application of this kind that stands there."""
    moves = APPLICATION.table.get(state, {})
    return {
        action: None
        for action in ApplicationAction
        if (trigger := ApplicationTrigger(action.value)) in moves
        and may(ACTS_AS, state, action_of(trigger), kind=kind)
    }


def states_of(role: HouseRole, action: ApplicationAction) -> list[ApplicationState]:
    """Where somebody of this role may do it, whatever kind the application is of."""
    if not role.includes(FROM_ROLE):
        return []
    return [
        state
        for state in ApplicationState
        if any(action in allowed_on(state, kind) for kind in Kind)
    ]


_SECTION: Final = """\
## Applications

On `/console/applications/{{application_id:uuid}}` whoever may act does so as `{role}` does
([roles of transfers](transfers-roles.md)), with a reason that is kept; in these states.

{table}
"""


def render_acts() -> str:
    """Role, state and action, as a section of the page of the console's roles."""
    return _SECTION.format(role=ACTS_AS, table="\n".join(_lines()))


def _lines() -> Iterator[str]:
    yield f"| | {' | '.join(HouseRole)} |"
    yield "|---" * (len(HouseRole) + 1) + "|"
    for action in ApplicationAction:
        cells = [", ".join(states_of(role, action)) or "–" for role in HouseRole]
        yield f"| `{action}` | {' | '.join(cells)} |"
