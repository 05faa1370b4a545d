"""Which way an application goes: the whole table."""

import pytest

from tramita.transfers.rules.kinds import TRAITS, Kind, Origin, Traits, kind_of, render_kinds

N, Y = False, True
# By tenant, place and chat: the kind, then offers of many, deadlines, 1C, chat, accepts itself.
TRUTH = [
    ((N, "ui", N), "ordinary", (Y, Y, N, N, N)),
    ((N, "api", N), "ordinary", (Y, Y, N, N, N)),
    ((Y, "ui", N), "ordinary", (Y, Y, N, N, N)),
    ((Y, "api", N), "special", (N, N, Y, N, Y)),
    ((Y, "webapp", Y), "telegram", (N, N, Y, Y, Y)),
    ((Y, "api", Y), "telegram", (N, N, Y, Y, Y)),
    ((Y, "ui", Y), "telegram", (N, N, Y, Y, Y)),
    ((Y, "webapp", N), "special", (N, N, Y, N, Y)),
]


class TestKind:
    @pytest.mark.parametrize(("made", "kind", "traits"), TRUTH)
    def test_follows_from_how_it_was_made(
        self, made: tuple[bool, str, bool], kind: str, traits: tuple[bool, ...]
    ) -> None:
        """Tenant, place and chat decide, and with the kind everything that holds of it."""
        is_master, origin, has_chat = made

        found = kind_of(is_master=is_master, origin=Origin(origin), has_chat=has_chat)

        assert kind == found
        assert Traits(*traits) == TRAITS[Kind(kind)]

    @pytest.mark.parametrize("origin", Origin)
    def test_of_chats_of_other_tenants_is_none_yet(self, origin: Origin) -> None:
        """Whoever makes it: such an application is not taken."""
        assert kind_of(is_master=False, origin=origin, has_chat=True) is None

    @pytest.mark.parametrize("origin", Origin)
    def test_has_no_deadline_where_there_is_a_chat(self, origin: Origin) -> None:
        """What comes from a chat is never late."""
        kind = kind_of(is_master=True, origin=origin, has_chat=True)

        assert kind is not None
        assert not TRAITS[kind].has_deadline

    def test_is_printed_whole(self) -> None:
        """The documentation has a line for everything that may be."""
        lines = render_kinds().splitlines()

        assert 2 + 2 * len(Origin) * 2 == len(lines)
        assert "| yes | api | no | special | no | no | yes | no | yes |" in lines
        assert "| no | webapp | yes | not taken yet | – | – | – | – | – |" in lines
