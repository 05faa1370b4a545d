"""The brands and models that GSIM knows: invented, but for some phones everybody knows.

Made by a small generator, so that there is enough to page through, with the cases
that a reader of such lists gets wrong put in by hand:

- one commercial name with and without eSIM by region (codes ending in ``-CN``);
- a model whose eSIM nobody has found out about;
- a brand called Vivo, who makes phones and is not the operator, and one without models;
- iPhone X, which has no eSIM, next to iPhone XS, which has.

The TACs given by hand are those of IMEIs that are common in examples and pass Luhn.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

LISTED_AT = datetime(2025, 3, 1, 12, tzinfo=UTC)
WITHOUT_MODELS = "Quartzo"
GENERATIONS = 6


@dataclass(frozen=True, slots=True)
class Model:
    """One device in one region; ``esim`` is YES, NO or UNKNOWN."""

    id: str
    name: str
    code: str
    region: str
    esim: str
    tacs: tuple[str, ...]

    def shown(self) -> dict[str, object]:
        """The model in a list."""
        return {
            "id": self.id,
            "name": self.name,
            "code": self.code,
            "region": self.region,
            "esim": self.esim,
            "tacs": self.tacs,
        }


@dataclass(slots=True, eq=False)
class Brand:
    """A maker and its models, in the order in which they are listed."""

    id: str
    name: str
    models: list[Model]
    updated_at: datetime = LISTED_AT


# Maker, the beginning of its codes, five series, the first generation with eSIM.
_MAKERS = (
    ("Aroeira", "AR", "Alba Brisa Cais Duna Eco", 3),
    ("Cerrado Mobile", "CM", "Ipê Pequi Buriti Cagaita Jatobá", 4),
    ("Farol", "FA", "Cabo Ilha Porto Costa Recife", 2),
    ("Jangada", "JG", "Vela Remo Leme Quilha Mastro", 5),
    ("Lumina", "LU", "Luz Raio Prisma Halo Foco", 3),
    ("Motorola", "MT", "Serra Vale Campo Mata Rio", 3),
    ("Ondina", "ON", "Maré Onda Espuma Coral Areia", 6),
    ("Samsung", "SM", "Norte Sul Leste Oeste Centro", 2),
    ("Tamoio", "TM", "Arco Flecha Tambor Rede Canoa", 7),
    ("Vivo", "VV", "Verde Vento Vila Vinho Voo", 4),
)

# Year by year; from the sixth on with eSIM, except in China.
_IPHONES = (
    *("8", "8 Plus", "X", "XR", "XS", "XS Max", "11", "11 Pro", "11 Pro Max", "SE (2020)"),
    *("12 mini", "12", "12 Pro", "12 Pro Max", "13 mini", "13", "13 Pro", "13 Pro Max"),
    *("SE (2022)", "14", "14 Plus", "14 Pro", "14 Pro Max"),
    *("15", "15 Plus", "15 Pro", "15 Pro Max", "16", "16 Plus", "16 Pro", "16 Pro Max"),
)
_IPHONES_WITHOUT = frozenset({"8", "8 Plus", "X"})
# Codes of models to the TAC of a well-known example IMEI.
_GIVEN_TACS = {"IPX-BR": "35209900", "IPXS-BR": "35387923", "MT-RETRO-BR": "35693803"}


def make_brands() -> list[Brand]:
    """Every brand with its models, by name; the same every time."""
    brands = [
        _brand("Apple", _iphones()),
        _brand(WITHOUT_MODELS, ()),
        *(_brand(maker[0], _generated(number, *maker)) for number, maker in enumerate(_MAKERS, 1)),
    ]
    return sorted(brands, key=lambda brand: brand.name)


def make_model(name: str, code: str, *, region: str, esim: str, tac: str) -> Model:
    """One model; its id comes from its code."""
    tacs = (_GIVEN_TACS.get(code, tac),)
    return Model(f"m-{code.lower()}", name, code, region, esim, tacs)


def _brand(name: str, models: "Iterator[Model] | tuple[Model, ...]") -> Brand:
    return Brand(f"b-{name.lower().replace(' ', '-')}", name, list(models))


def _iphones() -> Iterator[Model]:
    for number, name in enumerate(_IPHONES):
        short = name.translate(str.maketrans("", "", " ()")).upper()
        has_esim = name not in _IPHONES_WITHOUT
        for place, region in enumerate(("BR", "CN")):
            yield make_model(
                f"iPhone {name}",
                f"IP{short}-{region}",
                region=region,
                esim="YES" if has_esim and region == "BR" else "NO",
                tac=f"3500{2 * number + place:04}",
            )


def _generated(
    number: int, maker: str, prefix: str, series: str, esim_since: int
) -> Iterator[Model]:
    if maker == "Motorola":
        yield make_model("Retrô", "MT-RETRO-BR", region="BR", esim="UNKNOWN", tac="")
    for line, name in enumerate(series.split()):
        for generation in range(1, GENERATIONS + 1):
            for place, region in enumerate(("BR", "CN")):
                has_esim = generation >= esim_since and region == "BR"
                yield make_model(
                    f"{name} {generation}",
                    f"{prefix}{line + 1}{generation:02}-{region}",
                    region=region,
                    esim="YES" if has_esim else "NO",
                    tac=f"35{number:02}{line:02}{generation}{place}",
                )


def moment(at: datetime) -> str:
    """A time as GSIM writes it: UTC, in milliseconds."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
