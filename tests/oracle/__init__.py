"""The independent recount: every figure again, in plain slow Python, from nothing but raw Kafka records and the published contract.

It imports no project code on purpose. Where it and the system disagree, one of them has misread the contract.
"""
