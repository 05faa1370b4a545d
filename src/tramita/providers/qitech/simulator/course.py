"""How time moves proposals: the delays of QI Tech, the CTC, banks, INSS and Dataprev.

All delays are assumed, but for the five calendar days of a consent and the
three hours after which a registration is tried again. A consent runs out by the
clock in every mode; all else only in an automatic life. Draws come from the
seeded random of the world.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from tramita.providers.qitech.simulator import origin_bank
from tramita.providers.qitech.simulator.business_days import business_days_later
from tramita.providers.qitech.simulator.life import CONSENT_LIFE, Life
from tramita.providers.qitech.simulator.lifecycle import FINAL
from tramita.providers.qitech.simulator.offers import BRASILIA
from tramita.providers.qitech.simulator.proposals import Book, Operation, Proposal
from tramita.simulation.agenda import Agenda

# Names of a proposal's slots in the agenda.
SIGNING, LIFE, BENEFICIARY, CONSENT = "signing", "life", "beneficiary", "consent"
MARGIN, REFINANCING = "margin", "refinancing"
RETRY = timedelta(hours=3)  # Public.
REFUSAL = ("consignable_margin_excceded",)  # Sic: the slip is part of the contract.

_SECONDS, _MINUTES, _HOURS = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@dataclass(slots=True)
class VirtualCourse:
    """Plans each proposal's next step by its status."""

    life: Life
    book: Book
    agenda: Agenda

    def follow(self, proposal: Proposal, *, at: datetime) -> None:
        """Forget what was planned for the status before, and plan what comes now."""
        self.agenda.drop(proposal.key, SIGNING, LIFE)
        if proposal.status in FINAL:
            self.agenda.drop(proposal.key, BENEFICIARY, CONSENT)
        if self.life.conditions.is_automatic:
            self._plan(proposal, at=at)

    def sign(self, proposal: Proposal, event: str, *, at: datetime) -> bool:
        """Take a signature up after one to five seconds, in an automatic life."""
        if not self.life.conditions.is_automatic:
            return False
        self._at(proposal, SIGNING, at + self._draw(1, 5) * _SECONDS, event)
        return True

    def await_consent(self, proposal: Proposal, *, at: datetime) -> None:
        """Let the consent run out in time, unless the beneficiary gives it before."""
        settle = self.life.settle_consent
        self.agenda.plan(
            (proposal.key, CONSENT),
            at + CONSENT_LIFE,
            lambda now: settle(proposal, "expired", at=now),
        )
        if self.life.conditions.is_automatic:
            self._plan_consent(proposal, at=at)

    def forget_consent(self, proposal: Proposal) -> None:
        """Wait for the beneficiary no longer."""
        self.agenda.drop(proposal.key, BENEFICIARY, CONSENT)

    def forget_refinancing(self, proposal: Proposal) -> None:
        """Plan nothing more for a refinancing."""
        self.agenda.drop(proposal.key, REFINANCING)

    def register(self, proposal: Proposal, operation: Operation, *, at: datetime) -> None:
        """After a refusal try again; after the portability comes the refinancing."""
        self.agenda.drop(proposal.key, _margin_slot(proposal, operation))
        if not self.life.conditions.is_automatic:
            return
        if operation.collateral_errors:
            self._plan_margin(proposal, operation, at + RETRY)
        elif operation is proposal.portability:
            self._plan_refinancing(proposal, at=at)
        else:
            self._plan_disbursement(proposal, at=at)

    def start(self) -> None:
        """Life has become automatic: plan for all that is under way."""
        now = self.life.world.clock.now()
        for proposal in self.book.all():
            if not self.agenda.holds((proposal.key, LIFE)):
                self._plan(proposal, at=now)
            asked = proposal.authorization
            if asked and asked.status == "awaiting_confirmation" and proposal.status not in FINAL:
                self._plan_consent(proposal, at=now)

    def stop(self) -> None:
        """Life has become manual: only consents still run out, and signatures arrive."""
        for name in (LIFE, BENEFICIARY, MARGIN, REFINANCING):
            self.agenda.drop_everywhere(name)

    def _plan(self, proposal: Proposal, *, at: datetime) -> None:
        match proposal.status:
            case "pending_response":
                self._plan_ctc(proposal, at=at)
            case "pending_acceptance":
                self._plan_origin_bank(proposal, at=at)
            case "accepted":
                self._at(proposal, LIFE, _end_of_day(at), "close_day")
            case "accepted_by_requester":
                when = at + self._draw(5, 30) * _MINUTES
                self._do(proposal, LIFE, when, self._pay)
            case "settlement_sent":
                self._at(proposal, LIFE, at + self._draw(1, 10) * _MINUTES, "deliver")
            case "pending_settlement_confirmation":
                self._at(proposal, LIFE, self._banking_day(at, at_most=2), "confirm")
            case "paid" if not proposal.portability.collateral_is_constituted:
                self._plan_margin(proposal, proposal.portability, at + self._draw(1, 6) * _HOURS)
            case "paid":
                self._plan_refinancing(proposal, at=at)
            case _:
                pass

    def _plan_ctc(self, proposal: Proposal, *, at: datetime) -> None:
        """An answer within minutes or hours, one in five on the next business day."""
        when = at + self._draw(5, 240) * _MINUTES
        if self._happens(0.2):
            when = self._banking_day(at, at_least=1, at_most=1)
        is_refused = self._happens(self.life.conditions.rejected_share)

        def answer(proposal: Proposal, now: datetime) -> None:
            reason = self._rival(proposal) or ("portability_in_progress" if is_refused else None)
            if reason is None:
                self.life.accept_at_ctc(proposal, at=now)
            else:
                data = origin_bank.rejection(reason)
                self.life.happen(proposal, "ctc_refuse", at=now, data=data)

        self._do(proposal, LIFE, when, answer)

    def _rival(self, proposal: Proposal) -> str | None:
        """Why the clearing house refuses: the same loan is, or was, being carried already."""
        for other in self.book.rivals_of(proposal):
            if other.status == "paid":
                return "portability_finished"
            if other.portability_number is not None and other.status not in FINAL:
                return "portability_in_progress"
        return None

    def _plan_origin_bank(self, proposal: Proposal, *, at: datetime) -> None:
        """The balance, a retention or nothing at all within five business days."""
        conditions, life = self.life.conditions, self.life
        when = self._banking_day(at, at_least=1, at_most=5)
        if self._happens(conditions.retained_share):
            data = origin_bank.retention("issuer_retention")
            self._do(
                proposal,
                LIFE,
                when,
                lambda it, now: life.happen(it, "retain", at=now, data=data),
            )
        elif self._happens(conditions.lapsed_share):
            last = business_days_later(at.astimezone(BRASILIA).date(), 5)
            end = datetime.combine(last + timedelta(days=1), time(), BRASILIA)
            self._at(proposal, LIFE, end, "lapse")
        else:
            amount = origin_bank.drawn_balance(proposal, random=life.world.random)

            def send(it: Proposal, now: datetime) -> None:
                data = origin_bank.balance(it, amount)
                life.happen(it, "send_balance", at=now, data=data)

            self._do(proposal, LIFE, when, send)

    def _plan_consent(self, proposal: Proposal, *, at: datetime) -> None:
        when = at + self._draw(10, 1200) * _MINUTES
        settle = self.life.settle_consent
        self._do(proposal, BENEFICIARY, when, lambda it, now: settle(it, "confirmed", at=now))

    def _plan_margin(self, proposal: Proposal, operation: Operation, when: datetime) -> None:
        errors = REFUSAL if self._happens(self.life.conditions.registration_error_share) else ()
        register = self.life.register
        self._do(
            proposal,
            _margin_slot(proposal, operation),
            when,
            lambda it, now: register(it, operation, at=now, errors=errors),
        )

    def _plan_refinancing(self, proposal: Proposal, *, at: datetime) -> None:
        operation = proposal.refinancing
        if operation is None or operation.status != "signed":
            return
        if operation.collateral_is_constituted:
            self._plan_disbursement(proposal, at=at)
        else:
            self._plan_margin(proposal, operation, at + self._draw(1, 6) * _HOURS)

    def _plan_disbursement(self, proposal: Proposal, *, at: datetime) -> None:
        finish = self.life.finish_refinancing
        when = at + self._draw(1, 3) * _HOURS
        self._do(proposal, REFINANCING, when, lambda it, now: finish(it, "disbursed", at=now))

    def _pay(self, proposal: Proposal, now: datetime) -> None:
        data = origin_bank.receipt(proposal, at=now)
        self.life.happen(proposal, "pay", at=now, data=data)

    def _at(self, proposal: Proposal, slot: str, when: datetime, event: str) -> None:
        """Plan a plain event."""
        happen = self.life.happen
        self._do(proposal, slot, when, lambda it, now: happen(it, event, at=now))

    def _do(
        self,
        proposal: Proposal,
        slot: str,
        when: datetime,
        step: Callable[[Proposal, datetime], None],
    ) -> None:
        self.agenda.plan((proposal.key, slot), when, lambda now: step(proposal, now))

    def _banking_day(self, at: datetime, *, at_most: int, at_least: int = 0) -> datetime:
        """A moment between 9 and 17 h of a business day so many days on; 0 is soon."""
        count = self.life.world.random.randint(at_least, at_most)
        if count == 0:
            return at + self._draw(10, 90) * _MINUTES
        day = business_days_later(at.astimezone(BRASILIA).date(), count)
        opening = datetime.combine(day, time(9), BRASILIA)
        return opening + self._draw(0, 480) * _MINUTES

    def _draw(self, low: float, high: float) -> float:
        return self.life.world.random.uniform(low, high)

    def _happens(self, share: float) -> bool:
        """Draw only where there is a choice, so that conditions do not move other draws."""
        return share > 0 and self.life.world.random.random() < share


def _end_of_day(at: datetime) -> datetime:
    """The next midnight of Brasília."""
    tomorrow = at.astimezone(BRASILIA).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), BRASILIA)


def _margin_slot(proposal: Proposal, operation: Operation) -> str:
    return MARGIN if operation is proposal.portability else REFINANCING
