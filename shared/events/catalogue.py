"""Every event type that exists, by its CloudEvents type in full."""

from shared.events.export import ExportCancelled, ExportCorrected, ExporterTrained, ProductExported
from shared.events.fact import Fact
from shared.events.identity import IdentitiesLinked, IdentitiesUnlinked
from shared.events.observations import IndicatorObserved, TargetSet
from shared.events.onboarding import MsmeOffboarded, MsmeOnboarded, MsmeProfileChanged, TradingReported
from shared.events.procurement import AwardAmended, AwardCancelled, BudgetAnnounced, BusinessMatched, ProcurementAwarded

FACTS: tuple[type[Fact], ...] = (
    MsmeOnboarded,
    MsmeProfileChanged,
    MsmeOffboarded,
    TradingReported,
    IdentitiesLinked,
    IdentitiesUnlinked,
    ProductExported,
    ExportCorrected,
    ExportCancelled,
    ExporterTrained,
    ProcurementAwarded,
    AwardAmended,
    AwardCancelled,
    BudgetAnnounced,
    BusinessMatched,
    IndicatorObserved,
    TargetSet,
)
BY_TYPE: dict[str, type[Fact]] = {fact.type: fact for fact in FACTS}
