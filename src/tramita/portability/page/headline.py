"""The heading of the client's page: the most urgent thing, and what else there is."""

from collections.abc import Mapping, Sequence
from typing import Final

from tramita.portability.page.lender import Lender
from tramita.portability.page.situations import REGISTERED, Group, Situation

ONE, MANY = 0, 1

URGENT = {
    Group.SIGN: ("1 contrato pronto para assinar", "{} contratos prontos para assinar"),
    Group.CONFIRM: ("Falta sua confirmação no Meu INSS",) * 2,
    Group.CHECKING: ("Estamos conferindo com o banco",) * 2,
    Group.UNDERWAY: ("Seu contrato está em andamento", "Seus contratos estão em andamento"),
}

REST = {
    Group.SIGN: ("1 pronto para assinar", "{} prontos para assinar"),
    Group.CONFIRM: ("1 para confirmar no Meu INSS", "{} para confirmar no Meu INSS"),
    Group.CHECKING: ("1 em conferência", "{} em conferência"),
    Group.UNDERWAY: ("1 em andamento", "{} em andamento"),
    Group.CONTACT: ("1 para formalizar com atendimento", "{} para formalizar com atendimento"),
    Group.DONE: ("1 concluído", "{} concluídos"),
    Group.STOPPED: ("1 não foi adiante", "{} não foram adiante"),
}

# Headings that count their contracts; the line below them is about the others only.
_COUNTED: Final = frozenset({Group.SIGN, Group.DONE})


def headline(situations: Sequence[Situation], *, lender: Lender) -> tuple[str, str]:
    """The heading and the sentence below it, for the most urgent thing there is."""
    count = {group: sum(s.group is group for s in situations) for group in Group}
    first = next((group for group in Group if count[group]), Group.STOPPED)
    heading = _heading(first, count=count[first], situations=situations)
    return lender.say(heading), _rest(count, said=first, of=len(situations))


def _heading(first: Group, *, count: int, situations: Sequence[Situation]) -> str:
    if first in URGENT:
        return URGENT[first][ONE if count == 1 else MANY].format(count)
    if first is Group.CONTACT:
        return "{Sender} vai entrar em contato com você"
    if first is Group.DONE:
        done = {s.stamp_text for s in situations if s.group is Group.DONE}
        word = "concluído" if done == {REGISTERED.stamp_text} else "quitado"
        # "All" is said only where nothing ended otherwise.
        if count == len(situations):
            return f"Tudo {word}"
        return f"1 contrato {word}" if count == 1 else f"{count} contratos {word}s"
    return "Nenhum contrato foi adiante"


def _rest(count: Mapping[Group, int], *, said: Group, of: int) -> str:
    """What else there is, so that nobody wonders where the other contracts went."""
    if of in count.values():
        return ""
    is_counted = said in _COUNTED
    parts = [
        words[ONE if count[group] == 1 else MANY].format(count[group])
        for group, words in REST.items()
        if count[group] and not (is_counted and group is said)
    ]
    if not is_counted:
        return f"De {of} contratos: {', '.join(parts)}."
    left = of - count[said]
    if left == 1:
        return f"O outro: {parts[0].removeprefix('1 ')}."
    return f"Os outros {left}: {', '.join(parts)}."
