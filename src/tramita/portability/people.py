"""What portability's tables hold of people: an envelope is about one, with everything of theirs.

What was paid is a loan: who took it, and on which terms, is kept as long as the law wants.
"""

from typing import Final

from tramita.kit.bounds import within
from tramita.kit.people.inventory import ERASED, Finder, Obligation, People, Root, Table
from tramita.portability.settings import PortabilitySettings

_BORROWER: Final = "customer -> 'borrower'"
_ENVELOPES: Final = f"""
    SELECT e.id FROM envelopes AS e
    WHERE (e.id = $6::uuid OR $4::text = 'cpf' AND e.{_BORROWER} ->> 'cpf' = $5::text)
      AND e.tenant = $1::text AND {within("e", 2)}
"""  # noqa: S608 - ours
_IDENTIFY: Final = f"""
    SELECT e.id, e.tenant, 'cpf' AS kind, e.{_BORROWER} ->> 'cpf' AS number
    FROM envelopes AS e WHERE $1 IN (e.id, e.token) AND {within("e", 2)}
"""  # noqa: S608 - ours
_PAID: Final = """
    SELECT c.id, k.activated_at AS since
    FROM envelope_contracts AS c JOIN contracts AS k ON k.id = c.id
    WHERE c.id = ANY(:contracts) AND k.activated_at IS NOT NULL
"""
_OPEN: Final = """
    SELECT format('contract %s is %s', number, coalesce(portability_status, contract_status)) AS what
    FROM envelope_contracts
    WHERE envelope_id = ANY(:envelopes) AND contract_status NOT IN ('PAGO', 'CANCELADO')
    ORDER BY id
"""
_KEYS: Final = """
    SELECT unnest(ARRAY[proposal_key, credit_operation_key, refinancing_key, proposal_number,
                        ccb_document_key, portability_number, number_at_provider]) AS key
    FROM envelope_contracts WHERE id = ANY(:contracts)
    UNION SELECT proposal_key FROM unwanted_proposals WHERE contract_id = ANY(:contracts)
    UNION SELECT group_key FROM envelopes WHERE id = ANY(:envelopes)
    UNION SELECT token::text FROM envelopes WHERE id = ANY(:envelopes)
    UNION SELECT replace(token::text, '-', '') FROM envelopes WHERE id = ANY(:envelopes)
    UNION SELECT provider_key FROM envelope_documents WHERE envelope_id = ANY(:envelopes)
"""
_VALUES: Final = f"""
    SELECT unnest(ARRAY[
        b ->> 'name', b ->> 'cpf', b ->> 'email', b ->> 'mother_name', b #>> '{{phone,number}}',
        concat(b #>> '{{phone,area_code}}', b #>> '{{phone,number}}'),
        b #>> '{{identification,number}}', customer #>> '{{benefit,number}}']) AS value
    FROM (SELECT customer, {_BORROWER} AS b FROM envelopes WHERE id = ANY(:envelopes)) AS e
"""  # noqa: S608 - ours

_TABLES: Final = (
    Table(
        name="envelope_documents",
        rows="envelope_id = ANY(:envelopes)",
        erased={"content": "''::bytea", "sha256": "''"},
        plain="id envelope_id kind media_type width height size created_at upload_id provider_key "
        "replaced_at provider",
    ),
    Table(
        name="proposal_events",
        rows="contract_id = ANY(:contracts)",
        # What came when is what later messages are judged by; the words are not.
        erased={
            "details": "CASE WHEN details #> '{stop,text}' IS NULL THEN details "
            "ELSE jsonb_set(details, '{stop,text}', '\"\"') END"
        },
        plain="id proposal_key contract_id source said stage happened_at received_at effect provider",
    ),
    Table(
        name="unwanted_proposals",
        rows="contract_id = ANY(:contracts)",
        erased={"reason": f"'{ERASED}'"},
        plain="proposal_key contract_id wanted_gone_at operation_id id provider",
    ),
    Table(
        name="envelope_contracts",
        rows="id = ANY(:contracts)",
        erased={
            "cpf": "''",
            "origin": "CASE WHEN origin IS NULL THEN NULL "
            "ELSE jsonb_set(origin, '{contract_number}', '\"\"') END",
            "signature_url": "NULL",
            "reasons": "'[]'::jsonb",
            "margin_errors": "'[]'::jsonb",
            "conflict": "NULL",
        },
        by_law={"cpf": "cpf", "origin": "origin"},
        plain="id envelope_id position number product contract_status portability_status terms "
        "refinancing insertion_id is_proposal_being_inserted proposal_key credit_operation_key "
        "proposal_number ccb_document_key financial stage stage_said stage_at poll_at "
        "portability_number final_balance balance_due_on consent_status consent_expires_on "
        "refinancing_key refinancing_status margin_registered_at signer_progress number_space "
        "number_at_provider provider decides_by",
    ),
    Table(name="envelope_announcements", plain="envelope_id run at"),
    Table(
        name="envelopes",
        rows="id = ANY(:envelopes)",
        is_last=True,
        erased={"customer": "'{}'::jsonb", "group_url": "NULL"},
        by_law={
            "customer": f"jsonb_build_object('borrower', jsonb_build_object("
            f"'name', {_BORROWER} -> 'name', 'cpf', {_BORROWER} -> 'cpf'))"
        },
        plain="id token state created_at expires_at run run_total run_left version reminders remind_at "
        "warned_at group_key erased_at tenant carrier",
    ),
)

PEOPLE: Final = People(
    tables=_TABLES,
    roots=[Root("envelopes", "envelopes", _ENVELOPES)],
    groups=[
        Finder(
            "contracts", "SELECT id FROM envelope_contracts WHERE envelope_id = ANY(:envelopes)"
        ),
        Finder("pictures", "SELECT id FROM envelope_documents WHERE envelope_id = ANY(:envelopes)"),
        Finder(
            "proposals", "SELECT id FROM unwanted_proposals WHERE contract_id = ANY(:contracts)"
        ),
    ],
    open=[_OPEN],
    obligations=[
        Obligation(
            "Lei 9.613/1998, art. 10, and Circular BCB 3.978/2020, art. 67: who took a loan",
            lambda: PortabilitySettings().law_years,
            _PAID,
        )
    ],
    owners=["SELECT envelope_id AS id FROM envelope_contracts WHERE id = ANY(:kept)"],
    keys=[_KEYS],
    values=[_VALUES],
    identify=[_IDENTIFY],
)
