"""What became of the contracts of the portability scene, as the API and QI Tech tell it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tramita.demo.fates import Fate
from tramita.demo.partner import View
from tramita.demo.provider import Proposals
from tramita.demo.scene import Line

_NONE = Proposals(created=0, alive=0)


@dataclass(frozen=True)
class Facts:
    """``attempts`` by contract id; what is at the provider, and instalments, by number."""

    attempts: Mapping[str, int]
    proposals: Mapping[str, Proposals]
    installments_before: Mapping[str, str | None]
    installments: Mapping[str, str | None]

    def line(self, contract: View, fate: Fate) -> Line:
        """One contract, and what became of it."""
        return Line(
            contract["number"],
            fate.what,
            fate.expected,
            ", ".join(self._ended(contract)),
            fate.counts,
            self._counts(contract),
            self._note(contract),
        )

    def line_of_all(self, view: View, what: str, *, expected: str) -> Line:
        """A whole envelope in one line, where every contract fared alike."""
        contracts = view["contracts"]
        stood = Counter(", ".join(self._ended(one)) for one in contracts)
        seen = ", ".join(f"{count} × {status}" for status, count in stood.items())
        counts = [self._counts(one) for one in contracts if one["portability"]]
        subject = f"{contracts[0]['number'].partition('-')[0]}, all {len(contracts)}"
        proposals = len(counts)
        return Line(
            subject,
            what,
            expected,
            seen,
            (proposals, proposals, proposals),
            tuple(map(sum, zip(*counts, strict=True))),
        )

    def _ended(self, contract: View) -> Iterable[str]:
        portability = contract["portability"]
        if portability is None:
            yield contract["status"]
            return
        yield portability["status"]
        if portability["needs_attention"]:
            yield "needs attention"
        if portability["margin"]["registered_at"]:
            yield "margin registered"
        if self._lowered(contract["number"]):
            yield "instalment lowered"

    def _lowered(self, number: str) -> tuple[str, str] | None:
        """The instalment before and now, where it has changed."""
        before, now = self.installments_before.get(number), self.installments.get(number)
        return (before, now) if before and now and before != now else None

    def _counts(self, contract: View) -> tuple[int, ...]:
        there = self.proposals.get(contract["number"], _NONE)
        return (self.attempts.get(contract["id"], 0), there.created, there.alive)

    def _note(self, contract: View) -> str:
        portability: dict[str, Any] = contract["portability"]
        said = [one["sentence"] for one in portability["reasons"]]
        lowered = self._lowered(contract["number"])
        if lowered is not None:
            said.append(f"{lowered[0]} → {lowered[1]} BRL a month")
        # Two rules may say the same; once is enough.
        return " ".join(dict.fromkeys(said))
