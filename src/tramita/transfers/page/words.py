"""What people read of states, kinds and fields in the Mini App."""

from collections.abc import Mapping
from typing import Final

from tramita.kit.languages.words import to_translate
from tramita.kit.outbox.lifecycle import DeliveryState
from tramita.transfers.lifecycle import (
    ApplicationState,
    ApplicationTrigger,
    DocumentJobState,
    PaymentState,
    PaymentTrigger,
)
from tramita.transfers.rules.fields import FeeBearer, PayerKind, PurposeKind

S, T, P, PT = ApplicationState, ApplicationTrigger, PaymentState, PaymentTrigger

# A word, and a class of ``tokens.css``.
Stamp = tuple[str, str]

STAMPS: Final[Mapping[ApplicationState, Stamp]] = {
    S.DRAFT: (to_translate("Draft"), "idle"),
    S.SUBMITTED: (to_translate("To be checked"), "wait"),
    S.NEW_IN_HOUSE: (to_translate("New in-house application"), "wait"),
    S.OFFER_ACCEPTED: (to_translate("Conditions accepted"), "done"),
    S.IN_WORK: (to_translate("In work"), "done"),
    S.COMPLETED: (to_translate("Completed"), "done"),
    S.CANCELLED: (to_translate("Cancelled"), "idle"),
    S.REJECTED: (to_translate("Rejected"), "refused"),
}
STEPS: Final = (
    (to_translate("Filling in"), S.DRAFT),
    (to_translate("Check"), S.SUBMITTED),
    (to_translate("Conditions"), S.NEW_IN_HOUSE),
    (to_translate("Payment"), S.OFFER_ACCEPTED),
    (to_translate("Done"), S.COMPLETED),
)
PAYMENT_MARKS: Final[Mapping[PaymentState, str]] = {
    P.TEST_SENT: to_translate("Test payment sent"),
    P.TEST_OK: to_translate("Test payment has come"),
    P.CLIENT_SENT: to_translate("Payment sent"),
    P.FUNDS_RECEIVED: to_translate("Payment received"),
    P.PAID_OUT: to_translate("Paid to the beneficiary"),
    P.CONFIRMED: to_translate("Beneficiary has confirmed"),
    P.RETURNED: to_translate("Payment came back"),
    P.PROBLEM: to_translate("Problem with the payment"),
}
# The usual way of a payment; a test is a detour that is shown only when it was made.
PAYMENT_WAY: Final = (P.CLIENT_SENT, P.FUNDS_RECEIVED, P.PAID_OUT, P.CONFIRMED)

ACTS: Final[Mapping[ApplicationTrigger, str]] = {
    T.SUBMIT: to_translate("Send to be checked"),
    T.RETURN: to_translate("Return to be corrected"),
    T.CHECK: to_translate("Set to “new in-house application”"),
    T.REOPEN_DRAFT: to_translate("Take back from 1C"),
    T.START_WORK: to_translate("Take into work"),
    T.COMPLETE: to_translate("Complete"),
    T.CANCEL: to_translate("Cancel the application"),
}
QUESTIONS: Final[Mapping[ApplicationTrigger, str]] = {
    T.CHECK: to_translate(
        "The application goes to 1C, and the client can no longer change it. Is everything right?"
    ),
    T.REOPEN_DRAFT: to_translate("The application is cancelled in 1C and becomes a draft again."),
    T.COMPLETE: to_translate("Nothing can be changed afterwards."),
    T.CANCEL: to_translate("The application ends here. There is no way back."),
}
PAYMENT_ACTS: Final[Mapping[PaymentTrigger, str]] = {
    PT.SEND: to_translate("I have sent the payment"),
    PT.SEND_TEST: to_translate("I have sent a test payment"),
    PT.TAKE_BACK: to_translate("I have not sent it after all"),
}
AGENTS_PAYMENT_ACTS: Final[Mapping[PaymentTrigger, str]] = {
    PT.SEND: to_translate("The client has sent the payment"),
    PT.SEND_TEST: to_translate("The client has sent a test payment"),
    PT.TAKE_BACK: to_translate("The client has not sent it after all"),
}
PAYMENT_QUESTIONS: Final[Mapping[PaymentTrigger, str]] = {
    PT.SEND: to_translate("Say so only when the bank has taken your payment order."),
}

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
HELP: Final[Mapping[str, str]] = {
    "beneficiary.name": to_translate("As in the contract, for example SHENZHEN TOOLS CO LTD"),
    "beneficiary.local_id": to_translate("In China the USCC of 18 characters"),
    "beneficiary_bank.bic": to_translate("8 or 11 characters"),
    "beneficiary_bank.local_code": to_translate("In China the CNAPS code of 12 digits"),
    "purpose.text": to_translate("Up to 140 Latin letters, for example PAYMENT FOR TOOLS INV 77"),
    "payer.inn": to_translate("10 digits of a company, 12 of a sole trader"),
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
DELIVERY_STAMPS: Final[Mapping[DeliveryState, Stamp]] = {
    DeliveryState.WAITING: (to_translate("on its way to the chat"), "wait"),
    DeliveryState.SENDING: (to_translate("on its way to the chat"), "wait"),
    DeliveryState.DELIVERED: (to_translate("in the chat"), "done"),
    DeliveryState.FAILED: (to_translate("not delivered"), "refused"),
    DeliveryState.REFUSED: (to_translate("not delivered"), "refused"),
    DeliveryState.CANCELLED: (to_translate("not delivered"), "refused"),
    DeliveryState.UNKNOWN: (to_translate("maybe in the chat"), "unknown"),
}
JOB_STAMPS: Final[Mapping[DocumentJobState, Stamp]] = {
    DocumentJobState.REQUESTED: (to_translate("asked for"), "wait"),
    DocumentJobState.QUEUED: (to_translate("waits in 1C"), "wait"),
    DocumentJobState.GENERATING: (to_translate("is being made"), "wait"),
    DocumentJobState.READY: (to_translate("on its way"), "wait"),
    DocumentJobState.STORED: (to_translate("here"), "done"),
    DocumentJobState.POSTED_TO_CHAT: (to_translate("in the chat"), "done"),
    DocumentJobState.FAILED: (to_translate("was not made"), "refused"),
    DocumentJobState.CANCELLED: (to_translate("not wanted any more"), "idle"),
}
