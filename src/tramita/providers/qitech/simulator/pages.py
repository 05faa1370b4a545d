"""The pages where a client signs, one contract or a whole group, in a browser."""

from collections.abc import Sequence
from html import escape
from typing import Final

from tramita.providers.qitech.simulator.groups import Group
from tramita.providers.qitech.simulator.life import REFUSED_BY_SIGNER
from tramita.providers.qitech.simulator.money import reais
from tramita.providers.qitech.simulator.proposals import Proposal

_BACK: Final = (
    '<p><button class="quiet" type="button" data-back>Voltar à formalização</button></p>'
    '<script src="/signing.js" defer></script>'
)


def signing_page(proposal: Proposal) -> str:
    """Where the link of one proposal leads."""
    return _page([proposal], key=proposal.key)


def group_page(group: Group) -> str:
    """Where the one link of a group leads."""
    return _page(group.members, key=group.key)


def nowhere_page() -> str:
    """Where a link leads that nobody has made."""
    return _sheet(
        "<h1>Este link de assinatura não existe</h1>"
        "<p>Confira se o endereço está completo, ou peça um novo link a quem o enviou.</p>"
    )


def _page(proposals: Sequence[Proposal], *, key: str) -> str:
    if not proposals:
        # What was cancelled has left its group.
        return _sheet("<h1>Não há mais nada para assinar</h1>" + _BACK)
    name = escape(proposals[0].request.borrower.name)
    lines = "".join(f"<li>{_facts(proposal)}</li>" for proposal in proposals)
    open_ones = [proposal for proposal in proposals if proposal.is_signable]
    choice = _choice(key, len(open_ones)) if open_ones else ""
    return _sheet(f"<h1>Assinatura de {name}</h1><ul>{lines}</ul>{choice}" + _BACK)


def _choice(key: str, contracts: int) -> str:
    """To sign, or, asked once more, to refuse."""
    ends = "o contrato é encerrado" if contracts == 1 else "os contratos são encerrados"
    return (
        '<form method="post"><button>Assinar</button></form>'
        "<details><summary>Não quero assinar</summary>"
        f"<p>Se você recusar, {ends} e não há como voltar atrás.</p>"
        f'<form method="post" action="{key}/refuse">'
        '<button class="quiet danger">Recusar a assinatura</button></form></details>'
    )


def _sheet(content: str) -> str:
    return (
        '<!doctype html><html lang="pt-BR"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<title>Assinatura simulada</title><link rel="stylesheet" href="/panels.css">'
        f'<main class="sheet">{content}'
        '<p class="soft">Esta página faz o papel da assinatura da QI Tech. '
        "É uma simulação: nada do que se assina aqui tem valor.</p></main></html>"
    )


def _facts(proposal: Proposal) -> str:
    offer = proposal.portability.offer
    facts = (
        f"Contrato {escape(proposal.contract_number)}: {reais(offer.principal)} em "
        f"{offer.count} parcelas de {reais(offer.installment)}."
    )
    if proposal.signed_at is not None:
        return f"{facts} <strong>Assinado.</strong>"
    if proposal.facts.get("cancel_reason") == REFUSED_BY_SIGNER:
        return f"{facts} <strong>Recusado.</strong>"
    return facts if proposal.is_signable else f"{facts} <strong>Encerrado.</strong>"
