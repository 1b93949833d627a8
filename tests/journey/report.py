"""All that is compared between the recount and a running system; each difference one line."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.journey import compare
from tests.journey.answers import Api
from tests.journey.questions import Asked, questions
from tests.oracle.catalogue import INDICATORS
from tests.oracle.recount import Recount


@dataclass
class Report:
    """`differences` are wrong; `notes` are where the contract leaves room, or where a question was not taken."""

    differences: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)

    def lines(self) -> Iterator[str]:
        yield from (f"DIFFERS  {line}" for line in self.differences)
        yield from (f"note     {line}" for line in self.notes)
        yield f"{sum(self.asked.values())} comparisons ({dict(self.asked)}): {len(self.differences)} differences, {len(self.notes)} notes"


def compare_all(recount: Recount, api: Api) -> Report:
    report = Report()
    _receipts(recount, api, report)
    _headlines(recount, api, report)
    for question in questions(recount):
        _question(recount, api, question, report)
    _dimensions(api, report)
    _contested(recount, api, report)
    return report


def settled(recount: Recount, api: Api) -> bool:
    """Whether everything was heard: sent is what was published."""
    return not any(True for _ in unheard(recount, api))


def unheard(recount: Recount, api: Api) -> Iterator[str]:
    for publisher in sorted({publisher for publisher, _ in recount.receipts}):
        stated = api.receipts(publisher)
        for (name, stream), receipt in recount.receipts.items():
            if name == publisher and (heard := stated.get(stream, {}).get("sent", 0)) != receipt.sent:
                yield f"{publisher}/{stream}: {heard} of {receipt.sent} heard"


def headline_differences(recount: Recount, stated: dict[str, dict[str, Any]]) -> Iterator[str]:
    for indicator, expected in recount.progress().items():
        if indicator not in stated:
            yield f"progress: {indicator} is missing"
        else:
            found = compare.headline(expected, stated[indicator], loose=indicator not in INDICATORS)
            yield from (f"progress: {indicator}: {difference}" for difference in found)


def _headlines(recount: Recount, api: Api, report: Report) -> None:
    report.asked["headlines"] += len(recount.figures)
    report.differences += headline_differences(recount, api.progress())


def _question(recount: Recount, api: Api, question: Asked, report: Report) -> None:
    stated = api.answer(question.indicator, **question.query)
    report.asked["breakdowns" if question.by else "periods"] += 1
    if stated is None:
        (report.differences if question.must else report.notes).append(f"{question}: refused")
        return
    expected = recount.answer(question.indicator, question.by, question.period, **question.wanted)
    special = bool(question.period or question.wanted)
    found = list(compare.breakdown(question.by, expected, stated, question.indicator not in INDICATORS, special))
    found += _additive(question, stated)
    (report.notes if question.unsettled else report.differences).extend(f"{question}: {difference}" for difference in found)


def _additive(question: Asked, stated: dict[str, Any]) -> Iterator[str]:
    indicator = INDICATORS.get(question.indicator)
    if indicator is not None and question.by in indicator.overlapping and stated.get("additive") is not False:
        yield f"additive is {stated.get('additive')!r}, rows overlap"


def _receipts(recount: Recount, api: Api, report: Report) -> None:
    for publisher in sorted({publisher for publisher, _ in recount.receipts}):
        stated = api.receipts(publisher)
        for (name, stream), receipt in recount.receipts.items():
            if name != publisher:
                continue
            report.asked["receipts"] += 1
            found = _receipt(receipt.sent, receipt.quarantined, stated.get(stream, {}))
            impossible = receipt.contradiction(stated.get(stream, {}).get("reasons", {}))
            report.differences += [f"receipts: {publisher}/{stream}: {line}" for line in [*found, *([impossible] if impossible else [])]]
        rejected = len(api.rejected(publisher))
        expected = sum(receipt.quarantined for (name, _), receipt in recount.receipts.items() if name == publisher)
        if rejected != expected:
            report.notes.append(f"rejected: {publisher}: {rejected} listed, {expected} quarantined")


def _receipt(sent: int, quarantined: int, stated: dict[str, Any]) -> Iterator[str]:
    if stated.get("sent") != sent or stated.get("quarantined") != quarantined:
        yield f"expected {sent} sent and {quarantined} quarantined, stated {stated}"
    outcomes = ("applied", "repeated", "superseded", "conflicted", "quarantined")
    if sum(stated.get(outcome, 0) for outcome in outcomes) != stated.get("sent"):
        yield f"outcomes do not add up: {stated}"


def _dimensions(api: Api, report: Report) -> None:
    """What the system lists and the recount does not know."""
    for listed in (api.get("/v1/indicators") or {}).get("indicators", ()):
        known = INDICATORS.get(listed.get("id"))
        named = listed.get("dimensions") or []
        if known is not None and (unknown := [name for name in named if isinstance(name, str) and name not in known.dimensions]):
            report.notes.append(f"indicators: {known.id} lists {unknown}, which the recount does not know")


def _contested(recount: Recount, api: Api, report: Report) -> None:
    expected = {(one.kind, tuple(sorted(one.key)), one.publishers, one.leads) for one in recount.contested()}
    stated = {_contested_row(row) for row in api.contested()}
    report.asked["contested"] += len(expected)
    report.notes += [f"contested: not listed: {row}" for row in sorted(expected - stated, key=repr)[:5]]
    report.notes += [f"contested: not expected: {row}" for row in sorted(stated - expected, key=repr)[:5]]


def _contested_row(row: dict[str, Any]) -> tuple[Any, ...]:
    key = row.get("key")
    parts = key.values() if isinstance(key, dict) else key if isinstance(key, list) else [key]
    return (row.get("kind"), tuple(sorted(str(part) for part in parts)), tuple(sorted(row.get("publishers", ()))), row.get("leads") or None)
