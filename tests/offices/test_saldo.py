"""A back office of another kind than 1C keeps the same promises, from a package outside ours."""

from tests.offices.saldo import provider
from tramita.testing.offices import BackOfficeSuite


class TestSaldo(BackOfficeSuite):
    """Which refuses a code that it has, and makes no documents."""

    provider = provider
    makes_documents = False
