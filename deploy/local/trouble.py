"""What keeps the local system from running, as one sentence for the person who started it."""


class Trouble(Exception):
    """Says what is wrong and what to do about it; shown without a stack trace."""
