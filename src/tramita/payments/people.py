"""What payments hold of people: who pays, and which cards they have.

What was paid and invoiced stays, by the contract that it is about. Whom an invoice was for is kept as
long as the law wants; then it names nobody any more. A card that is to be debited yet keeps its owner from being erased.
"""

from typing import Final

from tramita.kit.jwt_users import USERNAME
from tramita.kit.people.inventory import (
    ERASED,
    NAMES_A_FILE,
    OF_NO_CLIENT,
    Finder,
    Hash,
    Obligation,
    People,
    Table,
)
from tramita.payments.cards import TOKEN
from tramita.payments.settings import PaymentSettings

_LAST_NUMBERS: Final = "the last four digits of a card, which stand on what was paid with it"

_OF_THOUSANDS: Final = "thousands of cards have the same four digits"

_TABLES: Final = (
    Table(
        name="payers",
        rows="id = ANY(:payers)",
        erased={"owner": f"'{ERASED}'", "owner_hash": "NULL", "email": f"'{ERASED}'"},
        encrypted="owner email",
        hashes={"owner_hash": Hash("payers", "owner", f"nullif(owner, '{ERASED}')", kind=USERNAME)},
        plain="id tenant created_at",
    ),
    Table(
        name="credit_cards",
        rows="id IN (SELECT card_id FROM card_owners WHERE payer_id = ANY(:payers))",
        erased={"title": "NULL"},
        kept={
            "last_numbers": _LAST_NUMBERS,
            "token": "a name at the provider, until it has forgotten the card",
            "token_hash": "as the token",
            "issuer_reference": "as the token",
        },
        encrypted="title token issuer_reference",
        hashes={"token_hash": Hash("credit_cards", "token", "token", kind=TOKEN)},
        in_clear={"last_numbers": _OF_THOUSANDS},
        plain="id tenant provider brand expiration_month expiration_year state created_at",
    ),
    Table(
        name="card_owners",
        rows="payer_id = ANY(:payers)",
        key="card_id, payer_id",
        plain="card_id payer_id is_main created_at",
    ),
    Table(
        name="payment_accounts",
        rows="contract_id = ANY(:contracts)",
        key="contract_id",
        erased={"address": "'{}'::jsonb"},
        by_law={"address": "address"},
        is_kept="EXISTS (SELECT FROM invoices AS i "
        "WHERE i.contract_id = payment_accounts.contract_id AND i.id = ANY(:kept))",
        encrypted_json="address",
        plain="contract_id payer_id provider organization total currency sale card_id card_told "
        "created_at",
    ),
    Table(
        name="installments",
        rows="contract_id = ANY(:contracts)",
        plain="id contract_id position due_date amount currency state debits debited_on refused_at "
        "refusal form_until",
    ),
    Table(
        name="payment_transactions",
        rows="contract_id = ANY(:contracts)",
        kept={"last_numbers": _LAST_NUMBERS},
        in_clear={"last_numbers": _OF_THOUSANDS},
        plain="id contract_id installment_id provider reference kind parent_id amount currency "
        "created_at",
    ),
    Table(
        name="invoices",
        rows="contract_id = ANY(:contracts)",
        erased={"file": "NULL"},
        by_law={"file": "file"},
        files="file",
        in_clear={"file": NAMES_A_FILE},
        plain="id contract_id tenant organization year number reference kind parent_id transaction_id "
        "seller_id total currency issued_at",
    ),
    Table(
        name="sellers",
        kept={"data": "who sells, as the law wants it on invoices"},
        in_clear={"data": OF_NO_CLIENT},
        plain="id tenant organization since",
    ),
    Table(
        name="invoice_counters", key="organization", plain="tenant organization year last prefix"
    ),
)

PEOPLE: Final = People(
    tables=_TABLES,
    groups=[
        Finder(
            "payers",
            "SELECT payer_id AS id FROM payment_accounts WHERE contract_id = ANY(:contracts)",
        ),
        Finder("installments", "SELECT id FROM installments WHERE contract_id = ANY(:contracts)"),
        Finder(
            "payments",
            "SELECT id FROM payment_transactions WHERE contract_id = ANY(:contracts)",
        ),
    ],
    open=[
        "SELECT format('an instalment of contract %s is %s', contract_id, state) AS what "
        "FROM installments WHERE contract_id = ANY(:contracts) "
        "AND state IN ('pending', 'refused', 'error') ORDER BY id"
    ],
    obligations=[
        Obligation(
            "Code de commerce, art. L123-22, and CTN, art. 195: whom an invoice was for",
            PaymentSettings,
            "law_years",
            "SELECT id, issued_at AS since FROM invoices WHERE contract_id = ANY(:contracts)",
        )
    ],
)
