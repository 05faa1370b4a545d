"""What the demonstration shows of a preview, whatever became of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tramita.kit.errors import FieldError, InvalidError, TramitaError
from tramita.numbering import errors
from tramita.numbering.ddd import AreaCode, DDDMalformed
from tramita.numbering.lifecycle import NumberStatus, PreviewState, ProviderRelease
from tramita.numbering.numbers.queries import Offer
from tramita.numbering.page.presentation import (
    Face,
    Notice,
    face_of,
    present_choice,
    present_offer,
)
from tramita.numbering.page.words import REFUSALS, refusal_of
from tramita.numbering.previews.queries import PreviewNumberAnswer, PreviewView
from tramita.web.problems import of_domain_error

# Half past nine in the evening in Brasília, when it is another day in UTC already.
NOW = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
SAO_PAULO = AreaCode("11", "SP", "SE", "São Paulo")
NUMBER = "5511987654321"


def offer(
    state: PreviewState = PreviewState.HELD,
    status: NumberStatus | None = None,
    release: ProviderRelease | None = None,
    *,
    left: timedelta = timedelta(minutes=14),
) -> Offer:
    """A preview that stands at ``state``, and the number reserved from it at ``status``."""
    preview = PreviewView(
        UUID(int=1),
        "11",
        "vivo",
        state,
        NOW + left - timedelta(minutes=15),
        NOW + left,
        tuple(PreviewNumberAnswer(n, f"(11) 9••••-000{n}") for n in range(3)),
        NUMBER if state is PreviewState.CONSUMED else None,
    )
    return Offer(preview, NOW, status, release, NOW + timedelta(days=1), None)


class TestThePageOfAPreview:
    @pytest.mark.parametrize(
        ("state", "status", "face"),
        [
            (PreviewState.HELD, None, Face.HELD),
            (PreviewState.RESERVING, None, Face.RESERVING),
            (PreviewState.CONSUMED, NumberStatus.RESERVED, Face.RESERVED),
            (PreviewState.CONSUMED, NumberStatus.ASSIGNED, Face.IN_USE),
            (PreviewState.CONSUMED, NumberStatus.QUARANTINE, Face.IN_USE),
            (PreviewState.CONSUMED, NumberStatus.RETURNED, Face.RELEASED),
            (PreviewState.CONSUMED, None, Face.RELEASED),
            (PreviewState.EXPIRED, None, Face.OVER),
            (PreviewState.SUPERSEDED, None, Face.OVER),
            (PreviewState.RELEASED, None, Face.OVER),
        ],
    )
    def test_has_the_face_of_its_state(
        self, state: PreviewState, status: NumberStatus | None, face: Face
    ) -> None:
        """A number that has gone to somebody else is released, as far as this preview goes."""
        assert face is face_of(offer(state, status))

    @pytest.mark.parametrize("state", PreviewState)
    @pytest.mark.parametrize("status", [None, *NumberStatus])
    def test_shows_the_number_only_while_it_is_held(
        self, state: PreviewState, status: NumberStatus | None
    ) -> None:
        """Once it is given back it is nobody's to read here."""
        view = present_offer(offer(state, status), SAO_PAULO)

        is_shown = view.face in (Face.RESERVED, Face.IN_USE)
        assert ("(11) 98765-4321" if is_shown else None) == view.number

    def test_says_until_when_in_the_time_of_its_reader(self) -> None:
        """Tomorrow in Brasília, though the day after tomorrow in UTC."""
        view = present_offer(offer(PreviewState.CONSUMED, NumberStatus.RESERVED), SAO_PAULO)

        assert "amanhã às 21h30" in view.lead

    @pytest.mark.parametrize(
        ("until", "said"),
        [
            (datetime(2026, 11, 23, 3, 5, tzinfo=UTC), "até amanhã à 0h05."),
            (datetime(2026, 11, 24, 4, 30, tzinfo=UTC), "até 24/11 à 1h30."),
            (datetime(2026, 11, 23, 2, 0, tzinfo=UTC), "até hoje às 23h00."),
            (None, "até um chip ser associado ao número."),
        ],
    )
    def test_tells_hours_as_people_do(self, until: datetime | None, said: str) -> None:
        """One hour is singular, and so is none; and what has no end is said without one."""
        found = replace(offer(PreviewState.CONSUMED, NumberStatus.RESERVED), reserved_until=until)

        assert said in present_offer(found, SAO_PAULO).lead

    def test_counts_from_the_time_of_the_platform(self) -> None:
        """What is left and the whole of it, in seconds; never less than nothing."""
        held = present_offer(offer(), SAO_PAULO)
        over = present_offer(offer(PreviewState.EXPIRED, left=timedelta(minutes=-3)), SAO_PAULO)

        assert (840.0, 900.0) == (held.left, held.span)
        assert 0.0 == over.left

    @pytest.mark.parametrize("release", ProviderRelease)
    def test_says_what_the_provider_knows_of_the_return(self, release: ProviderRelease) -> None:
        """And asks on only while the provider is still to be told."""
        found = offer(PreviewState.CONSUMED, NumberStatus.RETURNED, release)

        view = present_offer(found, SAO_PAULO)

        assert (release is ProviderRelease.PENDING) == (view.poll > 0)
        assert ("recusou" in view.lead) == (release is ProviderRelease.FAILED)


