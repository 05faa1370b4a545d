"""The area codes of Brazil, and tokens that are bound to one carrier."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE service_tokens ADD COLUMN carrier text",
    # An area code may cross a state's border: `state` is where most of it lies, and `city`
    # its best known one, a label only.
    """
    CREATE TABLE location_ddd (
        ddd text PRIMARY KEY CONSTRAINT location_ddd_ddd CHECK (ddd ~ '^[1-9][1-9]$'),
        state text NOT NULL CONSTRAINT location_ddd_state CHECK (state ~ '^[A-Z]{2}$'),
        region text NOT NULL CONSTRAINT location_ddd_region
            CHECK (region IN ('CO', 'N', 'NE', 'S', 'SE')),
        city text NOT NULL
    )
    """,
    # All there are. The 14 other pairs of digits without a zero are not assigned to anybody.
    """
    INSERT INTO location_ddd (region, state, ddd, city) VALUES
        ('SE', 'SP', '11', 'São Paulo'),
        ('SE', 'SP', '12', 'São José dos Campos'),
        ('SE', 'SP', '13', 'Santos'),
        ('SE', 'SP', '14', 'Bauru'),
        ('SE', 'SP', '15', 'Sorocaba'),
        ('SE', 'SP', '16', 'Ribeirão Preto'),
        ('SE', 'SP', '17', 'São José do Rio Preto'),
        ('SE', 'SP', '18', 'Presidente Prudente'),
        ('SE', 'SP', '19', 'Campinas'),
        ('SE', 'RJ', '21', 'Rio de Janeiro'),
        ('SE', 'RJ', '22', 'Campos dos Goytacazes'),
        ('SE', 'RJ', '24', 'Volta Redonda'),
        ('SE', 'ES', '27', 'Vitória'),
        ('SE', 'ES', '28', 'Cachoeiro de Itapemirim'),
        ('SE', 'MG', '31', 'Belo Horizonte'),
        ('SE', 'MG', '32', 'Juiz de Fora'),
        ('SE', 'MG', '33', 'Governador Valadares'),
        ('SE', 'MG', '34', 'Uberlândia'),
        ('SE', 'MG', '35', 'Poços de Caldas'),
        ('SE', 'MG', '37', 'Divinópolis'),
        ('SE', 'MG', '38', 'Montes Claros'),
        ('S', 'PR', '41', 'Curitiba'),
        ('S', 'PR', '42', 'Ponta Grossa'),
        ('S', 'PR', '43', 'Londrina'),
        ('S', 'PR', '44', 'Maringá'),
        ('S', 'PR', '45', 'Cascavel'),
        ('S', 'PR', '46', 'Francisco Beltrão'),
        ('S', 'SC', '47', 'Joinville'),
        ('S', 'SC', '48', 'Florianópolis'),
        ('S', 'SC', '49', 'Chapecó'),
        ('S', 'RS', '51', 'Porto Alegre'),
        ('S', 'RS', '53', 'Pelotas'),
        ('S', 'RS', '54', 'Caxias do Sul'),
        ('S', 'RS', '55', 'Santa Maria'),
        ('CO', 'DF', '61', 'Brasília'),
        ('CO', 'GO', '62', 'Goiânia'),
        ('CO', 'GO', '64', 'Rio Verde'),
        ('CO', 'MT', '65', 'Cuiabá'),
        ('CO', 'MT', '66', 'Rondonópolis'),
        ('CO', 'MS', '67', 'Campo Grande'),
        ('N', 'TO', '63', 'Palmas'),
        ('N', 'AC', '68', 'Rio Branco'),
        ('N', 'RO', '69', 'Porto Velho'),
        ('N', 'PA', '91', 'Belém'),
        ('N', 'AM', '92', 'Manaus'),
        ('N', 'PA', '93', 'Santarém'),
        ('N', 'PA', '94', 'Marabá'),
        ('N', 'RR', '95', 'Boa Vista'),
        ('N', 'AP', '96', 'Macapá'),
        ('N', 'AM', '97', 'Coari'),
        ('NE', 'BA', '71', 'Salvador'),
        ('NE', 'BA', '73', 'Ilhéus'),
        ('NE', 'BA', '74', 'Juazeiro'),
        ('NE', 'BA', '75', 'Feira de Santana'),
        ('NE', 'BA', '77', 'Vitória da Conquista'),
        ('NE', 'SE', '79', 'Aracaju'),
        ('NE', 'PE', '81', 'Recife'),
        ('NE', 'AL', '82', 'Maceió'),
        ('NE', 'PB', '83', 'João Pessoa'),
        ('NE', 'RN', '84', 'Natal'),
        ('NE', 'CE', '85', 'Fortaleza'),
        ('NE', 'PI', '86', 'Teresina'),
        ('NE', 'PE', '87', 'Petrolina'),
        ('NE', 'CE', '88', 'Juazeiro do Norte'),
        ('NE', 'PI', '89', 'Picos'),
        ('NE', 'MA', '98', 'São Luís'),
        ('NE', 'MA', '99', 'Imperatriz')
    """,
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
