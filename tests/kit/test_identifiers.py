"""Identifiers."""

from tramita.kit.identifiers import new_id


class TestNewId:
    def test_sorts_by_time(self) -> None:
        """UUIDv7: keys made later are greater, so that indexes stay compact."""
        ids = [new_id() for _ in range(1000)]

        assert sorted(set(ids)) == ids
        assert {7} == {one.version for one in ids}