class TestTheFirstPage:
    def test_groups_area_codes_by_region(self) -> None:
        """In words, each region once."""
        belem = AreaCode("91", "PA", "N", "Belém")

        view = present_choice([SAO_PAULO, belem], minutes=15)

        assert {"Sudeste": (SAO_PAULO,), "Norte": (belem,)} == {
            one.name: one.codes for one in view.regions if one.codes
        }
        assert "15 minutos" in view.lead


class TestARefusal:
    @pytest.mark.parametrize(
        "error",
        [
            errors.PreviewNotFound(),
            errors.PreviewExpired(why="its time is over"),
            errors.ReservationInProgress(),
            errors.PreviewConsumed(),
            errors.NumberInventoryDivergence(number="…", status="IN_USE"),
            errors.NumberAlreadyReserved(number="…"),
            errors.ReleaseInProgress(),
            errors.NumberNotFound(),
            errors.NumberNotReleasable(number="…", status="IN_USE"),
            errors.ProviderRejected(reason="…"),
            errors.ProviderUnavailable("…"),
            errors.ProviderOutOfStock("…"),
            errors.ProviderOutcomeUnknown(reason="…"),
            DDDMalformed(),
            InvalidError([FieldError("ddd", "unknown", "…")]),
        ],
        ids=lambda error: type(error).__name__,
    )
    def test_has_words_and_the_status_of_the_api(self, error: TramitaError) -> None:
        """The page and the API never disagree about what happened."""
        assert of_domain_error(error).status == refusal_of(error).status
        assert error.code in {*REFUSALS, "invalid_request"}

    @pytest.mark.parametrize(
        ("error", "heading"),
        [
            (errors.ProviderUnavailable("…"), "A operadora está indisponível no momento"),
            (errors.ProviderOutOfStock("…"), "A operadora está sem números deste DDD"),
            (errors.NumberInventoryDivergence(number="…", status="…"), "não está disponível"),
            (errors.NumberAlreadyReserved(number="…"), "Este número já é seu"),
        ],
        ids=lambda one: type(one).__name__,
    )
    def test_that_shares_a_code_says_what_it_is(self, error: TramitaError, heading: str) -> None:
        """A provider without stock is not one that is away; one's own number is no trouble."""
        assert heading in refusal_of(error).heading

    @pytest.mark.parametrize(
        ("seconds", "said"),
        [
            (None, None),
            (1, "Tente de novo em 1 segundo."),
            (59, "Tente de novo em 59 segundos."),
            (60, "Tente de novo em 1 minuto."),
            (185, "Tente de novo em 3 minutos."),
        ],
    )
    def test_says_when_to_try_again(self, seconds: int | None, said: str | None) -> None:
        """In words, one of a thing in the singular."""
        assert said == Notice(refusal_of(errors.ProviderUnavailable("…")), seconds).advice

    def test_nobody_has_written_words_for_is_one_of_ours(self) -> None:
        """Better a plain sentence than a blank."""
        assert "nosso lado" in refusal_of(TramitaError()).heading
