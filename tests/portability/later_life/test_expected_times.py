"""When the provider is asked unless it speaks first."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest

from tramita.portability.later_life.course import Standing
from tramita.portability.later_life.expected_times import next_poll
from tramita.portability.lifecycle import PortabilityStatus
from tramita.portability.ports import ConsentStatus, Stage

NOW: Final = datetime(2026, 11, 18, 15, tzinfo=UTC)
P, S = PortabilityStatus, Stage
MIDDLE: Final = 0.5


class TestNextPoll:
    @pytest.mark.parametrize(
        ("status", "stage", "expected"),
        [
            (P.FORMALIZACAO_CLIENTE, S.OFFERED, timedelta(days=1)),
            (P.AGUARDANDO_SALDO, S.HELD, timedelta(minutes=15)),
            # At 18:00 in Brasília, a little spread; it is noon there.
            (P.AGUARDANDO_SALDO, S.AT_ORIGIN, timedelta(hours=6 + 1.2)),
            (P.SALDO_RETORNADO, S.BALANCE_RETURNED, timedelta(minutes=15)),
            (P.AGUARDANDO_PAGAMENTO, S.SETTLING, timedelta(hours=4)),
            (P.FINALIZADO, S.PAID, timedelta(hours=6)),
        ],
    )
    def test_follows_the_table(
        self, status: PortabilityStatus, stage: Stage, expected: timedelta
    ) -> None:
        """Each status has the pause that is usual for it."""
        known = Standing(status, stage, stage_at=NOW)

        assert NOW + expected == next_poll(known, NOW, dice=MIDDLE)

    @pytest.mark.parametrize("status", [P.DIGITACAO, P.REPROVADO, P.RETIDO, P.CANCELADO])
    def test_ends_where_nothing_is_expected(self, status: PortabilityStatus) -> None:
        """What is over is asked about by nobody."""
        assert next_poll(Standing(status), NOW, dice=MIDDLE) is None

    @pytest.mark.parametrize(
        ("registered_at", "days"), [(NOW, 0), (None, 10)], ids=["registered", "given up"]
    )
    def test_ends_with_the_margin(self, registered_at: datetime | None, days: int) -> None:
        """A paid loan is asked about until it is registered, ten days at most."""
        paid = Standing(P.FINALIZADO, S.PAID, stage_at=NOW, margin_registered_at=registered_at)

        assert next_poll(paid, NOW + timedelta(days=days), dice=MIDDLE) is None

    @pytest.mark.parametrize(
        ("day", "closing"),
        [
            (datetime(2026, 11, 18, 15, tzinfo=UTC), datetime(2026, 11, 18, 21, tzinfo=UTC)),
            # After closing: a day later at the latest, here a holiday; then the next bank day.
            (datetime(2026, 11, 19, 22, tzinfo=UTC), datetime(2026, 11, 20, 19, 36, tzinfo=UTC)),
            (datetime(2026, 11, 23, 2, tzinfo=UTC), datetime(2026, 11, 23, 21, tzinfo=UTC)),
        ],
    )
    def test_comes_when_the_banks_have_closed(self, day: datetime, closing: datetime) -> None:
        """A balance told today must be accepted today, however few hours are left of it."""
        waiting = Standing(P.AGUARDANDO_SALDO, S.AT_ORIGIN, balance_due_on=date(2026, 11, 26))

        assert closing == next_poll(waiting, day, dice=0)

    def test_comes_when_the_consent_is_over(self) -> None:
        """After the last calendar day, which here is a Sunday after a holiday."""
        now = datetime(2026, 11, 22, 20, tzinfo=UTC)  # A bank day's closing is further off.
        waiting = Standing(
            P.AGUARDANDO_SALDO,
            S.AT_ORIGIN,
            consent=ConsentStatus.AWAITING,
            consent_expires_on=date(2026, 11, 22),
        )

        assert datetime(2026, 11, 23, 3, 5, tzinfo=UTC) == next_poll(waiting, now, dice=0)
        confirmed = replace(waiting, consent=ConsentStatus.CONFIRMED)
        assert now + timedelta(days=1) == next_poll(confirmed, now, dice=MIDDLE)

    def test_is_spread(self) -> None:
        """Contracts that moved together are not asked about together for ever."""
        known = Standing(P.AGUARDANDO_PAGAMENTO, S.SETTLING)

        early, late = next_poll(known, NOW, dice=0), next_poll(known, NOW, dice=0.999)

        assert early is not None
        assert late is not None
        assert late - early > timedelta(minutes=40)
