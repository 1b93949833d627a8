"""What export tells: its kinds of cells, in tables `<kind>_cell`.

export: month × province × destination × region × commodity × type × priority · exporter: month × province, and in each destination and
commodity from its first month there · exporter_month: month × province · trained: month × campus × province;
and what every service tells of what it heard: receipts, reasons, contested facts.
"""

from shared.events.cells import KINDS

CELLS = KINDS["export"]
