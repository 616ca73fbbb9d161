"""Labels: how codes and refusals are called in Polish, wherever a person reads them."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import StringConstraints

from domain.messages import Message

Label = Annotated[str, StringConstraints(min_length=1)]
Sentence = Annotated[str, StringConstraints(pattern=r"[.]$")]
Group = Mapping[str, Label]


class Labels(Message):
    """`labels.pl.yaml`: a group of labels for each kind of code, one label for each code."""

    refusals: Mapping[str, Sentence]
    """By class name."""
    task_titles: Group
    task_states: Group
    decisions: Group
    """What a person may decide in a task."""
    outcomes: Group
    """With what a case, or the reply in it, ends."""
    results: Group
    """What a unit answers."""
    stages: Group
    referral_states: Group
    letter_states: Group
    channels: Group
    clocks: Group
    handlings: Group
    """As what a report is handled."""
    letters: Group
    waiting: Group
    priorities: Group
    posts: Group
    """Posts of their own, and roles that are held in a unit."""
    views: Group
    fields: Group
    """What the fields of forms are called on pages, alone or as `Command.field`; `field.hint` says
    more of one."""

    def of(self, code: str, group: str) -> str:
        """The label of a code; a code that nobody has named stands for itself."""
        labels: Mapping[str, str] = getattr(self, group)
        return labels.get(code, code)

    def post(self, post: str) -> str:
        """`KS-06/clerk` as `pracownik komórki (KS-06)`."""
        unit, _, role = post.rpartition("/")
        label = self.of(role, "posts")
        return f"{label} ({unit})" if unit else label
