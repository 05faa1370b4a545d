"""What the navigation names, to whom."""

from tramita.console.names import FOUND, KINDS, ROOMS, STAKES
from tramita.console.names_of_kept import KEPT
from tramita.console.refusals import REASONS
from tramita.console.rooms import Navigation
from tramita.console.words import name_of_kind
from tramita.kit.accounts.model import Role
from tramita.kit.operations import actions
from tramita.process.areas import EVERYTHING, RETENTION
from tramita.web.app import routes
from tramita.web.routes import NAVIGATION


class TestTheNavigation:
    def test_names_rooms_that_there_are(self) -> None:
        """Each leads to a page, and two never have the same letter."""
        pages = {route.path for route in routes()}
        rooms = [room for menu in NAVIGATION.menus(Role.ADMIN) for room in menu.rooms]

        assert {room.address.rstrip("/") for room in rooms} <= pages
        keys = [room.key for room in rooms if room.key]
        assert sorted(set(keys)) == sorted(keys)

    def test_names_to_nobody_what_they_may_not_open(self) -> None:
        """Whoever may more sees all that others see."""
        seen = [
            {room.path for menu in NAVIGATION.menus(role) for room in menu.rooms} for role in Role
        ]

        assert seen[0] <= seen[1] <= seen[2]

    def test_puts_areas_rooms_together(self) -> None:
        """Under one menu."""
        [journeys] = [
            menu.rooms
            for menu in Navigation({"a": "A", "b": "B"}).menus()
            if menu.name == "Journeys"
        ]

        assert ["a", "b"] == [room.path for room in journeys]


class TestNames:
    def test_there_are_of_every_kind_job_and_schedule(self) -> None:
        """Else a page would name them in English to whoever reads another language."""
        kinds = {one.name for area in EVERYTHING for one in area.kinds}
        jobs = {one.name for area in EVERYTHING for one in area.jobs}
        schedules = {one.name for area in EVERYTHING for one in area.schedules}
        said = {name_of_kind(one) for one in kinds | jobs | schedules}

        assert said <= set(KINDS)

    def test_there_are_of_whatever_hangs_on_operations(self) -> None:
        """As areas say it."""
        assert {said for area in EVERYTHING for said in area.stakes.values()} <= set(STAKES)

    def test_there_are_of_areas_rooms(self) -> None:
        """As the navigation says them."""
        assert set(NAVIGATION.areas.values()) <= set(ROOMS)

    def test_there_are_of_whatever_is_found(self) -> None:
        """As areas call it."""
        assert {kind for area in EVERYTHING for one in area.finds for kind in one.kinds} <= set(
            FOUND
        )

    def test_there_are_of_whatever_is_kept_for_a_time(self) -> None:
        """As the page of what is kept says it."""
        said = {text for one in RETENTION.kept for text in (one.name, one.what, one.stays)}

        assert said == set(KEPT)

    def test_there_are_of_why_an_operation_cannot_be_acted_on(self) -> None:
        """As the actions say it."""
        assert {
            actions._NOT_PARKED,
            actions._MAY_EXIST,
            actions._EXISTS,
            actions._ASKS_ITSELF,
        } == set(REASONS)
