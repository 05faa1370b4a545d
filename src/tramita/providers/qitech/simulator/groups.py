"""Signature groups: several proposals of one person behind one link.

The flow is public (open, create into it, remove, send, one link); the names of
statuses and of answers' fields are assumed.
"""

from dataclasses import dataclass, field
from typing import Literal
from uuid import uuid4

from tramita.providers.qitech.simulator.lifecycle import CANCELED, FINAL
from tramita.providers.qitech.simulator.proposals import Proposal

GroupStatus = Literal["opened", "on_signature", "concluded"]


@dataclass(slots=True)
class Group:
    """One group; canceled proposals leave it."""

    status: GroupStatus = "opened"
    members: list[Proposal] = field(default_factory=list)
    key: str = field(default_factory=lambda: str(uuid4()))

    @property
    def cpf(self) -> str | None:
        """Whose group it is, once a proposal is in it."""
        return self.members[0].cpf if self.members else None

    @property
    def is_over(self) -> bool:
        """Whether it was sent and every proposal in it has come to its end."""
        return self.status == "on_signature" and all(
            member.status in FINAL for member in self.members
        )


class Groups:
    """All groups, by key."""

    def __init__(self) -> None:
        self._by_key: dict[str, Group] = {}

    def open(self) -> Group:
        """A new, empty group."""
        group = Group()
        self._by_key[group.key] = group
        return group

    def find(self, key: str | None) -> Group | None:
        """The group of this key."""
        return self._by_key.get(key or "")

    def latest(self) -> Group | None:
        """The group opened last."""
        return next(reversed(self._by_key.values()), None)

    def follow(self, proposal: Proposal) -> Group | None:
        """Let a canceled proposal leave; the group, when that or an end concluded it."""
        group = self.find(proposal.group_key)
        if group is None:
            return None
        if proposal.status in CANCELED and proposal in group.members:
            group.members.remove(proposal)
        if not group.is_over:
            return None
        group.status = "concluded"
        return group

    def clear(self) -> None:
        """Forget every group."""
        self._by_key.clear()
