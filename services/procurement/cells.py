"""What procurement tells: its kinds of cells, in tables `<kind>_cell`.

award: month × fiscal year × province × buyer kind × category × method · budget: fiscal year × buyer kind · match: month × province ×
enterprise × component × forum × partner country · partner: month × province, by forum and by kind apart · enterprise: month;
and what every service tells of what it heard: receipts, reasons, contested facts.
"""

from shared.events.cells import KINDS

CELLS = KINDS["procurement"]
