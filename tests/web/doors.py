"""Every route that service tokens use, every job, and what keeps a stranger out of each."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final


class Door(StrEnum):
    """What keeps a stranger out at a route."""

    ONE = "it names one thing: a stranger is told that there is none"
    LIST = "it lists things: a stranger's list lacks those of others"
    NEW = "it makes a thing, of which the maker is the owner"
    TENANT = "it is its whole tenant's, whichever carrier asks: others are told that there is none"
    HOUSE = "it is about what the house offers everybody, and is nobody's"
    MARKET = "agents of every tenant see a line of it; what they offer there is their own"


CONTRACT: Final = "/api/v1/contracts/{contract_id:uuid}"
CUSTOMER: Final = "/api/v1/customers/{customer_id:uuid}"
PRODUCT: Final = "/api/v1/products/{product_id:uuid}"
PACKAGE: Final = "/api/v1/packages/{package_id:uuid}"
ENVELOPE: Final = "/api/v1/envelopes/{token:uuid}"
NUMBER: Final = "/api/v1/numbering/numbers/{msisdn:str}"
PREVIEW: Final = "/api/v1/numbering/previews/{preview_id:uuid}"
OPERATION: Final = "/api/v1/operations/{operation_id:uuid}"
ENDPOINT: Final = "/api/v1/webhooks/endpoints/{endpoint_id:uuid}"
PROVIDER: Final = "/api/v1/admin/providers/{provider:str}"
MAIL: Final = "/api/v1/mails/{mail_id:uuid}"
CHAT: Final = "/api/v1/chats/{chat_id:uuid}"

APPLICATION: Final = "/api/v1/applications/{application_id:uuid}"
AGENT: Final = "/api/v1/agents/{agent_id:uuid}"
TENANT: Final = "/api/v1/tenants/{key:str}"
MARKET: Final = "/api/v1/market/applications"

ADMIN: Final = "/api/v1/admin"
COURSE: Final = f"{ADMIN}/courses/{{course_id:uuid}}"
ORGANIZATION: Final = f"{ADMIN}/organizations/{{organization_id:uuid}}"
MEMBERS: Final = f"{ORGANIZATION}/members"
DEFINITION: Final = f"{ADMIN}/contract-definitions/{{definition_id:uuid}}"
COURSE_PRODUCT: Final = f"{ADMIN}/products/{{course_product_id:uuid}}"
OFFERING: Final = f"{ADMIN}/offerings/{{offering_id:uuid}}"
ORDER: Final = f"{ADMIN}/orders/{{order_id:uuid}}"
# Of each kind that administrators keep, the list and one.
KEPT: Final[Mapping[str, str]] = {
    one.rpartition("/")[0]: one
    for one in (COURSE, ORGANIZATION, DEFINITION, COURSE_PRODUCT, OFFERING)
}

ROUTES: Final[Mapping[tuple[str, str], Door]] = {
    ("GET", "/api/v1/contracts"): Door.LIST,
    ("POST", "/api/v1/contracts"): Door.NEW,
    ("GET", CONTRACT): Door.ONE,
    ("PATCH", CONTRACT): Door.ONE,
    ("POST", f"{CONTRACT}/cancel"): Door.ONE,
    ("GET", f"{CONTRACT}/timeline"): Door.ONE,
    ("GET", f"{CONTRACT}/signature-state"): Door.ONE,
    ("GET", "/api/v1/customers"): Door.LIST,
    ("POST", "/api/v1/customers"): Door.NEW,
    ("POST", "/api/v1/customers/search"): Door.LIST,
    ("POST", "/api/v1/customers/erase"): Door.ONE,
    ("POST", "/api/v1/customers/export"): Door.ONE,
    ("GET", "/api/v1/customers/erasures"): Door.LIST,
    ("GET", "/api/v1/customers/erasures/{erasure_id:uuid}"): Door.ONE,
    ("GET", CUSTOMER): Door.ONE,
    ("PATCH", CUSTOMER): Door.ONE,
    ("DELETE", CUSTOMER): Door.ONE,
    ("GET", "/api/v1/products"): Door.HOUSE,
    ("POST", "/api/v1/products"): Door.HOUSE,
    ("GET", PRODUCT): Door.HOUSE,
    ("PATCH", PRODUCT): Door.HOUSE,
    ("DELETE", PRODUCT): Door.HOUSE,
    ("GET", "/api/v1/packages"): Door.HOUSE,
    ("POST", "/api/v1/packages"): Door.HOUSE,
    ("GET", PACKAGE): Door.HOUSE,
    ("PATCH", PACKAGE): Door.HOUSE,
    ("DELETE", PACKAGE): Door.HOUSE,
    ("GET", "/api/v1/backends"): Door.HOUSE,
    ("GET", "/api/v1/envelopes"): Door.LIST,
    ("POST", "/api/v1/envelopes"): Door.NEW,
    ("POST", "/api/v1/envelopes/search"): Door.LIST,
    ("GET", ENVELOPE): Door.ONE,
    ("POST", f"{ENVELOPE}/cancel"): Door.ONE,
    ("POST", f"{ENVELOPE}/remind"): Door.ONE,
    ("GET", f"{ENVELOPE}/documents"): Door.ONE,
    ("PUT", f"{ENVELOPE}/documents/{{kind:str}}"): Door.ONE,
    ("GET", "/api/v1/numbering/ddds"): Door.HOUSE,
    ("GET", "/api/v1/numbering/ddds/{ddd:str}"): Door.HOUSE,
    ("GET", "/api/v1/devices/brands"): Door.HOUSE,
    ("GET", "/api/v1/devices/brands/{brand_id:str}/models"): Door.HOUSE,
    ("POST", "/api/v1/devices/esim-compatibility"): Door.HOUSE,
    ("POST", "/api/v1/numbering/previews"): Door.NEW,
    ("GET", PREVIEW): Door.ONE,
    ("POST", f"{PREVIEW}/numbers/{{index:int}}/reserve"): Door.ONE,
    ("POST", "/api/v1/numbering/random-reservations"): Door.NEW,
    ("GET", "/api/v1/numbering/numbers"): Door.LIST,
    ("GET", NUMBER): Door.ONE,
    ("POST", f"{NUMBER}/assign"): Door.ONE,
    ("POST", f"{NUMBER}/activate"): Door.ONE,
    ("POST", f"{NUMBER}/suspend"): Door.ONE,
    ("POST", f"{NUMBER}/resume"): Door.ONE,
    ("POST", f"{NUMBER}/terminate"): Door.ONE,
    ("DELETE", "/api/v1/numbering/reservations/{msisdn:str}"): Door.ONE,
    ("GET", "/api/v1/operations"): Door.LIST,
    ("GET", OPERATION): Door.ONE,
    ("POST", f"{OPERATION}/{{action:str}}"): Door.ONE,
    ("POST", "/api/v1/operations/many"): Door.NEW,
    ("GET", "/api/v1/operations/many/{bulk_id:uuid}"): Door.ONE,
    ("GET", "/api/v1/admin/jobs"): Door.HOUSE,
    ("GET", "/api/v1/admin/jobs/held"): Door.HOUSE,
    ("POST", "/api/v1/admin/jobs/run-again"): Door.HOUSE,
    ("GET", "/api/v1/admin/providers"): Door.HOUSE,
    ("GET", PROVIDER): Door.HOUSE,
    ("POST", f"{PROVIDER}/pause"): Door.HOUSE,
    ("POST", f"{PROVIDER}/resume"): Door.HOUSE,
    ("POST", f"{PROVIDER}/close-breaker"): Door.HOUSE,
    ("GET", "/api/v1/webhooks/endpoints"): Door.LIST,
    ("POST", "/api/v1/webhooks/endpoints"): Door.NEW,
    ("GET", ENDPOINT): Door.ONE,
    ("PATCH", ENDPOINT): Door.ONE,
    ("DELETE", ENDPOINT): Door.ONE,
    ("POST", f"{ENDPOINT}/rotate-secret"): Door.ONE,
    ("POST", f"{ENDPOINT}/test"): Door.ONE,
    ("POST", f"{ENDPOINT}/replay-failed"): Door.ONE,
    ("GET", "/api/v1/webhooks/events"): Door.LIST,
    ("GET", "/api/v1/webhooks/events/{event_id:str}"): Door.ONE,
    ("POST", "/api/v1/webhooks/deliveries/{delivery_id:uuid}/replay"): Door.ONE,
    ("GET", "/api/v1/webhooks/event-types"): Door.HOUSE,
    ("GET", "/api/v1/mails"): Door.LIST,
    ("GET", MAIL): Door.ONE,
    ("POST", f"{MAIL}/send-again"): Door.ONE,
    ("GET", "/api/v1/chats"): Door.LIST,
    ("GET", CHAT): Door.ONE,
    ("GET", f"{CHAT}/messages"): Door.ONE,
    ("GET", f"{CHAT}/messages/{{message_id:uuid}}/revisions"): Door.ONE,
    ("GET", f"{CHAT}/undelivered"): Door.ONE,
    ("POST", f"{CHAT}/start-token"): Door.ONE,
    ("POST", f"{CHAT}/imports"): Door.ONE,
    ("GET", f"{CHAT}/imports/{{import_id:uuid}}"): Door.ONE,
    ("POST", "/api/v1/chats/sends/{send_id:uuid}/send-again"): Door.ONE,
    ("GET", "/api/v1/applications"): Door.LIST,
    ("GET", "/api/v1/applications/attention"): Door.LIST,
    ("POST", "/api/v1/applications"): Door.NEW,
    ("GET", APPLICATION): Door.ONE,
    ("PATCH", APPLICATION): Door.ONE,
    ("POST", f"{APPLICATION}/status"): Door.ONE,
    ("POST", f"{APPLICATION}/agent"): Door.ONE,
    ("GET", f"{APPLICATION}/timeline"): Door.ONE,
    ("GET", f"{APPLICATION}/notes"): Door.ONE,
    ("POST", f"{APPLICATION}/notes"): Door.ONE,
    ("GET", f"{APPLICATION}/offers"): Door.ONE,
    ("POST", f"{APPLICATION}/offers/{{offer_id:uuid}}/accept"): Door.ONE,
    ("POST", f"{APPLICATION}/offers/{{offer_id:uuid}}/decline"): Door.ONE,
    ("GET", f"{APPLICATION}/documents"): Door.ONE,
    ("POST", f"{APPLICATION}/documents"): Door.ONE,
    ("GET", f"{APPLICATION}/documents/{{document_id:uuid}}"): Door.ONE,
    ("POST", f"{APPLICATION}/documents/{{document_id:uuid}}/send"): Door.ONE,
    ("GET", f"{APPLICATION}/document-jobs"): Door.ONE,
    ("POST", f"{APPLICATION}/document-jobs"): Door.ONE,
    ("POST", f"{APPLICATION}/document-jobs/{{job_id:uuid}}/cancel"): Door.ONE,
    ("GET", "/api/v1/tenants"): Door.TENANT,
    ("POST", "/api/v1/tenants"): Door.HOUSE,
    ("GET", TENANT): Door.TENANT,
    ("PATCH", TENANT): Door.TENANT,
    ("GET", "/api/v1/agents"): Door.TENANT,
    ("POST", "/api/v1/agents"): Door.NEW,
    ("GET", AGENT): Door.TENANT,
    ("PATCH", AGENT): Door.TENANT,
    ("GET", MARKET): Door.MARKET,
    ("GET", f"{MARKET}/{{application_id:uuid}}"): Door.MARKET,
    ("GET", f"{MARKET}/{{application_id:uuid}}/offers"): Door.MARKET,
    ("POST", f"{MARKET}/{{application_id:uuid}}/offers"): Door.MARKET,
    ("POST", f"{MARKET}/{{application_id:uuid}}/offers/{{offer_id:uuid}}/withdraw"): Door.MARKET,
    **{("GET", kind): Door.LIST for kind in KEPT},
    **{("POST", kind): Door.NEW for kind in KEPT},
    **{(method, one): Door.ONE for one in KEPT.values() for method in ("GET", "PATCH", "DELETE")},
    ("GET", MEMBERS): Door.ONE,
    ("POST", MEMBERS): Door.ONE,
    ("DELETE", f"{MEMBERS}/{{member_id:uuid}}"): Door.ONE,
    ("GET", f"{ADMIN}/orders"): Door.LIST,
    ("GET", f"{ADMIN}/orders/export"): Door.LIST,
    ("GET", f"{ORDER}/invoices"): Door.ONE,
    ("GET", f"{ORDER}/invoice"): Door.ONE,
    ("GET", ORDER): Door.ONE,
    ("POST", f"{ORDER}/cancel"): Door.ONE,
    ("POST", f"{ORDER}/refund"): Door.ONE,
}
# Texts in braces are ids of things.
QUERIES: Final[Mapping[tuple[str, str], str]] = {
    ("GET", f"{ORDER}/invoice"): "?reference={reference}"
}
BODIES: Final[Mapping[tuple[str, str], Mapping[str, Any]]] = {
    ("POST", "/api/v1/customers/erase"): {"person": "{customer_id}"},
    ("POST", "/api/v1/customers/export"): {"person": "{customer_id}"},
    ("PATCH", CONTRACT): {"customer": {"name": "Mallory"}},
    ("POST", f"{CONTRACT}/cancel"): {"reason": "because"},
    ("PATCH", CUSTOMER): {"name": "Mallory"},
    ("POST", f"{NUMBER}/assign"): {"sim_id": "8955000000000000007"},
    ("POST", f"{OPERATION}/{{action:str}}"): {"note": "because"},
    **{("PATCH", one): {"title": "Mallory's"} for one in KEPT.values()},
    ("PATCH", OFFERING): {"is_open": False},
    ("POST", MEMBERS): {
        "username": "mallory",
        "full_name": "Mallory",
        "email": "mallory@example.com",
        "role": "owner",
    },
    ("POST", f"{ORDER}/cancel"): {"reason": "because"},
    ("PATCH", ENDPOINT): {"url": "https://mallory.example/"},
    ("PATCH", APPLICATION): {"fields": {}},
    ("POST", f"{APPLICATION}/status"): {"to": "cancelled"},
    ("POST", f"{APPLICATION}/agent"): {"agent_id": "{agent_id}"},
    ("POST", f"{APPLICATION}/notes"): {"text": "Mallory was here"},
    ("POST", f"{APPLICATION}/document-jobs"): {"kind": "act"},
    ("PATCH", TENANT): {"title": "Mallory's"},
    ("PATCH", AGENT): {"name": "Mallory"},
}


class Reach(StrEnum):
    """By what a job finds whose things it touches."""

    ITS_ROW = "the row it was enqueued for, by whoever could change that row"
    CONTRACTS_BOUNDS = "what a caller has named, within the bounds of the caller's contract"
    MESSAGE = "a provider's message, which only the provider can sign"
    SWEEP = "whatever is due, of everybody's: it obeys the clock, not a caller"


_ROWS: Final = """
    operations.act_on_many contracts.write_contracts
    portability.insert_portability_proposal portability.reconcile_proposal
    portability.cancel_proposal portability.search_left_alive portability.poll_proposal
    portability.submit_proposal portability.recalculate_proposal portability.accept_balance
    portability.upload_picture portability.open_group portability.send_group
    numbering.pre_reserve numbering.ask_hold numbering.release_hold numbering.reserve_number
    numbering.ask_reservation numbering.release_number numbering.activate_line
    numbering.ask_line numbering.end_line webhooks.deliver mails.send smt.begin_step people.erase
    smt.create_subscriber smt.activate_service smt.remove_subscriber smt.ask_service
    payments.make_schedule payments.debit_due payments.debit_installment payments.ask_debit
    payments.refund_payment payments.ask_refund payments.delete_card
    signatures.prepare_document signatures.create_procedure signatures.ask_creation
    signatures.upload_document signatures.ask_upload signatures.start_procedure signatures.ask_start
    signatures.stop_procedure signatures.fetch_signed_file signatures.update_signatories
    signatures.refresh chats.send chats.fetch_asset chats.import_export chats.tell_lost
    transfers.send_application transfers.ask_sent transfers.update_application transfers.ask_updated
    transfers.cancel_application transfers.ask_cancelled transfers.tell_payment
    transfers.ask_payment_told transfers.tell_agent transfers.ask_agent_told
    transfers.tell_files transfers.ask_files_told transfers.gather_files
    transfers.request_document transfers.ask_document
    transfers.ask_whether_there transfers.consider_conditions
