"""What callers of payments are told."""

from tramita.kit.errors import (
    ConfigurationError,
    ConflictError,
    NotFoundError,
    ProviderRefusedError,
    ProviderUnavailableError,
)


class CreditCardNotFound(NotFoundError):
    """There is no such card."""


class CreditCardInUse(ConflictError):
    """The card pays for something that is not paid up: choose another one for that first."""


class AccountNotFound(NotFoundError):
    """The contract has no account: nothing is paid for it."""


class InvoiceNotFound(NotFoundError):
    """There is no invoice {reference} of this contract."""


class ContractNotPayable(ConfigurationError):
    """Contracts of the backend {backend} cannot be paid: it does not ask to be told of payments."""


class NoInstallmentToPay(ConflictError):
    """No instalment of this contract was refused, so there is none to be paid by hand."""


class InstallmentUnderWay(ConflictError):
    """The instalment is being debited just now: its end has to be waited for."""


class PaymentProviderRefused(ProviderRefusedError):
    """The payment provider does not take this ({reason})."""


class PaymentProviderUnavailable(ProviderUnavailableError):
    """The payment provider cannot be reached, and nothing was paid ({reason})."""
