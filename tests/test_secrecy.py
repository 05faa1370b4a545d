"""What the whole suite is scanned for is found, and nothing else."""

import pytest

from tests.secrecy import leaks_in, leaks_in_log


class TestLeaksIn:
    @pytest.mark.parametrize(
        "text",
        [
            "CPF 165.145.480-91 recusado",
            '"document_number": "16514548091"',
            "call (11) 98765-4321",
            "5511987654321",
            "987654321",
            '"account_number": "00001"',
            "benefit 1234567890",
            "RG 12.345.678-9",
            "imei 353879234252633",
            "eid=89049032123451234512345678901235",
            "/v1/sims/89550421234567890128/assignments",
            "Maria Souza",
            "to maria@example.com",
            "Authorization: QIT key:eyJhbGciOiJFUzUxMiJ9.e30.c2ln",
            "tramita_" + "aB3-_" * 8 + "xyz",
            "tramita_session=abcdefghijklmnopqrstuvwxyz",
            "whsec_" + "aB3/" * 11,
            "https://api.telegram.org/bot1000001:TEST-TOKEN-NOT-A-REAL-BOT/getMe",
            "tma user=%7B%7D&hash=" + "0a" * 32,
            "#tgWebAppData=user%3D%257B%26hash%3D" + "0a" * 32,
            "Authorization: Basic 0J/Qu9Cw0YLRhNC+0YDQvNCwOg==",
            "POST /telegram/webhook/telegram-demonstration-path",
        ],
    )
    def test_finds_what_must_not_be_read(self, text: str) -> None:
        """The example's values in every spelling, and what looks like a secret."""
        assert 1 == len(leaks_in(f"before {text} after"))

    @pytest.mark.parametrize(
        "text",
        [
            "•••.145.•••-••",
            "(11) 9••••-4321",
            "contract T-000001 of 2026-11-22 09:55:07.123456789012",
            "066d2f49-057f-4b0a-926d-165145480910",
            "SELECT tramita_now() FROM tramita_portability_contracts_and_more",
            "202611220000000012345",
            "imei •••2633, TAC 35387923",
            '{"account": "•••01"}',
            '"id":"evt_01a22c7d4e3c7f5511987650001abcde"',
        ],
    )
    def test_leaves_the_rest_alone(self, text: str) -> None:
        """Masked values, numbers of contracts, moments and ids are there to be read."""
        assert [] == leaks_in(text)


class TestLeaksInLog:
    @pytest.mark.parametrize(
        "text",
        [
            '127.0.0.1:1 - "WebSocket /ws/066d2f49-057f-4b0a-926d-1651454809ab" [accepted]',
            "GET /api/detalhe-formalizacao/066d2f49057f4b0a926d1651454809ab/",
            "GET /formalizacao/066d2f49-057f-4b0a-926d-1651454809ab?fragment=1",
            "GET /api/v1/envelopes/066d2f49-057f-4b0a-926d-1651454809ab",
        ],
    )
    def test_finds_the_address_of_an_envelope(self, text: str) -> None:
        """Who reads a log must not be able to open what it is about."""
        assert 1 == len(leaks_in_log(text))

    def test_leaves_routes_and_other_ids_alone(self) -> None:
        """A template of a route, and the id of an operation, are there to be read."""
        assert [] == leaks_in_log('"route": "/ws/{token}" 01a20284-9c25-7762-939b-ad71bf9fe9f9')
