"""What a lender cannot do is never prepared, and its contract goes its way without."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from tests.portability.later import Offered, fetch, offered, runtime_with, stored, tell
from tests.portability.later import ScriptedProvider as Scripted
from tramita.kit.database.engine import Database
from tramita.portability.ports import (
    CAPABILITIES,
    BalanceAcceptance,
    News,
    Policy,
    Recalculation,
    Stage,
    Submission,
)
from tramita.portability.profile import LenderProfile, profile_of

AS_AGREED = Decimal("8912.77")
LOWER = Decimal("8500.00")
HIGHER = Decimal("9000.00")


def balance_of(contract: Offered, balance: Decimal) -> News:
    """The origin bank tells what is owed."""
    return contract.news(Stage.BALANCE_RETURNED, final_balance=balance)


async def prepared(database: Database) -> set[str]:
    """Every act that was prepared since the offer."""
    rows = await fetch(database, "SELECT kind FROM operations WHERE kind NOT LIKE '%insert%'")
    return {row["kind"].removeprefix("portability.") for row in rows}


async def ended(database: Database, contract: Offered) -> tuple[str, list[Any]]:
    """The contract's state, and the codes of its reasons."""
    row = await stored(database, contract)
    return row["portability_status"], [one["code"] for one in row["reasons"] or ()]


class TestOneThatSubmitsByItself:
    async def test_is_not_told_to(self, database: Database) -> None:
        """The contract waits for its word, and nothing waits to be sent."""
        [contract] = await offered(database)

        await tell(database, contract.news(Stage.HELD), capabilities=CAPABILITIES - {Submission})

        assert set() == await prepared(database)
        assert ("AGUARDANDO_SALDO", []) == await ended(database, contract)


class TestOneThatSettlesByItself:
    @pytest.mark.parametrize("balance", [AS_AGREED, LOWER])
    async def test_is_told_nothing_about_the_balance(
        self, database: Database, balance: Decimal
    ) -> None:
        """As agreed to or lower: it needs no word of ours."""
        [contract] = await offered(database)

        await tell(database, balance_of(contract, balance), capabilities=())

        assert set() == await prepared(database)
        assert ("SALDO_RETORNADO", []) == await ended(database, contract)

    async def test_pays_no_more_than_was_agreed_to(self, database: Database) -> None:
        """Whoever pays: the client agreed to less."""
        [contract] = await offered(database)

        await tell(database, balance_of(contract, HIGHER), capabilities=())

        assert {"cancel_proposal"} == await prepared(database)
        assert ("CANCELADO", ["balance_too_high"]) == await ended(database, contract)


class TestOneThatLowersNoInstalment:
    CAPABILITIES = CAPABILITIES - {Recalculation}

    async def test_is_told_of_our_agreement(self, database: Database) -> None:
        """Where the balance is what was agreed to."""
        [contract] = await offered(database)

        await tell(database, balance_of(contract, AS_AGREED), capabilities=self.CAPABILITIES)

        assert {"accept_balance"} == await prepared(database)

    async def test_lends_no_more_than_is_owed(self, database: Database) -> None:
        """A lower balance ends the contract, with a reason of its own."""
        [contract] = await offered(database)

        await tell(database, balance_of(contract, LOWER), capabilities=self.CAPABILITIES)

        assert {"cancel_proposal"} == await prepared(database)
        assert ("CANCELADO", ["balance_too_low"]) == await ended(database, contract)


@dataclass
class Strict(Scripted):
    """A lender with limits of its own."""

    policy: Policy = field(default_factory=lambda: Policy(own_ispb="71027866"))


class TestAProfile:
    def test_is_what_the_manifest_names(self, database: Database) -> None:
        """The lender's limits, and those of its ports that are capabilities."""
        able = {BalanceAcceptance, Submission}
        runtime = runtime_with(database, Strict(), capabilities=able)

        profile = profile_of(runtime, "qitech")

        assert frozenset(able) == profile.capabilities
        assert "71027866" == profile.policy.own_ispb

    def test_of_one_that_is_not_connected_waits_for_its_configuration(
        self, database: Database
    ) -> None:
        """What it can do stands in its manifest; its limits are the house's meanwhile."""
        runtime = runtime_with(database, Strict(), capabilities={Submission})
        del runtime.exchanges["qitech"]

        assert LenderProfile("qitech", Policy(), frozenset({Submission})) == profile_of(
            runtime, "qitech"
        )

    def test_of_one_that_is_not_installed_forbids_nothing(self, database: Database) -> None:
        """Its package may come back, and what was prepared for it waits."""
        assert LenderProfile("gone") == profile_of(runtime_with(database, Strict()), "gone")
