from tramita.providers.gsim.simulator.bending import (
    FAULTS,
    KINDS,
    OF_SIGAN,
    OTHER_MEANS,
)
from tramita.simulation.kinds import conduct_of


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
