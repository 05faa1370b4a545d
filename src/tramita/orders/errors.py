"""What can go wrong with orders and with what is offered, each as a sentence."""

from tramita.kit.errors import (
    ConflictError,
    FieldError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
)


class OrganizationNotFound(NotFoundError):
    """There is no organization {id}."""


class MemberNotFound(NotFoundError):
    """There is no member {id} of this organization."""


class CourseNotFound(NotFoundError):
    """There is no course {id}."""


class ContractDefinitionNotFound(NotFoundError):
    """There is no contract definition {id}."""


class CourseProductNotFound(NotFoundError):
    """There is no product {id}."""


class NoContractInLanguage(NotFoundError):
    """Nothing is sold by a contract in the language {language}."""


class OfferingNotFound(NotFoundError):
    """There is no offering {id}."""


class OrderNotFound(NotFoundError):
    """There is no order {id}."""


class CodeTaken(ConflictError):
    """There is already a {kind} with code "{code}"."""


class MemberTaken(ConflictError):
    """{username} is a member of this organization already."""


class OfferingTaken(ConflictError):
    """This product is offered for this course already."""


class OfferedByNobody(ConflictError):
    """No organization offers this product for this course at the moment."""


class PriceChanged(ConflictError):
    """The price is another one by now."""


class OrderExists(ConflictError):
    """You have an order of this product for this course already: {id}."""


class OrderCompleted(ConflictError):
    """The order {id} is completed and can no longer be canceled by its owner."""


class OrderNotSignable(ConflictError):
    """The order {id} has no contract that waits for its learner's signature."""


class OrganizationWithoutOwner(ConflictError):
    """Nobody could sign for {title}: it has no owner."""


class ContractNotSigned(ConflictError):
    """The contract of order {id} is not signed by both yet, or its file has not come."""


class NothingSigned(NotFoundError):
    """There is no contract of these that both have signed, with its file."""


class OrderNotPayable(ConflictError):
    """Nothing is to be paid for the order {id}."""


class WithdrawalNotPossible(ConflictError):
    """The time to withdraw from the order {id} has not begun, or is over."""


class NothingToRefund(ConflictError):
    """Of the order {id} nothing was paid, or it is not canceled."""


class RoleNotEnough(ForbiddenError):
    """In this organization a {role} may not {action}."""


def invalid(path: str, code: str, message: str) -> InvalidError:
    """One field of a request breaks a rule."""
    return InvalidError([FieldError(path, code, message)])
