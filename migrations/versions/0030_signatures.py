"""Signing procedures of contracts, who signs them, and their documents."""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

STATEMENTS = (
    # digest is that of title, text and language; file that of the PDF made of them, once it is.
    """
    CREATE TABLE documents (
        id uuid PRIMARY KEY,
        digest text NOT NULL CONSTRAINT documents_digest UNIQUE,
        title text NOT NULL,
        text text NOT NULL,
        language text NOT NULL,
        file text,
        created_at timestamptz NOT NULL
    )
    """,
    # document_digest is that of the document as the service has it, which may convert it.
    # version counts changes of who may sign, sent_version is the one that the service has.
    """
    CREATE TABLE signing_procedures (
        id uuid PRIMARY KEY,
        contract_id uuid NOT NULL REFERENCES contracts (id),
        provider text NOT NULL,
        provider_reference text,
        title text NOT NULL,
        document_id uuid NOT NULL REFERENCES documents (id),
        document_digest text,
        state text NOT NULL CONSTRAINT signing_procedures_state CHECK (state IN (
            'prepared', 'submitting', 'signing', 'half_signed', 'signed',
            'refused', 'expired', 'aborted', 'failed')),
        created_at timestamptz NOT NULL,
        submitted_for_signature_on timestamptz,
        student_signed_on timestamptz,
        organization_signed_on timestamptz,
        organization_signatory text,
        expires_at timestamptz NOT NULL,
        known_at timestamptz,
        asked_at timestamptz,
        reason text,
        signed_file text,
        version integer NOT NULL,
        sent_version integer NOT NULL,
        CONSTRAINT signing_procedures_reference UNIQUE (provider, provider_reference),
        CONSTRAINT signing_procedures_submitted CHECK (
            state NOT IN ('signing', 'half_signed', 'signed', 'refused', 'expired')
            OR (submitted_for_signature_on IS NOT NULL AND provider_reference IS NOT NULL
                AND known_at IS NOT NULL)),
        CONSTRAINT signing_procedures_student CHECK (
            state NOT IN ('half_signed', 'signed') OR student_signed_on IS NOT NULL),
        CONSTRAINT signing_procedures_organization CHECK (
            (organization_signed_on IS NULL OR student_signed_on IS NOT NULL)
            AND (state <> 'signed' OR organization_signed_on IS NOT NULL))
    )
    """,
    """
    CREATE UNIQUE INDEX signing_procedures_one ON signing_procedures (contract_id)
    WHERE state IN ('prepared', 'submitting', 'signing', 'half_signed', 'signed')
    """,
    "CREATE INDEX signing_procedures_of_contract ON signing_procedures (contract_id, id)",
    "CREATE INDEX signing_procedures_of_document ON signing_procedures (document_id)",
    """
    CREATE INDEX signing_procedures_known ON signing_procedures (known_at)
    WHERE state IN ('signing', 'half_signed')
    """,
    """
    CREATE TABLE signatories (
        id uuid PRIMARY KEY,
        procedure_id uuid NOT NULL REFERENCES signing_procedures (id),
        party text NOT NULL CONSTRAINT signatories_party CHECK (party IN ('student', 'organization')),
        position integer NOT NULL,
        name text NOT NULL,
        email text NOT NULL,
        language text NOT NULL,
        CONSTRAINT signatories_place UNIQUE (procedure_id, party, position)
    )
    """,
    "COMMENT ON TABLE documents IS 'What is signed, by its content: each is made into a PDF once.'",
    "COMMENT ON TABLE signing_procedures IS 'One document of a contract, to be signed by two "
    "parties at a signing service; at most one that is live or signed.'",
    "COMMENT ON TABLE signatories IS 'Who may sign a procedure, for which party.'",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
