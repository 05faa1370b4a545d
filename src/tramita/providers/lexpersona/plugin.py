"""The manifest of Lex Persona, found under entry-point group ``tramita.providers``."""

from tramita.kit.provider import Provider
from tramita.providers.lexpersona.gateway import make_gateway
from tramita.providers.lexpersona.settings import LexPersonaSettings
from tramita.providers.lexpersona.webhook import make_receiver
from tramita.signatures.ports import SignatureBackend, SignatureNotices

provider = Provider(
    key="lexpersona",
    title="Lex Persona",
    settings=LexPersonaSettings,
    ports={SignatureBackend: make_gateway, SignatureNotices: make_gateway},
    receiver=make_receiver,
    simulator="tramita.providers.lexpersona.simulator:make_simulator",
    requests=2,
    largest_answer=20 * 1024 * 1024,
)
