"""The form's fields: how changes are merged into them, and how they are kept."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tramita.kit.errors import InvalidError
from tramita.transfers.rules.fields import (
    PATHS,
    Fields,
    change,
    changed_paths,
    is_filled,
    read_fields,
    value_at,
    write_fields,
)
from tramita.transfers.rules.tidy import tidy

_EMPTY = Fields()
_VALUES = {
    path: st.booleans() if isinstance(value_at(_EMPTY, path), bool) else st.text(max_size=30)
    for path in PATHS
}


@st.composite
def changes(draw: st.DrawFn) -> dict[str, dict[str, Any]]:
    """Any values for any of the fields, or null."""
    made: dict[str, dict[str, Any]] = {}
    for path in draw(st.lists(st.sampled_from(PATHS), unique=True, max_size=12)):
        group, _, name = path.partition(".")
        made.setdefault(group, {})[name] = draw(st.none() | _VALUES[path])
    return made


class TestChange:
    @given(changes(), changes())
    def test_touches_what_it_names_and_nothing_else(
        self, first: dict[str, Any], second: dict[str, Any]
    ) -> None:
        """A value is taken, tidied, null empties, what is not named stays."""
        before = change(_EMPTY, first)

        after = change(before, second)

        named = {
            f"{group}.{name}": v for group, values in second.items() for name, v in values.items()
        }
        for path in PATHS:
            wanted = named.get(path, value_at(before, path))
            if isinstance(wanted, str):
                wanted = tidy(path, wanted)
            assert (value_at(_EMPTY, path) if wanted is None else wanted) == value_at(after, path)
        assert set(changed_paths(before, after)) <= named.keys()

    def test_empties_a_whole_group(self) -> None:
        """Null for a group is null for each of its fields."""
        before = change(_EMPTY, {"payer": {"inn": "7707083893", "name": "Ромашка"}})

        assert _EMPTY == change(before, {"payer": None})

    @pytest.mark.parametrize(
        ("given_", "path", "code"),
        [
            ({"payee": {}}, "payee", "unknown_field"),
            ({"payer": "Ромашка"}, "payer", "wrong_type"),
            ({"payer": {"snils": "1"}}, "payer.snils", "unknown_field"),
            ({"payer": {"inn": 7707083893}}, "payer.inn", "wrong_type"),
            ({"payer": {"inn": "7" * 41}}, "payer.inn", "too_long"),
            ({"consent": {"personal_data": "yes"}}, "consent.personal_data", "wrong_type"),
        ],
    )
    def test_names_what_is_none(self, given_: dict[str, Any], path: str, code: str) -> None:
        """What is no field, or no value for one, is refused by its path."""
        with pytest.raises(InvalidError) as refused:
            change(_EMPTY, given_)

        assert [(path, code)] == [(one.path, one.code) for one in refused.value.errors]


class TestFields:
    @given(changes())
    def test_are_read_as_they_were_written(self, made: dict[str, Any]) -> None:
        """And what is empty takes no room."""
        fields = change(_EMPTY, made)

        text = write_fields(fields)

        assert fields == read_fields(text)
        assert (fields == _EMPTY) is (text == "{}")

    def test_know_which_are_filled(self) -> None:
        """Blanks are nothing; a consent is given or not."""
        fields = change(_EMPTY, {"payer": {"inn": " "}, "consent": {"personal_data": True}})

        assert ["consent.personal_data"] == [path for path in PATHS if is_filled(fields, path)]