"""
_CONTRACTS: Final = "numbering.tend_contract numbering.follow_suspension numbering.get_number"
_MESSAGES: Final = """
    portability.take_message numbering.take_callback smt.take_callback payments.take_message
    signatures.take_notice chats.take_update chats.follow_chat
"""
_SWEEPS: Final = """
    providers.count_hours
    numbering.sync_devices operations.sweep_lost inbox.enqueue_forgotten
    retention.forget portability.expire_envelopes portability.remind_clients
    portability.poll_due portability.forget_pictures numbering.sweep_numbers
    numbering.sync_devices_when_due webhooks.sweep_lost mails.sweep_lost people.look_again
    people.forget_files orders.send_mail_upcoming_debit
    payments.debit_due_installments payments.watch_cards
    payments.look_at_forms payments.ask_forms signatures.poll_due signatures.remove_drafts
    chats.sweep_lost chats.enqueue_stopped chats.keep_receiving chats.poll
    transfers.look_there transfers.watch_time
"""
JOBS: Final[Mapping[str, Reach]] = {
    **dict.fromkeys(_ROWS.split(), Reach.ITS_ROW),
    **dict.fromkeys(_CONTRACTS.split(), Reach.CONTRACTS_BOUNDS),
    **dict.fromkeys(_MESSAGES.split(), Reach.MESSAGE),
    **dict.fromkeys(_SWEEPS.split(), Reach.SWEEP),
}
