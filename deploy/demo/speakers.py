"""Who speaks in the demo. Those of the published history are real institutions' roles; all others are invented and say so."""

STATISTICS = "bps"
CENTRAL_BANK = "bank-indonesia"
MINISTRY = "kemenkop-ukm"

# Platform → its part of all listings.
PLATFORMS = {"sintetis-pasar": 0.45, "sintetis-lapak": 0.30, "sintetis-warung": 0.15, "sintetis-kios": 0.10}
# A regional office that keeps its own register of merchants, and so states facts that platforms state too.
REGISTER = "sintetis-dinas"
IDENTITY = "sintetis-identitas"
CUSTOMS = "sintetis-pabean"
CAMPUS = "sintetis-kampus"
PROCUREMENT = "sintetis-pengadaan"
STATE_OWNED = "sintetis-bumn"
FORUM = "sintetis-forum"
