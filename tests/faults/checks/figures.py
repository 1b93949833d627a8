"""Every figure and receipt is what the recount gives; of the breakdowns a part that the seed chooses, so that many runs ask for all."""

import itertools
from collections import Counter
from collections.abc import Iterator

from tests.journey import report
from tests.journey.answers import Api
from tests.journey.questions import questions
from tests.journey.report import Report
from tests.oracle.recount import Recount

ONE_OF = 8


def compare(recount: Recount, api: Api, seed: int) -> Report:
    found = Report()
    report._receipts(recount, api, found)
    report._headlines(recount, api, found)
    for question in itertools.islice(questions(recount), seed % ONE_OF, None, ONE_OF):
        report._question(recount, api, question, found)
    return found


def unlisted(recount: Recount, api: Api) -> Iterator[str]:
    """Publishers whose list of refusals is not as long as it should be."""
    refused = Counter[str]()
    for (publisher, _), receipt in recount.receipts.items():
        refused[publisher] += receipt.quarantined
    for publisher, expected in refused.items():
        listed = len(api.rejected(publisher))
        if listed != expected:
            yield f"{publisher}: {listed} refusals listed, {expected} expected"
