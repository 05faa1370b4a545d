"""The conformance suite of ``PaymentBackend``."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import uuid4

from tramita.kit.money import Money
from tramita.kit.outcome import Done, Outcome
from tramita.payments.ports import (
    Charge,
    GivenBack,
    HostedForm,
    Payer,
    PaymentBackend,
    PaymentNews,
    PaymentStatus,
    SavedCard,
)
from tramita.testing.gateways import ActingGatewaySuite, Method, done
from tramita.testing.scene import Scene, attempt


class PaymentBackendSuite(ActingGatewaySuite[PaymentBackend]):
    """A vendor whose payers save the cards that they are asked for.

    ``knows_repetitions``: a debit that is asked for twice under one key is one. ``told_twice``: so
    is a payment that is given back twice.
    """

    port = PaymentBackend
    knows_repetitions = False

    async def saved_card(self, scene: Scene[PaymentBackend], payer: Payer) -> SavedCard:
        """Have a payer save a card that pays; answers what the vendor's message told of it."""
        raise NotImplementedError

    def payer(self) -> Payer:
        """Somebody new."""
        return Payer(str(uuid4()), "camille@example.org", {"city": "Lille", "country": "FR"})

    def charge(self, payer: Payer | None = None) -> Charge:
        """An instalment that nobody has paid."""
        amount = Money(Decimal("105.01"), "EUR")
        return Charge(str(uuid4()), str(uuid4()), amount, payer or self.payer())

    async def debitable(self, scene: Scene[PaymentBackend]) -> tuple[Charge, SavedCard]:
        """An instalment, and a card that pays it."""
        payer = self.payer()
        return self.charge(payer), await self.saved_card(scene, payer)

    async def debited(self, scene: Scene[PaymentBackend]) -> tuple[Charge, PaymentNews]:
        """An instalment that was paid."""
        charge, card = await self.debitable(scene)
        news = done(await scene.gateway.create_zero_click_payment(charge, card, attempt()))
        return charge, news

    async def made_payer(self, scene: Scene[PaymentBackend]) -> Payer:
        """Somebody new."""
        return self.payer()

    async def made_charge(self, scene: Scene[PaymentBackend]) -> Charge:
        """An instalment that nobody has paid."""
        return self.charge()

    def methods(self) -> Mapping[str, Method[PaymentBackend]]:
        """All that are answered."""
        return {
            "tokenize_card": Method(
                lambda us, payer, of: us.tokenize_card(payer, of),
                self.made_payer,
                is_act=True,
                is_once=False,
            ),
            "create_payment": Method(
                lambda us, charge, of: us.create_payment(charge, of),
                self.made_charge,
                is_act=True,
                is_once=False,
            ),
            "create_one_click_payment": Method(
                lambda us, given, of: us.create_one_click_payment(given[0], given[1].token, of),
                self.debitable,
                is_act=True,
                is_once=False,
            ),
            "create_zero_click_payment": Method(
                lambda us, given, of: us.create_zero_click_payment(given[0], given[1], of),
                self.debitable,
                is_act=True,
                is_once=self.knows_repetitions,
                was_done=_was_paid,
            ),
            "is_already_paid": Method(
                lambda us, given, of: us.is_already_paid(given[0], of), self.debited
            ),
            "find_payments": Method(
                lambda us, given, of: us.find_payments(given[0], of), self.debited
            ),
            "cancel_or_refund": Method(
                lambda us, given, of: us.cancel_or_refund(given[1].reference, given[1].amount, of),
                self.debited,
                is_act=True,
                is_once=True,
                was_done=_was_given_back,
            ),
            "find_refund": Method(
                lambda us, given, of: us.find_refund(given[0].order, given[1].reference, of),
                self.debited,
            ),
            "delete_credit_card": Method(
                lambda us, given, of: us.delete_credit_card(given[1].token, of),
                self.debitable,
                is_act=True,
            ),
        }

    async def test_finds_what_was_paid_by_the_instalment(self, tmp_path: Any) -> None:
        """Under another key as well; and of another instalment of the order nothing."""
        async with self.scene(tmp_path) as scene:
            charge, news = await self.debited(scene)
            other = Charge(charge.order, str(uuid4()), charge.amount, charge.payer)

            found = done(await scene.gateway.is_already_paid(charge, attempt()))
            nothing = done(await scene.gateway.is_already_paid(other, attempt()))
            every = [
                [*done(await scene.gateway.find_payments(one, attempt()))]
                for one in (charge, other)
            ]

        assert (PaymentStatus.PAID, charge.amount, charge.installment) == (
            news.status,
            news.amount,
            news.installment,
        )
        assert news == found
        assert nothing is None
        assert [[news], []] == every

    async def test_gives_back_what_was_paid(self, tmp_path: Any) -> None:
        """All of it, and it is found again."""
        async with self.scene(tmp_path) as scene:
            charge, news = await self.debited(scene)
            gateway = scene.gateway

            before = done(await gateway.find_refund(charge.order, news.reference, attempt()))
            given = done(await gateway.cancel_or_refund(news.reference, news.amount, attempt()))
            after = done(await gateway.find_refund(charge.order, news.reference, attempt()))

        assert before is None
        assert isinstance(given, GivenBack)
        assert news.amount == given.amount
        assert given == after

    async def test_shows_forms_that_a_page_can_use(self, tmp_path: Any) -> None:
        """Each has a token of its own."""
        async with self.scene(tmp_path) as scene:
            forms: list[HostedForm] = [
                done(await scene.gateway.tokenize_card(self.payer(), attempt())) for _ in range(2)
            ]

        assert 2 == len({form.token for form in forms})
        assert all(form.url is None or form.url.startswith("http") for form in forms)


async def _was_paid(us: PaymentBackend, given: tuple[Charge, SavedCard], key: str) -> bool:
    return not _is_nothing(await us.is_already_paid(given[0], attempt(key)))


async def _was_given_back(us: PaymentBackend, given: tuple[Charge, PaymentNews], _: str) -> bool:
    return not _is_nothing(await us.find_refund(given[0].order, given[1].reference, attempt()))


def _is_nothing(found: Outcome[Any]) -> bool:
    assert isinstance(found, Done), found
    return found.value is None
