"""What onboarding tells: its kinds of cells, in tables `<kind>_cell`.

listing: month × province × role × scale × platform · trading: month × province × role × platform · seller: month × province × role;
and what every service tells of what it heard: receipts, reasons, contested facts.
"""

from shared.events.cells import KINDS

CELLS = KINDS["onboarding"]
