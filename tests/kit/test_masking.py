"""Nothing personal or secret reaches a log, the journal or an error message."""

import time
import timeit

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tramita.kit.masking import (
    MAX_DEPTH,
    mask,
    mask_body,
    mask_text,
)
from tramita.kit.masking_shapes import (
    mask_card,
    mask_cpf,
    mask_device,
    mask_email,
    mask_name,
    mask_phone,
    mask_token,
)

CPF = "16514548091"
ANY_CHARACTER = st.characters(codec=None, exclude_categories=())
PERSONAL_KEYS = ["name", "cpf", "phone", "address", "url", "contract_number", "benefit"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


class TestSingleValues:
    @pytest.mark.parametrize(
        ("masked", "expected"),
        [
            (mask_cpf(CPF), "•••.145.•••-••"),
            (mask_cpf("165.145.480-91"), "•••.145.•••-••"),
            (mask_cpf("1651454809"), "•••"),
            (mask_phone("11987654321"), "(11) 9••••-4321"),
            (mask_phone("+55 (11) 98765-4321"), "(11) 9••••-4321"),
            (mask_phone("1132654321"), "(11) ••••-4321"),
            (mask_phone("190"), "•••"),
            (mask_card("4111 1111 1111 1234"), "•••• 1234"),
            (mask_card("1234"), "•••"),
            (mask_device("352099001761481"), "•••1481"),
            (mask_token("066d2f49-057f-4b0a-926d-fe95455f995f"), "066d•••"),
            (mask_token("short"), "•••"),
            (mask_name("Maria de Souza"), "M••• d••• S•••"),
            (mask_email("maria@example.com"), "m•••@example.com"),
            (mask_email("maria"), "•••"),
        ],
    )
    def test_show_only_what_helps_to_recognize_them(self, masked: str, expected: str) -> None:
        """A reader can tell two people apart, and cannot tell who they are."""
        assert expected == masked


class TestMask:
    def test_hides_who_pays_and_is_paid_abroad(self) -> None:
        """By whatever number: accounts of both kinds, and what registers know a person by."""
        value = {
            "payer": {"inn": "500100732259", "ogrn": "304500116000157", "contact": "@anna"},
            "beneficiary": {"name": "Anna Berg", "local_id": "11010519491231002X"},
            "beneficiary_bank": {"iban": "DE44500105175407324931", "bic": "DEUTDEFF"},
            "document": {"file_name": "Berg.pdf"},
        }

        assert {
            "payer": {"inn": "•••259", "ogrn": "•••157", "contact": "•••"},
            "beneficiary": {"name": "A••• B•••", "local_id": "•••02X"},
            "beneficiary_bank": {"iban": "•••31", "bic": "DEUTDEFF"},
            "document": {"file_name": "B•••"},
        } == mask(value)

    def test_hides_by_key_at_any_depth_and_spelling(self) -> None:
        """Keys of every vendor's spelling are known: snake, camel and header case."""
        value = {
            "borrower": {"name": "Maria Souza", "motherName": "Ana", "is_pep": False},
            "collaterals": [{"collateral_data": {"benefit_number": 1234567890, "state": "SP"}}],
            "API-CLIENT-KEY": "4c268c7d",
            "clientSecret": "s3cret",
            "password": ["a", "b"],
            "email": None,
        }

        masked = mask(value)

        assert {
            "borrower": {"name": "M••• S•••", "motherName": "A•••", "is_pep": False},
            "collaterals": [{"collateral_data": {"benefit_number": "•••890", "state": "SP"}}],
            "API-CLIENT-KEY": "•••",
            "clientSecret": "•••",
            "password": "•••",
            "email": None,
        } == masked

    def test_hides_ordinary_keys_inside_personal_objects(self) -> None:
        """``number`` is personal in a phone or address, and not in an instalment."""
        value = {
            "phone": {"area_code": "11", "number": "987654321"},
            "address": {"street": "Rua A", "number": "10", "city": "São Paulo", "cep": "01001000"},
            "benefit": {"number": "1234567890", "species": 41},
            "installment": {"number": 10},
        }

        masked = mask(value)

        assert {
            "phone": {"area_code": "11", "number": "•••4321"},
            "address": {"street": "•••", "number": "•••", "city": "São Paulo", "cep": "•••"},
            "benefit": {"number": "•••890", "species": 41},
            "installment": {"number": 10},
        } == masked

    def test_hides_identifiers_of_devices(self) -> None:
        """By their last four digits two of them can be told apart."""
        value = {
            "imei": "353879234252633",
            "imeiSV": "3538792342526301",
            "tac": "35387923",
            "eid": "89049032123451234512345678901235",
            "iccid": "89550421234567890128",
            "modelId": "m-ipx-br",
        }

        masked = mask(value)

        assert {
            "imei": "•••2633",
            "imeiSV": "•••6301",
            "tac": "•••7923",
            "eid": "•••1235",
            "iccid": "•••0128",
            "modelId": "m-ipx-br",
        } == masked

    def test_keeps_what_a_reader_of_the_journal_needs(self) -> None:
        """Contract numbers, keys, companies, amounts and statuses stay readable."""
        value = {
            "contract_number": CPF,
            "proposal_key": "066d2f49-057f-4b0a-926d-123456789012",
            "purchaser_document_number": "32402502000135",
            "portability_number": "202611220000000012345",
            "proposal_status": "pending_response",
            "total_amount": 214.62,
            "due_date": "2027-01-07",
        }

        assert value == mask(value)

    def test_hides_a_personal_number_under_an_unknown_key(self) -> None:
        """A CPF or a phone sent as a number is still one."""
        assert {"x": "•••.145.•••-••", "y": "(11) 9••••-4321", "z": 12345678901} == mask(
            {"x": int(CPF), "y": 11987654321, "z": 12345678901}
        )

    def test_shows_only_the_host_of_a_signing_link(self) -> None:
        """Who holds the link can sign."""
        masked = mask({"signature_url": "https://sign.example.com/s/abc?token=1"})

        assert {"signature_url": "https://sign.example.com/•••"} == masked

    def test_hides_inside_an_exception(self) -> None:
        """A driver's error quotes the row it failed on."""
        assert "Key (cpf)=(•••.145.•••-••) exists" == mask(ValueError(f"Key (cpf)=({CPF}) exists"))

    def test_cuts_what_is_nested_too_deep(self) -> None:
        """An attack on the recursion ends as dots."""
        value: object = CPF
        for _ in range(MAX_DEPTH * 3):
            value = [value]

        assert CPF not in str(mask(value))

    def test_leaves_the_original_alone(self) -> None:
        """The masked copy goes to the journal, the original to the provider."""
        value = {"borrower": {"name": "Maria"}}

        mask(value)

        assert {"borrower": {"name": "Maria"}} == value

    @given(value=JSON)
    def test_takes_any_json_value(self, value: object) -> None:
        """What a vendor sends never makes the journal fail."""
        masked = mask(value)

        assert isinstance(msgspec.json.encode(masked), bytes)

    def test_costs_little(self) -> None:
        """A proposal of sixty members stays far from a millisecond of CPU (measured: 0.05 ms)."""
        body = {f"object_{i}": {"name": "Ana", "status": "created", "rate": 0.1} for i in range(20)}

        took = timeit.repeat(lambda: mask(body), timer=time.thread_time, number=20, repeat=5)

        assert min(took) < 20 * 0.001


class TestMaskText:
    @pytest.mark.parametrize(
        "zero", ["0", "\N{FULLWIDTH DIGIT ZERO}", "\N{ARABIC-INDIC DIGIT ZERO}"]
    )
    def test_hides_digits_of_every_script(self, zero: str) -> None:
        """Whoever writes them is the same person."""
        written = "".join(chr(ord(zero) + int(digit)) for digit in CPF)

        assert "•••.145.•••-••" == mask_text(written)

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("CPF 165.145.480-91 recusado", "CPF •••.145.•••-•• recusado"),
            (f"CPF {CPF} recusado", "CPF •••.145.•••-•• recusado"),
            ("?document=165145480-91", "?document=•••.145.•••-••"),
            ("contrato 165145480-92", "contrato 165145480-92"),
            ("ligue (11) 98765-4321 já", "ligue (11) 9••••-4321 já"),
            ("a\x00b", "a\N{REPLACEMENT CHARACTER}b"),
            ("ligue +55 11 98765-4321 já", "ligue (11) 9••••-4321 já"),
            ("msisdn 5511987654321", "msisdn (11) 9••••-4321"),
            ("msisdn 551187654321", "msisdn (11) ••••-4321"),
            ("/reservations?msisdn=5511987654321", "/reservations?msisdn=•••"),
            (
                '{"numbers":[{"position":1,"msisdn":"55119',
                '{"numbers":[{"position":1,"msisdn":"•••"',
            ),
            ("a maria@example.com b", "a m•••@example.com b"),
            ("card 4111111111111111", "card •••• 1111"),
            ("card 4111 1111 1111 1111", "card •••• 1111"),
            ("Bearer abc.def", "•••"),
            ("QIT key:eyJhbGciOi.eyJzdWIi.c2ln", "QIT key:•••"),
            ("grant=x&client_secret=abc&n=1", "grant=x&client_secret=•••&n=1"),
            ('{"borrower":{"name":"Maria So', '{"borrower":{"name":"•••"'),
            ('{"phone":{"area_code":"11","number":"987654321"},"x":', '{"phone":"•••","x":'),
            ('{"benefit": {"species": 41, "number": 12345', '{"benefit":"•••"'),
            ("id 066d2f49-057f-4b0a-926d-123456789012", "id 066d2f49-057f-4b0a-926d-123456789012"),
            ("portabilidade 202611220000000012345", "portabilidade 202611220000000012345"),
            ("imei 353879234252633", "imei •••• 2633"),
            ("eid 89049032123451234512345678901235", "eid •••1235"),
            ("eid 35840574202500000125000000000123", "eid •••0123"),
            ("/v1/sims/89550421234567890128/assignments", "/v1/sims/•••0128/assignments"),
            ("iccid 8955042123456789012", "iccid •••9012"),
            ("", ""),
        ],
    )
    def test_hides_by_shape(self, text: str, expected: str) -> None:
        """Personal data is found in the middle of a vendor's sentence or of broken JSON."""
        assert expected == mask_text(text)

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("CPF 165 145 480 91 refused", "CPF •••.145.•••-•• refused"),
            ("165 145 480-91", "•••.145.•••-••"),
            ("165.145.48091", "•••.145.•••-••"),
            ("call 11 98765-4321 now", "call (11) 9••••-4321 now"),
            ("11 98765 4321", "(11) 9••••-4321"),
            ("11 9 8765-4321", "(11) 9••••-4321"),
            ("011 98765-4321", "(11) 9••••-4321"),
            ("11-98765-4321", "(11) 9••••-4321"),
            ("11 3265-4321", "(11) ••••-4321"),
            ("RG 12.345.678-9", "RG •••-9"),
            ("RG: 123456789", "RG: •••89"),
            ("RG n. 1234567", "RG n. •••67"),
            ("Identidade 12.345.678-X", "Identidade •••-X"),
            ("12.345.678-9 SSP/SP", "•••-9 SSP/SP"),
            ("born 05/03/1961", "born ••/••/1961"),
            ("5/3/1961", "••/••/1961"),
            ("05-03-1961", "••-••-1961"),
            ("05.03.1961", "••.••.1961"),
            ("1961-03-05", "1961-••-••"),
        ],
    )
    def test_hides_what_brazilians_write(self, text: str, expected: str) -> None:
        """With blanks, without an area code's brackets, as a document says it."""
        assert expected == mask_text(text)

    @pytest.mark.parametrize(
        "text",
        [
            "instalment 12 of 80: R$ 1.234.567,89",
            "due 05/03/2027, paid 2026-11-29",
            "contract 0123456789-10/2024",
            "123 456 789 10",
            "CNPJ 12.345.678/0001-95",
            "0198c0de-1961-7000-8000-000000000000",
            "proposal 98765-4321",
            "from 11 2023-2024 on",
            "version 1.2.2005 of 10.20.30.40",
            "HTTP 500 after 12 30000-4000",
            "1961",
            "R$ 2005,10",
            "2,000 of 19,999",
            "ISPB 32402502, agency 0001",
        ],
    )
    def test_leaves_what_is_nobodys(self, text: str) -> None:
        """Amounts, due dates, and numbers of things: whoever reads the journal needs them."""
        assert text == mask_text(text)

    @pytest.mark.parametrize(
        "unit",
        ["RG ", "RG n. ", "1.", "12.345.", "05/03/", "11 9", "165 ", "05-03-19"],
    )
    def test_takes_linear_time_on_what_begins_like_it(self, unit: str) -> None:
        """The same for what only looks like the beginning of a document."""
        text = unit * (60_000 // len(unit))
        started = time.thread_time()

        mask_text(text)

        assert time.thread_time() - started < 2.0

    @pytest.mark.parametrize(
        "unit",
        ['"phone":{', "eyJ", "1", "a@", "1.", "(11) ", '"ab":"\\', "aa.", "a=", "1 ", '"ab" '],
    )
    def test_takes_linear_time_on_hostile_text(self, unit: str) -> None:
        """A vendor, or whoever writes through it, cannot hold the event loop with a regex."""
        text = unit * (60_000 // len(unit))
        started = time.thread_time()

        mask_text(text)

        assert time.thread_time() - started < 2.0


class TestTotality:
    """Whatever comes from outside is masked, and nothing is raised."""

    @pytest.mark.parametrize("depth", [0, 1, 39, 40, 41, 500, 900, 950, 990, 2000])
    @pytest.mark.parametrize(
        ("opening", "closing"),
        [
            ("[", "]"),
            ('{"a":', "}"),
            ('[{"a":', "}]"),
            # Keys whose values have rules of their own.
            ('{"address":', "}"),
            ('{"contract_number":', "}"),
            ('{"phone":{"identification":', "}}"),
        ],
    )
    def test_however_deep(self, depth: int, opening: str, closing: str) -> None:
        """Nested up to where a parser gives up, and beyond."""
        body = opening * depth + f'{{"cpf":"{CPF}"}}' + closing * depth

        assert CPF not in mask_body(body.encode())

    @given(st.binary())
    def test_whatever_bytes(self, body: bytes) -> None:
        """The text can be written down."""
        masked = mask_body(body)

        assert "\x00" not in masked
        assert masked == masked.encode().decode()

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(ANY_CHARACTER),
            lambda inner: (
                st.lists(inner)
                | st.dictionaries(st.text(ANY_CHARACTER) | st.sampled_from(PERSONAL_KEYS), inner)
            ),
        )
    )
    def test_whatever_value(self, value: object) -> None:
        """Half characters and NUL in keys and values too, also under personal keys."""
        masked = msgspec.json.encode(mask(value))

        assert b"\\u0000" not in masked


@pytest.mark.parametrize(
    "text",
    [
        "<entry><d:Плательщик>Rosa Trading</d:Плательщик><d:Number>7</d:Number></entry>",
        '<person><name lang="en">Rosa Trading</name></person>',
        "<entry><d:Плательщик>Rosa Tra",
        '{"ДанныеЗаявки": "{\\"name\\": \\"Rosa Trading\\"}", "Num',
    ],
)
def test_elements_and_members_are_hidden_by_their_key(text: str) -> None:
    """In XML, whole or cut, and in whatever letters an ERP calls them."""
    assert "Rosa" not in mask_text(text)


@pytest.mark.parametrize("key", ["note", "comment"])
def test_what_somebody_noted_is_hidden(key: str) -> None:
    """Words of their own may name anybody."""
    assert "Quartzberg" not in str(mask({key: "Call Zulmira Quartzberg"}))
