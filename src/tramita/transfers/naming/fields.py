"""What an application's fields are called, their groups, and what some of them are chosen from."""

from collections.abc import Mapping
from typing import Final

from tramita.kit.languages.words import to_translate
from tramita.transfers.rules.fields import FeeBearer, PayerKind, PurposeKind

GROUPS: Final[Mapping[str, str]] = {
    "money": to_translate("Amount"),
    "beneficiary": to_translate("Beneficiary"),
    "beneficiary_bank": to_translate("Beneficiary’s bank"),
    "purpose": to_translate("Purpose of the payment"),
    "basis": to_translate("Contract and invoice"),
    "payer": to_translate("Payer"),
    "payer_bank": to_translate("Payer’s bank"),
    "delivery": to_translate("Delivery"),
    "terms": to_translate("Wishes"),
    "consent": to_translate("Consent"),
}
LABELS: Final[Mapping[str, str]] = {
    "payer.name": to_translate("Company, or name of the sole trader"),
    "payer.kind": to_translate("Who pays"),
    "payer.inn": to_translate("INN"),
    "payer.kpp": to_translate("KPP"),
    "payer.ogrn": to_translate("OGRN"),
    "payer.address": to_translate("Registered address"),
    "payer.contact": to_translate("Contact person, telephone or e-mail"),
    "payer_bank.bik": to_translate("BIK"),
    "payer_bank.account": to_translate("Account"),
    "payer_bank.correspondent_account": to_translate("Correspondent account"),
    "beneficiary.name": to_translate("Legal name, in Latin letters"),
    "beneficiary.country": to_translate("Country"),
    "beneficiary.address": to_translate("Address, in Latin letters"),
    "beneficiary.city": to_translate("City, in Latin letters"),
    "beneficiary.entity_type": to_translate("Legal form"),
    "beneficiary.local_id": to_translate("Registration number"),
    "beneficiary.lei": to_translate("LEI"),
    "beneficiary_bank.name": to_translate("Bank, in Latin letters"),
    "beneficiary_bank.country": to_translate("Country of the bank"),
    "beneficiary_bank.bic": to_translate("SWIFT code (BIC)"),
    "beneficiary_bank.account": to_translate("Account number"),
    "beneficiary_bank.iban": to_translate("IBAN"),
    "beneficiary_bank.intermediary_bic": to_translate("SWIFT code of an intermediary bank"),
    "beneficiary_bank.local_code": to_translate("Code of the bank in its country"),
    "money.amount": to_translate("Amount to be paid"),
    "money.currency": to_translate("Currency"),
    "money.fee_bearer": to_translate("Who bears the banks’ fees"),
    "money.payout_currency": to_translate("Currency in which the beneficiary gets it"),
    "money.source_currency": to_translate("Currency in which you pay"),
    "purpose.text": to_translate("Purpose, in English"),
    "purpose.kind": to_translate("What is paid for"),
    "purpose.hs_code": to_translate("Customs code (HS)"),
    "purpose.vat": to_translate("VAT wording"),
    "basis.contract_number": to_translate("Contract number"),
    "basis.contract_date": to_translate("Date of the contract"),
    "basis.invoice_number": to_translate("Invoice number"),
    "basis.invoice_date": to_translate("Date of the invoice"),
    "basis.unique_contract_number": to_translate("Unique contract number (UNK)"),
    "basis.specification": to_translate("Specification"),
    "delivery.shipment_country": to_translate("Country of shipment"),
    "delivery.expected_date": to_translate("Expected on"),
    "terms.deadline": to_translate("Not later than"),
    "terms.urgency": to_translate("How urgent it is"),
    "consent.personal_data": to_translate("I agree to the processing of personal data"),
    "consent.rules_version": to_translate("I accept the rules of the service"),
}
CHOICES: Final[Mapping[str, Mapping[str, str]]] = {
    "payer.kind": {
        PayerKind.LEGAL_ENTITY: to_translate("Company"),
        PayerKind.SOLE_TRADER: to_translate("Sole trader"),
    },
    "money.fee_bearer": {
        FeeBearer.OUR: to_translate("The payer bears all of them (OUR)"),
        FeeBearer.SHA: to_translate("Each bears its own (SHA)"),
        FeeBearer.BEN: to_translate("The beneficiary bears all of them (BEN)"),
    },
    "purpose.kind": {
        PurposeKind.GOODS: to_translate("Goods"),
        PurposeKind.SERVICES: to_translate("Services"),
    },
}
