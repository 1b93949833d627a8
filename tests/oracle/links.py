"""Which pseudonyms are one MSME: the groups that standing links make. Plain union by repainting."""

from collections.abc import Iterable


class Groups:
    """`unit_of` gives the smallest pseudonym of the group, itself where it is not linked."""

    def __init__(self, links: Iterable[tuple[str, str]]) -> None:
        self._group: dict[str, set[str]] = {}
        for one, other in links:
            self._join(one, other)

    def _join(self, one: str, other: str) -> None:
        joined = self._group.get(one, {one}) | self._group.get(other, {other})
        for member in joined:
            self._group[member] = joined

    def unit_of(self, msme_id: str) -> str:
        return min(self._group.get(msme_id, {msme_id}))
