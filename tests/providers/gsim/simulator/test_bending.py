import pytest

from tramita.providers.gsim.simulator.bending import (
    FAULTS,
    KINDS,
    OF_SIGAN,
    OTHER_MEANS,
    bend_format,
)
from tramita.simulation.calls import Answer
from tramita.simulation.faults import FaultBook, FaultOrder
from tramita.simulation.kinds import conduct_of

LIST = {"items": [{"a": 1}, {"a": 2}], "page": 1}


class TestTable:
    def test_knows_every_mode_of_the_notes(self) -> None:
        """F1 to F25 are played by kinds, by other means, or have no meaning here."""
        every = {f"F{number}" for number in range(1, 26)}

        assert every == {*FAULTS, *OTHER_MEANS, *OF_SIGAN}
        assert not {*FAULTS, *OTHER_MEANS} & set(OF_SIGAN)

    def test_names_kinds_that_exist(self) -> None:
        """Every kind of the table can be set, and every kind of GSIM's own is in the table."""
        named = {kind for kinds in FAULTS.values() for kind in kinds}

        assert all(conduct_of(kind, KINDS) for kind in named)
        assert set() == KINDS.keys() - named


class TestBendFormat:
    @pytest.mark.parametrize(
        ("kind", "arguments", "body"),
        [
            ("missing_field", {"path": "page"}, {"items": [{"a": 1}, {"a": 2}]}),
            ("missing_field", {}, {"page": 1}),
            ("missing_field", {"path": "items.1.a"}, {"items": [{"a": 1}, {}], "page": 1}),
            ("wrong_type", {"path": "page"}, {**LIST, "page": {"unexpected": True}}),
            ("wrong_type", {"path": "nowhere.else"}, LIST),
            ("extra_field", {}, {**LIST, "unheardOf": {"since": "today"}}),
        ],
    )
    def test_makes_one_field_odd(
        self, kind: str, arguments: dict[str, bool | float | str], body: dict[str, object]
    ) -> None:
        """A field is missing, of another type or too many; the list itself stays as it is."""
        fault = FaultBook(KINDS).add(FaultOrder(kind=kind, arguments=arguments))

        assert body == bend_format(Answer(200, LIST), fault).body
        assert {"items": [{"a": 1}, {"a": 2}], "page": 1} == LIST
