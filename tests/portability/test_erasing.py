"""Who took a loan that was paid is kept as long as the law wants, and nothing else of them is."""

from datetime import timedelta

from tests.contracts.test_erasing import erase
from tests.forgetting import PEOPLE, rows_of
from tests.portability.examples import PROPOSAL
from tests.portability.stored import start
from tramita.kit.clock import advance_clock
from tramita.kit.database.engine import Database
from tramita.kit.people.encrypting import rotate
from tramita.kit.people.erasing import erase_person
from tramita.kit.people.erasures import enqueue_due
from tramita.kit.people.lifecycle import ErasureState
from tramita.kit.settings import Settings

_PAID = (
    "UPDATE envelope_contracts SET portability_status = 'FINALIZADO', contract_status = 'PAGO', "
    "is_proposal_being_inserted = false, final_balance = 8912.77",
    "UPDATE contracts SET state = 'activated', activated = true, activated_at = tramita_now()",
    "UPDATE operations SET state = 'SUCCEEDED'",
    "DELETE FROM pgqueuer",
)


class TestAPaidLoan:
    async def test_is_kept_with_its_borrower_until_the_day(self, database: Database) -> None:
        """Name and CPF, by which alone they are found; the day after, both go and the figures stay."""
        [envelope] = await start(database, envelopes=1, contracts=1)
        for statement in _PAID:
            await database.fetch(statement)

        kept = await erase(database, str(envelope.token))

        [named] = kept.kept
        [(customer, erased_at)] = await rows_of(database, "envelopes", "customer, erased_at")
        # Nor does whoever gives hashes to those that have none give them back.
        await rotate(database, PEOPLE, lambda _, __: None)
        [hashes] = await database.fetch(
            "SELECT cpf_hash IS NULL, name_hash, email_hash, phone_hash FROM envelopes"
        )
        assert (False, None, None, None) == tuple(hashes)
        borrower = PROPOSAL.borrower
        assert ErasureState.KEPT == kept.state
        assert "Circular BCB 3.978/2020" in named["law"]
        assert {"borrower": {"name": borrower.name, "cpf": borrower.cpf}} == customer
        assert erased_at is not None

        async with database.unit_of_work(actor="test") as work:
            await advance_clock(work, Settings(), timedelta(days=12 * 366))
            await enqueue_due(work)
        erased = await erase_person(database, PEOPLE, kept.id)

        [row] = await database.fetch(
            "SELECT e.customer, e.cpf_hash, c.cpf_hash, c.final_balance, c.terms IS NOT NULL AS has_terms "
            "FROM envelopes AS e JOIN envelope_contracts AS c ON c.envelope_id = e.id"
        )
        assert ErasureState.ERASED == erased.state
        assert ({}, None, None, "8912.77", True) == (*row[:3], str(row[3]), row[4])
