"""Applications that are right: a Chinese supplier paid in yuan, and a German one paid in euros."""

from typing import Any, Final

from tramita.transfers.rules.fields import Fields, change

CHINESE: Final[dict[str, dict[str, Any]]] = {
    "payer": {
        "name": "ООО «Ромашка»",
        "kind": "legal_entity",
        "inn": "7707083893",
        "kpp": "773601001",
        "ogrn": "1027700132195",
    },
    "payer_bank": {
        "bik": "044525225",
        "account": "40702810900000005555",
        "correspondent_account": "30101810400000000225",
    },
    "beneficiary": {
        "name": "SHENZHEN BRIGHT TRADING CO., LTD",
        "country": "CN",
        "address": "12 KEJI SOUTH ROAD",
        "city": "SHENZHEN",
        "local_id": "91110000600037341L",
    },
    "beneficiary_bank": {
        "name": "BANK OF CHINA",
        "country": "CN",
        "bic": "BKCHCNBJ",
        "account": "6222021234567890123",
        "local_code": "104100000004",
    },
    "money": {"amount": "125000.50", "currency": "CNY", "fee_bearer": "OUR"},
    "purpose": {"text": "PAYMENT FOR GOODS UNDER INVOICE 17", "kind": "goods"},
    "basis": {"invoice_number": "17", "invoice_date": "2026-11-02"},
    "consent": {"personal_data": True, "rules_version": "2026-09"},
}
GERMAN: Final[dict[str, dict[str, Any]]] = CHINESE | {
    "payer": {"name": "ИП Иванова", "inn": "500100732259", "ogrn": "304500116000157"},
    "beneficiary": {
        "name": "MUELLER GMBH",
        "country": "DE",
        "address": "HAUPTSTR. 1",
        "city": "BERLIN",
    },
    "beneficiary_bank": {
        "name": "COMMERZBANK",
        "country": "DE",
        "bic": "COBADEFF",
        "iban": "DE89370400440532013000",
    },
    "money": {"amount": "900.00", "currency": "EUR", "fee_bearer": "SHA"},
    "purpose": {"text": "CONSULTING", "kind": "services"},
}


def fields_of(example: dict[str, dict[str, Any]], **changes: Any) -> Fields:
    """An example's fields with changes, each by its path with ``__`` for the dot."""
    fields = change(Fields(), example)
    for path, value in changes.items():
        group, _, name = path.partition("__")
        fields = change(fields, {group: {name: value}})
    return fields
