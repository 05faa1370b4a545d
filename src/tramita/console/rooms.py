"""What the console's navigation names: its rooms, under their groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tramita.kit.accounts.model import Role
from tramita.kit.languages.words import to_translate


class Group(StrEnum):
    """Under what a room stands; those of ``TOP`` stand in the bar itself, the ``FIELD`` beside it."""

    TOP = ""
    FIELD = "field"
    JOURNEYS = to_translate("Journeys")
    JOURNALS = to_translate("Journals")
    HOUSE = to_translate("House")


@dataclass(frozen=True, slots=True)
class Room:
    """A room below ``/console/``; the navigation shows it to whoever has its ``role``.

    ``key`` is the letter that leads there after ``g``. Of the room that ``counts``, it is told
    how many things wait there for a person.
    """

    path: str
    name: str
    group: Group = Group.TOP
    role: Role = Role.VIEWER
    key: str = ""
    counts: bool = False

    @property
    def address(self) -> str:
        """Where it is."""
        return f"/console/{self.path}"


# A line for each room that there is; areas' rooms come where the journeys stand.
ROOMS: Final[Sequence[Room]] = (
    Room("", to_translate("Overview"), key="h"),
    Room("contracts", to_translate("Contracts"), key="c"),
    Room("attention", to_translate("Needs attention"), key="a", counts=True),
    Room("providers", to_translate("Providers"), key="p"),
    Room("search", to_translate("Search"), Group.FIELD),
    Room("operations", to_translate("Operations"), key="o"),
    Room("jobs", to_translate("Jobs"), key="j"),
    Room("exchanges", to_translate("Exchanges"), Group.JOURNALS, key="x"),
    Room("messages", to_translate("Messages"), Group.JOURNALS, key="m"),
    Room("deliveries", to_translate("Deliveries"), Group.JOURNALS, key="d"),
    Room("accounts", to_translate("People who work here"), Group.HOUSE, Role.ADMIN),
    Room("tokens", to_translate("Tokens"), Group.HOUSE, Role.ADMIN),
    Room("audit", to_translate("Audit"), Group.HOUSE, Role.ADMIN),
    Room("people", to_translate("Erasures"), Group.HOUSE, key="e"),
    Room("retention", to_translate("What is kept"), Group.HOUSE),
)


@dataclass(frozen=True, slots=True)
class Menu:
    """Rooms that stand together; what stands in the bar itself is a menu of one without a name."""

    name: str
    rooms: Sequence[Room]


@dataclass(frozen=True, slots=True)
class Navigation:
    """Every room: our own, and those of areas by the first part of their path."""

    areas: Mapping[str, str]

    def menus(self, role: Role = Role.VIEWER) -> list[Menu]:
        """What whoever has ``role`` may open, in the order of the groups."""
        rooms = [one for one in self._rooms() if role.includes(one.role)]
        menus = [Menu("", [one]) for one in rooms if one.group is Group.TOP]
        for group in (Group.JOURNEYS, Group.JOURNALS, Group.HOUSE):
            inside = [one for one in rooms if one.group is group]
            if inside:
                menus.append(Menu(group.value, inside))
        return menus

    @property
    def field(self) -> Room | None:
        """Where the field that is always there sends what is typed."""
        return next((one for one in ROOMS if one.group is Group.FIELD), None)

    def _rooms(self) -> list[Room]:
        return [*ROOMS, *(Room(path, name, Group.JOURNEYS) for path, name in self.areas.items())]
