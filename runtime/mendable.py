"""Faults of an installation that a person can mend: the message says how."""


class Mendable(Exception):
    """Shown as a sentence, without a trace; it names the setting or the command that helps."""
