"""Receipts: for every publisher and stream what was sent and what was refused, with the reasons as far as they are named."""

from collections import Counter
from dataclasses import dataclass, field

from tests.oracle.records import Refusal


@dataclass
class Receipt:
    """`reasons` counts what is certain; `open_reasons` lists the possible codes of each other refusal."""

    sent: int = 0
    quarantined: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    open_reasons: list[tuple[str, ...]] = field(default_factory=list)

    def refuse(self, refusal: Refusal) -> None:
        self.quarantined += 1
        if len(refusal.reasons) == 1:
            self.reasons[refusal.reasons[0]] += 1
        else:
            self.open_reasons.append(refusal.reasons)

    def contradiction(self, stated: dict[str, int]) -> str | None:
        """What is impossible about the reasons that the system states, in a sentence; None where nothing is."""
        for reason in {*stated, *self.reasons}:
            least = self.reasons[reason]
            most = least + sum(reason in possible for possible in self.open_reasons)
            if not least <= stated.get(reason, 0) <= most:
                return f"{reason}: stated {stated.get(reason, 0)}, expected {least} to {most}"
        return None
