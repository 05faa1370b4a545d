"""What the client reads when a contract stops."""

import pytest

from tramita.portability.rules import Code
from tramita.portability.words import (
    ADVICE,
    CLIENT_WORDS,
    OPERATOR_REFUSED,
    PARKED,
    PROVIDER_REFUSED,
    client_advice,
    client_words,
)

TECHNICAL = (
    *("ISPB", "CCB", "CET", "JSON", "API", "schema", "inconclusiv", "REPROVADO"),
    *("Dataprev", "ECTC", "webhook"),
)

# The origin bank's reasons for keeping a contract, as QI Tech lists them.
RETENTIONS = (
    "issuer_retention",
    "different_from_original",
    "issuer_lawsuit",
    "insurance_in_progress",
    "collateral_in_execution",
    "contract_not_found",
    "invalid_contract_type",
    "portability_in_progress",
    "assigned_contract",
    "issuer_document_number_invalid",
    "unrelated_issuer_document_number",
    "assigned_without_co_obligation",
    "fgts_in_use",
    "fgts_funding",
    "portability_not_requested",
    "wrong_original_financial_institution",
)
REJECTIONS = (
    "portability_in_progress",
    "portability_finished",
    "portability_in_expiration_progress",
    "ectc0023",
    "ectc0028",
)
OUR_ENDS = (
    "declined_by_client",
    "canceled_by_provider",
    "consent_denied",
    "consent_expired",
    "balance_too_high",
    "balance_too_low",
    "envelope_expired",
    "envelope_cancelled",
    "contract_cancelled",
)


class TestClientWords:
    """Sentences for reasons."""

    def test_exist_for_every_reason(self) -> None:
        """No client ever reads a code."""
        later = {f"retained_{reason}" for reason in RETENTIONS}
        later |= {f"rejected_{reason}" for reason in REJECTIONS}
        ours = {PROVIDER_REFUSED, PARKED, OPERATOR_REFUSED, *OUR_ENDS}

        assert {*Code, *later, *ours} == set(CLIENT_WORDS)

    @pytest.mark.parametrize("sentence", sorted({*CLIENT_WORDS.values(), *ADVICE.values()}))
    def test_are_one_or_two_plain_short_sentences(self, sentence: str) -> None:
        """No bank's abbreviation, and short enough to be read on a phone."""
        assert [] == [word for word in TECHNICAL if word in sentence]
        assert sentence.endswith(".")
        assert len(sentence) <= 130

    @pytest.mark.parametrize(
        ("code", "beginning"),
        [
            ("retained_something_new", "O banco atual não liberou"),
            ("rejected_ECTC9999", "O sistema que liga os bancos não aceitou"),
            ("rejected_ECTC0023", "Já existe outro pedido"),
            ("something_else", "Esta portabilidade não foi adiante"),
            ("", "Esta portabilidade não foi adiante"),
        ],
    )
    def test_are_calm_about_a_code_that_nobody_knows(self, code: str, beginning: str) -> None:
        """A new code of a vendor reads as its family, whatever its letters' case."""
        assert client_words(code).startswith(beginning)


class TestClientAdvice:
    """What the client may do."""

    def test_is_given_only_for_reasons_that_exist(self) -> None:
        """No advice hangs in the air."""
        assert set(ADVICE) <= set(CLIENT_WORDS)

    @pytest.mark.parametrize(
        ("codes", "beginning"),
        [
            (["retained_contract_not_found"], "Confira o banco e o número"),
            (["rates_disagree", "consent_expired"], "Se ainda quiser mudar de banco"),
            (["retained_something_new"], "Fale com o banco atual"),
            (["something_else"], "Se tiver dúvida"),
            ([], "Se tiver dúvida"),
        ],
    )
    def test_is_the_first_there_is(self, codes: list[str], beginning: str) -> None:
        """The first reason that has an answer decides; without one there is somebody to ask."""
        assert client_advice(codes).startswith(beginning)
