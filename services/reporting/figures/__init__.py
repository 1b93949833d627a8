"""Figures from cells, openings, observations and targets. Pure: nothing here asks a database, a broker or a clock.

Read `known.py` (what comes in), then `headline.py` (one figure) and `breakdown.py` (its rows).
"""
