"""The recount: raw Kafka records, the registry of publishers and a now in; every figure, receipt and contested fact out.

recount = Recount(records, registry, now)
recount.progress()["onboarded"]["value"]
recount.answer("export_value", by="destination", period="2024", province="ID-JB")["rows"]
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable

from tests.oracle import export, observations, onboarding, procurement, targets
from tests.oracle.catalogue import INDICATORS, MAY_OPEN, OBSERVED
from tests.oracle.contested import Contested, contested
from tests.oracle.counting import Flow, MonthCount, Stock
from tests.oracle.decode import TOPIC, decode
from tests.oracle.facts import Facts
from tests.oracle.figure_flow import ExportShare, FlowFigure
from tests.oracle.figure_month import MonthFigure
from tests.oracle.figure_observed import ObservationFigure
from tests.oracle.figure_stock import OnboardedShare, StockFigure
from tests.oracle.links import Groups
from tests.oracle.receipts import Receipt
from tests.oracle.records import JAKARTA, Event, Record, Refusal, Registry
from tests.oracle.rows import Answer, Question

Figure = StockFigure | FlowFigure | MonthFigure | OnboardedShare | ExportShare | ObservationFigure


class Recount:
    """Counts once, when made; `now` carries an offset."""

    def __init__(self, records: Iterable[Record], registry: Registry, now: datetime.datetime) -> None:
        self.now = now
        self.registry = registry
        self.receipts: dict[tuple[str, str], Receipt] = defaultdict(Receipt)  # by publisher and stream
        self.facts = Facts(self._events(records), registry)
        links = self.facts.standing("link")
        self.groups = Groups((fact.data["msme_ids"][0], fact.data["msme_ids"][1]) for fact in links)
        self.figures = self._figures()

    def progress(self) -> dict[str, Answer]:
        return {indicator: self.answer(indicator) for indicator in self.figures}

    def answer(self, indicator: str, by: str = "", period: str | None = None, **wanted: str | None) -> Answer:
        """As `/v1/progress/{indicator}`; `rows` by code, where `by` is given."""
        question = Question(period, wanted, by)
        answer = self.figures[indicator].answer(question)
        number = INDICATORS[indicator].number if indicator in INDICATORS else "observed"
        aim = observations.target(self.facts, indicator, self.now)
        answer = {"id": indicator, **answer, "target": targets.target_of(aim, answer, number)}
        return {**answer, "rows": self.figures[indicator].breakdown(question)} if by else answer

    def contested(self) -> list[Contested]:
        return contested(self.facts, self.groups)

    @property
    def present(self) -> int:
        """The month it is in Jakarta."""
        local = self.now.astimezone(JAKARTA)
        return local.year * 12 + local.month - 1

    def _events(self, records: Iterable[Record]) -> list[Event]:
        return [event for record in records if TOPIC.fullmatch(record.topic) and (event := self._event(record)) is not None]

    def _event(self, record: Record) -> Event | None:
        _, stream, publisher = record.topic.split(".")
        receipt = self.receipts[(publisher, stream)]
        receipt.sent += 1
        try:
            event = decode(record, self.registry)
            observations.check_opening(event)
        except Refusal as refusal:
            receipt.refuse(refusal)
            return None
        return event

    def _figures(self) -> dict[str, Figure]:
        figures: dict[str, Figure] = {**self._stocks(), **self._flows(), **self._month_counts()}
        for indicator in {*OBSERVED, *observations.observed_indicators(self.facts)}:
            figures[indicator] = ObservationFigure(observations.observed(self.facts, indicator))
        onboarded = figures["onboarded"]
        assert isinstance(onboarded, StockFigure)
        figures["onboarded_share"] = OnboardedShare(onboarded, observations.observed(self.facts, "msme_population"))
        national = observations.observed(self.facts, "national_export_value")
        figures["export_share"] = ExportShare(export.value(self.facts), national)
        return figures

    def _stocks(self) -> dict[str, Figure]:
        facts, groups = self.facts, self.groups
        stocks: dict[str, Stock] = {
            "onboarded": onboarding.onboarded(facts, groups),
            "listings": onboarding.listings(facts),
            "exporters": export.exporters(facts, groups),
            "trained": export.trained(facts, groups),
            "exporters_trained": export.exporters_trained(facts, groups),
            "partnership_msmes": procurement.partnership_msmes(facts, groups),
            "partnership_enterprises": procurement.partnership_enterprises(facts),
        }
        return {name: StockFigure(stock, observations.openings(facts, name), self.present) for name, stock in stocks.items()}

    def _flows(self) -> dict[str, Figure]:
        facts = self.facts
        flows: dict[str, Flow] = {
            "traded_value": onboarding.traded(facts),
            "local_share": onboarding.local(facts),
            "export_value": export.value(facts),
            "products_exported": export.pieces(facts),
            "priority_commodity_value": export.priority_value(facts),
            "procurement_value": procurement.value(facts),
            "procurement_msme_share": procurement.msme_share(facts),
            "domestic_content_share": procurement.domestic_share(facts),
            "procurement_umkk_share": procurement.umkk_share(facts),
            "procurement_umkk_allocated_share": procurement.allocated_share(facts),
            "partnership_potential": procurement.potential(facts),
            "ventures": procurement.ventures(facts),
        }
        kinds = {"priority_commodity_value": flows["export_value"]}
        return {name: self._flow(name, flow, kinds.get(name)) for name, flow in flows.items()}

    def _flow(self, name: str, flow: Flow, kind: Flow | None) -> FlowFigure:
        opened = observations.openings(self.facts, name) if name in MAY_OPEN else []
        return FlowFigure(INDICATORS[name], flow, opened, self.present, kind)

    def _month_counts(self) -> dict[str, Figure]:
        counts: dict[str, MonthCount] = {
            "sellers_transacting": onboarding.sellers(self.facts, self.groups, 1),
            "sellers_consistent": onboarding.sellers(self.facts, self.groups, 3),
            "exporters_consistent": export.exporters_consistent(self.facts, self.groups),
        }
        return {name: MonthFigure(count, self.present) for name, count in counts.items()}
