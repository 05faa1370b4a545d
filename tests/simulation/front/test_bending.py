"""Documents that are odd in one place and whole in all others."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tramita.simulation.calls import Answer
from tramita.simulation.faults import FaultBook, FaultOrder
from tramita.simulation.front.bending import KINDS, bend_format, leave_out, make_odd, spoiled

LIST = {"items": [{"a": 1}, {"a": 2}], "page": 1}
NAMES = st.sampled_from("abc")
DOCUMENTS = st.dictionaries(
    NAMES,
    st.recursive(
        st.integers() | st.text(max_size=3) | st.none(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=3,
)
PATHS = st.lists(st.sampled_from(["a", "b", "c", "0", "1"]), min_size=1, max_size=4)
_NOTHING = object()


def at(value: Any, path: list[str]) -> Any:
    """What stands at a path, or ``_NOTHING``; a path ends at a field, not at a list's item."""
    name, *rest = path
    if isinstance(value, list):
        found = value[int(name)] if name.isdigit() and int(name) < len(value) else _NOTHING
        return at(found, rest) if rest else _NOTHING
    if not isinstance(value, dict) or name not in value:
        return _NOTHING
    return at(value[name], rest) if rest else value[name]


def leaves(value: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    """Every value of a document that holds no others, by its path."""
    inner: dict[str, Any] = {}
    if isinstance(value, dict):
        inner = value
    elif isinstance(value, list):
        inner = {str(place): item for place, item in enumerate(value)}
    if not inner:
        return {path: value}
    found: dict[tuple[str, ...], Any] = {}
    for name, item in inner.items():
        found |= leaves(item, (*path, name))
    return found


class TestSpoiled:
    @given(document=DOCUMENTS, path=PATHS)
    def test_changes_the_field_at_the_path_and_no_other(
        self, document: dict[str, Any], path: list[str]
    ) -> None:
        """Gone or of another type where it was; elsewhere, and in the original, all is the same."""
        before, there = leaves(document), at(document, path)

        gone, odd = spoiled(document, path, leave_out), spoiled(document, path, make_odd)

        assert before == leaves(document)
        if there is _NOTHING:
            assert document == gone == odd
            return
        assert at(gone, path) is _NOTHING
        assert {"unexpected": True} == at(odd, path)
        for whole, bent in ((before, leaves(gone)), (leaves(gone), before), (before, leaves(odd))):
            elsewhere = {at: leaf for at, leaf in whole.items() if not is_about(at, path)}
            assert elsewhere == {at: bent[at] for at in elsewhere}


def is_about(place: tuple[str, ...], path: list[str]) -> bool:
    """Whether a place lies under a path, or is what is left above it when nothing else is there."""
    shorter = min(len(place), len(path))
    return place[:shorter] == tuple(path[:shorter])


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
            ("wrong_content_type", {}, LIST),
        ],
    )
    def test_makes_one_field_odd(
        self, kind: str, arguments: dict[str, bool | float | str], body: dict[str, object]
    ) -> None:
        """A field is missing, of another type or too many; the list itself stays as it is."""
        fault = FaultBook(KINDS).add(FaultOrder(kind=kind, arguments=arguments))

        assert body == bend_format(Answer(200, LIST), fault).body
        assert {"items": [{"a": 1}, {"a": 2}], "page": 1} == LIST

    @pytest.mark.parametrize("kind", KINDS)
    def test_leaves_what_is_no_document(self, kind: str) -> None:
        """An empty answer has no field to be odd."""
        fault = FaultBook(KINDS).add(FaultOrder(kind=kind))

        assert Answer(204, b"") == bend_format(Answer(204, b""), fault)

    def test_calls_a_document_something_else(self) -> None:
        """Plain text, or what the order names; other headers stay."""
        answer = Answer(200, LIST, {"etag": "1", "content-type": "application/json"})
        book = FaultBook(KINDS)
        usual = book.add(FaultOrder(kind="wrong_content_type"))
        named = book.add(
            FaultOrder(kind="wrong_content_type", arguments={"content_type": "text/html"})
        )

        called = [bend_format(answer, fault).headers for fault in (usual, named)]

        assert [
            {"etag": "1", "content-type": "text/plain"},
            {"etag": "1", "content-type": "text/html"},
        ] == called
