"""Portability: envelopes, their contracts, and what was announced."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE envelopes (
        id uuid PRIMARY KEY,
        token uuid NOT NULL UNIQUE,
        state text NOT NULL CONSTRAINT envelopes_state
            CHECK (state IN ('draft', 'formalizing', 'cancelled')),
        customer jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        run integer NOT NULL,
        run_total integer NOT NULL,
        run_left integer NOT NULL CONSTRAINT envelopes_left CHECK (run_left >= 0)
    )
    """,
    """
    CREATE TABLE envelope_contracts (
        id uuid PRIMARY KEY REFERENCES contracts (id),
        envelope_id uuid NOT NULL REFERENCES envelopes (id),
        position integer NOT NULL,
        number text NOT NULL UNIQUE,
        product text NOT NULL,
        contract_status text NOT NULL,
        portability_status text,
        cpf text NOT NULL,
        origin jsonb,
        terms jsonb,
        refinancing jsonb,
        insertion_id uuid,
        is_proposal_being_inserted boolean NOT NULL,
        proposal_key uuid UNIQUE,
        credit_operation_key uuid UNIQUE,
        proposal_number text,
        ccb_document_key text,
        signature_url text,
        financial jsonb,
        reasons jsonb NOT NULL,
        CONSTRAINT envelope_contracts_pair CHECK (
            (portability_status IS NULL AND contract_status IN (
                'DIGITACAO', 'AGUARDANDO_FORMALIZACAO', 'FORMALIZADO', 'PAGO', 'CANCELADO'))
            OR (contract_status, portability_status) IN (
                ('DIGITACAO', 'DIGITACAO'),
                ('AGUARDANDO_FORMALIZACAO', 'FORMALIZACAO_CLIENTE'),
                ('FORMALIZADO', 'AGUARDANDO_SALDO'),
                ('FORMALIZADO', 'SALDO_RETORNADO'),
                ('FORMALIZADO', 'AGUARDANDO_PAGAMENTO'),
                ('PAGO', 'FINALIZADO'),
                ('CANCELADO', 'REPROVADO'),
                ('CANCELADO', 'RETIDO'),
                ('CANCELADO', 'CANCELADO'))),
        CONSTRAINT envelope_contracts_product CHECK (
            (product = 'PORTABILIDADE') = (portability_status IS NOT NULL)),
        CONSTRAINT envelope_contracts_inserted CHECK (
            NOT is_proposal_being_inserted OR insertion_id IS NOT NULL)
    )
    """,
    "CREATE INDEX envelope_contracts_envelope ON envelope_contracts (envelope_id, position)",
    # Rule 21 asks for other live portabilities of the same origin contract.
    "CREATE INDEX envelope_contracts_origin ON envelope_contracts "
    "(cpf, (origin ->> 'ispb'), (origin ->> 'contract_number')) "
    "WHERE portability_status IS NOT NULL",
    """
    CREATE TABLE envelope_announcements (
        envelope_id uuid NOT NULL REFERENCES envelopes (id),
        run integer NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (envelope_id, run)
    )
    """,
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
