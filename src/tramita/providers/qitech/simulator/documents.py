"""The CCB of a proposal as a small PDF."""

from tramita.providers.qitech.simulator.money import reais
from tramita.providers.qitech.simulator.proposals import Proposal


def ccb(proposal: Proposal) -> bytes:
    """One page that says what it is; built by hand, since nobody prints it."""
    offer = proposal.portability.offer
    lines = (
        "Cedula de Credito Bancario (simulada, sem valor)",
        f"Contrato {proposal.contract_number} - proposta {proposal.number}",
        f"Valor {reais(offer.principal)} em {offer.count} x {reais(offer.installment)}",
        f"Taxa {offer.rate * 100:.4f} % ao mes, primeiro vencimento {offer.first_due_date}",
    )
    text = "".join(f"({_literal(line)}) Tj 0 -22 Td " for line in lines)
    content = f"BT /F1 13 Tf 60 760 Td {text}ET".encode("latin-1", "replace")
    return _one_page(content)


def _literal(text: str) -> str:
    for special in "\\()":
        text = text.replace(special, f"\\{special}")
    return text


def _one_page(content: bytes) -> bytes:
    page = (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>"
    )
    parts = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page,
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    )
    written, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, part in enumerate(parts, start=1):
        offsets.append(len(written))
        written += b"%d 0 obj%s endobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    written += b"xref\n0 6\n0000000000 65535 f \n" + table
    written += b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        written.index(b"xref\n0 6")
    )
    return bytes(written)
