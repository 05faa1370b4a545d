"""What learners read of where an order, a signature and an instalment stand."""

from collections.abc import Mapping
from typing import Final

from tramita.kit.languages.words import to_translate
from tramita.orders.lifecycle import OrderState
from tramita.orders.model import ProductType
from tramita.payments.invoices import InvoiceKind
from tramita.payments.lifecycle import InstallmentState
from tramita.signatures.lifecycle import SigningState

S = OrderState

# A word, and a class of ``tokens.css``.
Stamp = tuple[str, str]

ORDER_STAMPS: Final[Mapping[OrderState, Stamp]] = {
    S.DRAFT: (to_translate("Being prepared"), "wait"),
    S.ASSIGNED: (to_translate("Being prepared"), "wait"),
    S.TO_SIGN: (to_translate("To be signed"), "wait"),
    S.SIGNING: (to_translate("To be signed"), "wait"),
    S.TO_SAVE_PAYMENT_METHOD: (to_translate("Card needed"), "wait"),
    S.TO_SIGN_AND_TO_SAVE_PAYMENT_METHOD: (to_translate("Signature and card needed"), "wait"),
    S.PENDING: (to_translate("First payment to come"), "wait"),
    S.PENDING_PAYMENT: (to_translate("Course open"), "done"),
    S.NO_PAYMENT: (to_translate("Payment refused"), "refused"),
    S.FAILED_PAYMENT: (to_translate("Payment refused"), "refused"),
    S.COMPLETED: (to_translate("Completed"), "done"),
    S.CANCELED: (to_translate("Canceled"), "idle"),
    S.REFUNDING: (to_translate("Being refunded"), "wait"),
    S.REFUNDED: (to_translate("Refunded"), "idle"),
}

INSTALLMENT_STAMPS: Final[Mapping[InstallmentState, Stamp]] = {
    InstallmentState.PENDING: (to_translate("To come"), "idle"),
    InstallmentState.PAID: (to_translate("Paid"), "done"),
    InstallmentState.REFUSED: (to_translate("Refused"), "refused"),
    InstallmentState.ERROR: (to_translate("Tried again tonight"), "unknown"),
    InstallmentState.CANCELED: (to_translate("No longer due"), "idle"),
    InstallmentState.REFUNDED: (to_translate("Given back"), "idle"),
}
DUE: Final[Stamp] = (to_translate("Due"), "wait")

# Why a contract waits for its learner's signature once more.
UNSIGNED: Final[Mapping[SigningState, str]] = {
    SigningState.REFUSED: to_translate(
        "The signature was refused. You may sign a new copy, or cancel the order."
    ),
    SigningState.EXPIRED: to_translate(
        "The time to sign has run out. Sign a new copy to go on, or cancel the order."
    ),
    SigningState.FAILED: to_translate(
        "The signing service did not take the contract. Please try again."
    ),
    SigningState.ABORTED: to_translate("The copy you were to sign is no longer valid."),
}

PRODUCTS: Final[Mapping[ProductType, str]] = {
    ProductType.CREDENTIAL: to_translate("Set of courses"),
    ProductType.ENROLLMENT: to_translate("Single course"),
    ProductType.CERTIFICATE: to_translate("Certificate"),
}

BILLS: Final[Mapping[InvoiceKind, str]] = {
    InvoiceKind.MAIN: to_translate("Invoice"),
    InvoiceKind.PAYMENT: to_translate("Receipt"),
    InvoiceKind.CREDIT_NOTE: to_translate("Credit note"),
}
