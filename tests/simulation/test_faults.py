from random import Random

import pytest

from tramita.simulation.faults import Fault, FaultBook, FaultOrder
from tramita.simulation.kinds import UnknownKind


def strikes(book: FaultBook, *calls: str) -> list[str | None]:
    """The kinds that strike calls of ``bake`` for these clients, one after another."""
    random = Random(1)
    found: list[Fault | None] = [
        book.strike("bake", {"client": client}, random=random) for client in calls
    ]
    return [fault.kind if fault else None for fault in found]


class TestFaultBook:
    @pytest.mark.parametrize(
        ("order", "struck"),
        [
            (FaultOrder(kind="429"), ["429", None, None]),
            (FaultOrder(kind="429", match={"client": "ben"}), [None, "429", None]),
            (FaultOrder(kind="429", match={"shoe": "ben"}), [None, None, None]),
            (FaultOrder(kind="429", operation="bake"), ["429", None, None]),
            (FaultOrder(kind="429", operation="eat"), [None, None, None]),
            (FaultOrder(kind="429", nth=2), [None, "429", None]),
            (FaultOrder(kind="429", nth=2, count=None), [None, "429", "429"]),
            (FaultOrder(kind="429", count=2), ["429", "429", None]),
            (FaultOrder(kind="429", probability=0.0, count=None), [None, None, None]),
        ],
    )
    def test_strikes_what_was_ordered(self, order: FaultOrder, struck: list[str | None]) -> None:
        """Operation, fields, nth and count decide which calls go wrong."""
        book = FaultBook({})
        book.add(order)

        assert struck == strikes(book, "eva", "ben", "eva")

    def test_compares_numbers_as_text(self) -> None:
        """A field given as a number matches the same digits."""
        book = FaultBook({})
        book.add(FaultOrder(kind="429", match={"client": 12}))

        assert ["429"] == strikes(book, "12")

    def test_strikes_by_chance_as_often_with_the_same_seed(self) -> None:
        """Probability is drawn from the seeded generator, so a run can be repeated."""
        runs = []
        for _ in range(2):
            book = FaultBook({})
            book.add(FaultOrder(kind="429", probability=0.3, count=None))
            runs.append(strikes(book, *["eva"] * 1000))

        assert runs[0] == runs[1]
        assert 250 < runs[0].count("429") < 350

    def test_lets_the_oldest_go_first(self) -> None:
        """Of two faults for one call the one set first strikes."""
        book = FaultBook({})
        book.add(FaultOrder(kind="429"))
        book.add(FaultOrder(kind="http_500"))

        assert ["429", "http_500", None] == strikes(book, "eva", "eva", "eva")

    def test_refuses_an_unknown_kind(self) -> None:
        """A kind nobody plays is an error, not a fault that never strikes."""
        book = FaultBook({})

        with pytest.raises(UnknownKind):
            book.add(FaultOrder(kind="http_200"))

    def test_forgets_a_removed_fault(self) -> None:
        """A removed fault strikes no more, and is only there to be removed once."""
        book = FaultBook({})
        fault = book.add(FaultOrder(kind="429"))

        assert (True, False) == (book.remove(fault.id), book.remove(fault.id))
        assert [None] == strikes(book, "eva")
