"""The heading of the client's page: the most urgent thing, and what else there is."""

from collections.abc import Mapping, Sequence

from tramita.portability.page.situations import REGISTERED, Group, Situation

ONE, MANY = 0, 1

URGENT = {
    Group.SIGN: ("1 contrato pronto para assinar", "{} contratos prontos para assinar"),
    Group.CONFIRM: ("Falta você confirmar no Meu INSS", "Falta você confirmar no Meu INSS"),
    Group.FORMALIZE: ("1 contrato pronto para formalizar", "{} contratos prontos para formalizar"),
    Group.CHECKING: ("Estamos conferindo com o banco",) * 2,
    Group.UNDERWAY: ("Seus contratos estão em andamento",) * 2,
}

REST = {
    Group.SIGN: ("1 pronto para assinar", "{} prontos para assinar"),
    Group.CONFIRM: ("1 para confirmar no Meu INSS", "{} para confirmar no Meu INSS"),
    Group.FORMALIZE: ("1 pronto para formalizar", "{} prontos para formalizar"),
    Group.CHECKING: ("1 em conferência", "{} em conferência"),
    Group.UNDERWAY: ("1 em andamento", "{} em andamento"),
    Group.DONE: ("1 concluído", "{} concluídos"),
    Group.STOPPED: ("1 não seguiu", "{} não seguiram"),
}


def headline(situations: Sequence[Situation]) -> tuple[str, str]:
    """The heading and the sentence below it, for the most urgent thing there is."""
    count = {group: sum(s.group is group for s in situations) for group in Group}
    first = next((group for group in Group if count[group]), Group.STOPPED)
    heading = _heading(first, count=count[first], situations=situations)
    return heading, _rest(count, said=first, of=len(situations))


def _heading(first: Group, *, count: int, situations: Sequence[Situation]) -> str:
    if first in URGENT:
        return URGENT[first][ONE if count == 1 else MANY].format(count)
    if first is Group.DONE:
        done = {s.stamp_text for s in situations if s.group is Group.DONE}
        return "Tudo concluído" if done == {REGISTERED.stamp_text} else "Tudo quitado"
    return "Nenhum contrato pôde seguir"


def _rest(count: Mapping[Group, int], *, said: Group, of: int) -> str:
    """What else there is, so that nobody wonders where the other contracts went."""
    if of in count.values():
        return ""
    # The heading has counted what is to sign or to formalise; the rest is counted here.
    is_counted = said in {Group.SIGN, Group.FORMALIZE}
    parts = [
        words[ONE if count[group] == 1 else MANY].format(count[group])
        for group, words in REST.items()
        if count[group] and not (is_counted and group is said)
    ]
    return f"De {of} contratos: {', '.join(parts)}." if parts else ""
