"""Lyra's documents: envelopes, payments and movements as the public pages show them."""

from datetime import datetime

from tramita.providers.lyra.simulator.movements import Transaction

Document = dict[str, object]


def envelope(web_service: str, answer: object, *, at: datetime, ok: bool = True) -> Document:
    """What every answer is in."""
    return {
        "webService": web_service,
        "version": "V4",
        "applicationVersion": "6.15.0",
        "status": "SUCCESS" if ok else "ERROR",
        "answer": answer,
        "ticket": None,
        "serverDate": at.isoformat(),
        "applicationProvider": "PAYZEN",
        "metadata": None,
        "mode": "TEST",
        "serverUrl": None,
        "_type": "V4/WebService/Response",
    }


def error(code: str, message: str) -> Document:
    """Why a call did not work."""
    return {
        "errorCode": code,
        "errorMessage": message,
        "detailedErrorCode": None,
        "detailedErrorMessage": None,
        "ticket": "null",
        "shopId": "69876357",
        "_type": "V4/WebService/WebServiceError",
    }


def payment(transactions: list[Transaction], *, at: datetime) -> Document:
    """An order with its movements; its status is the newest one's."""
    newest = transactions[0]
    return {
        "shopId": "69876357",
        "orderCycle": "CLOSED",
        "orderStatus": newest.status,
        "serverDate": at.isoformat(),
        "orderDetails": {
            "orderTotalAmount": newest.amount,
            "orderCurrency": newest.currency,
            "mode": "TEST",
            "orderId": newest.order_id,
            "_type": "V4/OrderDetails",
        },
        "customer": {"reference": newest.customer, "_type": "V4/Customer/Customer"},
        "transactions": [movement(one) for one in transactions],
        "_type": "V4/Payment",
    }


def movement(one: Transaction) -> Document:
    """One transaction."""
    return {
        "shopId": "69876357",
        "uuid": one.uuid,
        "amount": one.amount,
        "currency": one.currency,
        "paymentMethodType": "CARD",
        "paymentMethodToken": one.token.token if one.token else None,
        "status": one.status,
        "detailedStatus": one.detailed_status,
        "operationType": one.operation,
        "creationDate": one.at.isoformat(),
        "errorCode": "ACQ_001" if one.code else None,
        "errorMessage": "payment refused" if one.code else None,
        "detailedErrorCode": one.code or None,
        "metadata": one.metadata,
        "transactionDetails": {
            "creationContext": "VERIFICATION" if one.operation == "VERIFICATION" else "CHARGE",
            "parentTransactionUuid": one.parent,
            "cardDetails": {
                "paymentMethodSource": one.source,
                "pan": one.card.pan,
                "expiryMonth": one.card.month,
                "expiryYear": one.card.year,
                "effectiveBrand": one.card.brand,
                "initialIssuerTransactionIdentifier": (
                    one.token.issuer_reference if one.token else None
                ),
                "_type": "V4/PaymentMethod/Details/CardDetails",
            },
            "_type": "V4/TransactionDetails",
        },
        "_type": "V4/PaymentTransaction",
    }
