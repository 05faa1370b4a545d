"""Documents of customers."""

import pytest

from tramita.contracts.rules import is_document, is_phone, normalize_document


class TestIsDocument:
    @pytest.mark.parametrize(
        ("kind", "number", "expected"),
        [
            ("cpf", "165.145.480-91", True),
            ("cpf", "165.145.480-92", False),
            ("cpf", "000.000.001-91", True),
            ("cpf", "191", False),
            ("cpf", "111.111.111-11", False),
            ("cnpj", "191", False),
            ("cnpj", "11.222.333/0001-81", True),
            ("cnpj", "11.222.333/0001-82", False),
            ("cnpj", "12.ABC.345/01DE-35", True),
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


class TestIsPhone:
    @pytest.mark.parametrize(
        ("number", "expected"),
        [
            ("+5511987654321", True),
            ("+551133334444", True),
            ("+5523987654321", False),
            ("+5511087654321", False),
            ("+551187654321", False),
            ("+55119876543210", False),
            ("+34600111222", True),
        ],
    )
    def test_knows_brazils_area_codes_and_forms(self, number: str, *, expected: bool) -> None:
        """Mobile numbers begin with 9, fixed ones with 2 to 5."""
        assert expected is is_phone(number)
