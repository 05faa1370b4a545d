"""Documents of customers."""

import pytest

from tramita.contracts.rules import is_document, normalize_document


class TestIsDocument:
    @pytest.mark.parametrize(
        ("kind", "number", "expected"),
        [
            ("cpf", "165.145.480-91", True),
            ("cpf", "165.145.480-92", False),
            ("cnpj", "11.222.333/0001-81", True),
            ("cnpj", "11.222.333/0001-82", False),
            ("inn", "7707083893", True),
            ("inn", "7707083894", False),
            ("inn", "500100732259", True),
            ("inn", "500100732258", False),
            ("inn", "12345", False),
            ("passport", "AB 123456", True),
            ("passport", "A", False),
        ],
    )
    def test_knows_a_document_by_its_check_digits(
        self, kind: str, number: str, expected: bool
    ) -> None:
        """Punctuation aside, only numbers that can exist pass."""
        assert expected is is_document(kind, normalize_document(number))
