"""The lives of an application, its payment, its offers and documents: every arrow, none besides."""

from collections import Counter
from typing import Any

import pytest

from tramita.kit.lifecycle import Lifecycle, TransitionNotAllowed
from tramita.transfers.lifecycle import (
    ACCEPTED,
    ACTIVE,
    APPLICATION,
    CHOSEN,
    DOCUMENT_JOB,
    EDITABLE,
    OFFER,
    OPEN_OFFERS,
    PAYABLE,
    PAYMENT,
    SETTLED,
    UNCHECKED,
    WAITING_JOBS,
    ApplicationState,
    DocumentJobState,
    DocumentJobTrigger,
    OfferState,
    PaymentState,
)

# As it was designed: by trigger, from where to where.
ARROWS = {
    APPLICATION.name: {
        "submit": "draft>submitted",
        "return": "submitted>draft",
        "check": "draft>new_in_house submitted>new_in_house",
        "reopen_draft": "new_in_house>draft",
        "accept_offer": "new_in_house>offer_accepted",
        "start_work": "offer_accepted>in_work",
        "complete": "in_work>completed",
        "cancel": "draft>cancelled submitted>cancelled new_in_house>cancelled "
        "offer_accepted>cancelled in_work>cancelled",
        "reject": "new_in_house>rejected",
    },
    PAYMENT.name: {
        "send_test": "none>test_sent problem>test_sent",
        "pass_test": "test_sent>test_ok",
        "send": "none>client_sent test_sent>client_sent test_ok>client_sent problem>client_sent",
        "take_back": "client_sent>none",
        "receive": "none>funds_received test_sent>funds_received test_ok>funds_received "
        "client_sent>funds_received problem>funds_received",
        "pay_out": "funds_received>paid_out problem>paid_out",
        "confirm": "paid_out>confirmed",
        "return": "none>returned test_sent>returned test_ok>returned client_sent>returned "
        "funds_received>returned paid_out>returned confirmed>returned problem>returned",
        "report_problem": "none>problem test_sent>problem test_ok>problem client_sent>problem "
        "funds_received>problem paid_out>problem confirmed>problem",
    },
    OFFER.name: {
        "submit": "draft>submitted",
        "accept": "submitted>accepted",
        "auto_accept": "submitted>auto_accepted",
        "decline": "submitted>declined",
        "supersede": "submitted>superseded auto_accepted>superseded",
        "withdraw": "draft>withdrawn submitted>withdrawn",
        "expire": "submitted>expired",
    },
    DOCUMENT_JOB.name: {
        "queue": "requested>queued",
        "generate": "requested>generating queued>generating",
        "make_ready": "requested>ready queued>ready generating>ready",
        "store": "requested>stored queued>stored generating>stored ready>stored failed>stored",
        "post": "stored>posted_to_chat",
        "fail": "requested>failed queued>failed generating>failed ready>failed",
        "cancel": "requested>cancelled queued>cancelled generating>cancelled ready>cancelled",
    },
}
CYCLES = {cycle.name: cycle for cycle in (APPLICATION, PAYMENT, OFFER, DOCUMENT_JOB)}


@pytest.fixture(params=CYCLES)
def cycle(request: pytest.FixtureRequest) -> Lifecycle[Any, Any]:
    """Each of them in turn."""
    return CYCLES[request.param]


class TestEachLife:
    def test_takes_exactly_the_arrows_of_the_design(self, cycle: Lifecycle[Any, Any]) -> None:
        """Each trigger leads where the design says, and what is missing there is refused."""
        designed = ARROWS[cycle.name]
        expected = {
            (source, trigger, target)
            for trigger, arrows in designed.items()
            for source, target in (one.split(">") for one in arrows.split())
        }

        assert expected == {tuple(map(str, arrow)) for arrow in cycle.arrows()}
        for state in cycle.final:
            with pytest.raises(TransitionNotAllowed):
                cycle.next(state, next(cycle.arrows())[1])

    def test_is_told_by_where_it_goes(self, cycle: Lifecycle[Any, Any]) -> None:
        """From one state to another leads one trigger at most, so naming the target is enough."""
        ways = Counter((source, target) for source, _, target in cycle.arrows())

        assert {1} == set(ways.values())
        for source, trigger, target in cycle.arrows():
            assert trigger is cycle.trigger_to(source, target)


class TestSets:
    def test_of_applications_follow_their_life(self) -> None:
        """The form is open before an offer is accepted, and money is sent after that."""
        final = {ApplicationState.COMPLETED, ApplicationState.CANCELLED, ApplicationState.REJECTED}
        assert final == APPLICATION.final
        assert set(ApplicationState) - final == ACTIVE
        assert UNCHECKED < EDITABLE < ACTIVE
        assert ACTIVE - EDITABLE == PAYABLE
        assert PAYABLE | {ApplicationState.COMPLETED} == ACCEPTED

    def test_of_the_others_are_apart(self) -> None:
        """What is chosen is not open; what 1C is to speak of is not stored."""
        assert not CHOSEN & OPEN_OFFERS
        assert {OfferState.AUTO_ACCEPTED, OfferState.ACCEPTED} == CHOSEN
        assert {PaymentState.CONFIRMED, PaymentState.RETURNED} == SETTLED
        waiting = DOCUMENT_JOB.targets(DocumentJobTrigger.STORE).keys() - {DocumentJobState.FAILED}
        assert waiting == WAITING_JOBS
