"""What is done with each case, and exactly which events that leaves in the log."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

CANARY: Final = "Kanarek"
"""In every name, address and text: it may be read in letters and in the vault, nowhere else."""

UNITS: Final = ("ZDMK", "ZTP", "MPO", "ZZM")
CATEGORIES: Final = ("roads.pothole", "lighting.street", "transport.stop", "cleanliness.bins")
"""None of them an emergency: its reply would always need an approval."""
PLACES: Final = (("I", "Długa"), ("XIII", "Kalwaryjska"), ("VIII", "Tyniecka"))


class Plan(NamedTuple):
    """How one case goes."""

    number: int
    units: tuple[str, ...]
    anonymous: bool = False
    by_post: bool = False
    """The sender can only be written to on paper."""
    returned: bool = False
    """The first answer of the first unit is given back to it once."""
    sensitive: bool = False
    """The reply needs an approval."""
    reopened: bool = False
    """The sender asks for another look, and the whole way is gone once more."""
    misrouted: bool = False
    """The unit says that the matter is not its own."""
    age: timedelta = timedelta(minutes=5)
    """How long ago it came, when it is registered."""
    triage: str = "forward"
    left_at: str | None = None
    """The type of task that nobody decides any more."""

    def report(self, now: datetime) -> dict[str, Any]:
        """The form as a resident sends it."""
        district, street = PLACES[self.number % len(PLACES)]
        reached = {"email": f"{CANARY.lower()}-{self.number}@example.invalid"}
        if self.by_post:
            reached = {"address": f"ul. {CANARY} {self.number}, 31-072 Kraków"}
        sender = {
            "name": f"Święcisława {CANARY}-{self.number}",
            "phone": f"12 {CANARY} {self.number:04d}",
            **reached,
        }
        return {
            "received_at": (now - self.age).isoformat(),
            "channel": "form",
            "category": CATEGORIES[self.number % len(CATEGORIES)],
            "text": f"Żółta kałuża nie wysycha od środy. {CANARY} {self.number}",
            "place": {"district": district, "street": street, "number": str(self.number)},
            "sender": None if self.anonymous else sender,
        }

    def decision(self, task: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Outcome and fields for a task of this case."""
        match task["type"]:
            case "triage":
                return self.triage, self._triage()
            case "answer_referral" if self.misrouted:
                return "misrouted", {"reason": f"To nie nasza ulica, {CANARY}."}
            case "answer_referral":
                return "done", {"text": f"Usunięto, {CANARY} {task['subject']}."}
            case "check_feedback" if self._is_returned(task):
                return "return", {"what_is_missing": f"Brak zdjęcia, {CANARY}."}
            case "check_feedback":
                return "accept", {}
            case "draft_reply":
                sensitive = ["claim"] if self.sensitive else []
                text = f"Kałuża została usunięta. {CANARY}"
                return "submitted", {"outcome": "done", "text": text, "sensitive": sensitive}
            case "approve_reply":
                return "approve", {}
            case "review_reopening":
                return "reopen", {"reason": f"Kałuża wróciła. {CANARY}"}
            case other:
                raise AssertionError(f"nobody planned a task of type {other}")

    @property
    def writes(self) -> int:
        """Registration, what the sender asks for, and decisions."""
        return 1 + self.reopened + len(list(self._tasks()))

    @property
    def letters(self) -> tuple[str, ...]:
        """Kind, round and recipient of every letter that the whole case owes."""
        return tuple(self._letters())

    def _letters(self) -> Iterator[str]:
        if not self.anonymous:
            yield "N1.1.sender"
        for round_ in self._rounds:
            yield from (f"N2.{round_}.{referral}" for referral in self._referrals(round_))
            if not self.anonymous:
                yield f"N2.{round_}.sender"
                if not self.is_handed_over:
                    yield f"N5.{round_}.sender"

    def events(self) -> Counter[str]:
        """Every event of the whole case, with what it is about, and how often."""
        own = self._handed_over() if self.is_handed_over else self._answered()
        of_letters = (
            f"intervention.{what} {letter}"
            for letter in self.letters
            for what in ("NoticeSent", "NoticeDelivered")
        )
        of_tasks = (
            f"task.{what} {task}"
            for task in self._tasks()
            for what in ("Opened", "Claimed", "Completed")
        )
        return +Counter(own) + Counter(of_letters) + Counter(of_tasks)

    @property
    def is_handed_over(self) -> bool:
        """An outside body takes the matter over, and nobody answers."""
        return self.triage == "hand_over"

    def _handed_over(self) -> dict[str, int]:
        what = ("Registered", "Forwarded", "HandedOver", "Closed")
        return {f"intervention.{name}": 1 for name in what}

    def _answered(self) -> dict[str, int]:
        times = len(self._rounds)
        return {
            "intervention.Registered": 1,
            "intervention.Forwarded": len(self.units) * times,
            "intervention.ReferralAnswered": len(self.units) * times + self.returned,
            "intervention.FeedbackReturned": int(self.returned),
            "intervention.FeedbackAccepted": len(self.units) * times,
            "intervention.ReplySubmitted": times,
            "intervention.ReplyApproved": times * self.sensitive,
            "intervention.ReopenRequested": int(self.reopened),
            "intervention.Reopened": int(self.reopened),
            # It is open for as long as the sender may ask once more.
            "intervention.Closed": int(not self.reopened),
        }

    @property
    def _rounds(self) -> range:
        return range(1, 3 if self.reopened else 2)

    def _referrals(self, round_: int) -> Iterator[str]:
        before = (round_ - 1) * len(self.units)
        yield from (f"R{before + place}" for place in range(1, len(self.units) + 1))

    def _tasks(self) -> Iterator[str]:
        """The references of all tasks, without that of the case."""
        for round_ in self._rounds:
            yield f"triage-{round_}"
            if self.is_handed_over:
                return
            for referral in self._referrals(round_):
                for turn in (1, 2) if self.returned and referral == "R1" else (1,):
                    yield f"answer_referral-{referral}-{turn}"
                    yield f"check_feedback-{referral}-{turn}"
            yield f"draft_reply-{round_}"
            if self.sensitive:
                yield f"approve_reply-{round_}"
        if self.reopened:
            yield "review_reopening-1"

    def _triage(self) -> dict[str, Any]:
        match self.triage:
            case "ask_supplement":
                return {"question": f"Po której stronie ulicy? {CANARY}"}
            case "requalify":
                return {"kind": "complaint", "reason": f"Skarga na urząd, {CANARY}."}
            case "hand_over":
                question = f"Czuć gaz. {CANARY}"
                return {"referrals": [{"unit": "EXT-GAZ", "question": question, "redacted": True}]}
            case _:
                return {"referrals": [self._referral(unit) for unit in self.units]}

    def _referral(self, unit: str) -> dict[str, Any]:
        lead = unit == self.units[0]
        question = f"Proszę o usunięcie kałuży. {CANARY}"
        return {"unit": unit, "question": question, "lead": lead, "redacted": True}

    def _is_returned(self, task: dict[str, Any]) -> bool:
        return self.returned and (task["subject"], task["round"]) == ("R1", 1)


def plans(number: int, rng: random.Random) -> list[Plan]:
    """Cases of all kinds: one or two units, some returned, approved, anonymous or handed over."""
    return [_any_plan(n, rng) for n in range(1, number + 1)]


def _any_plan(number: int, rng: random.Random) -> Plan:
    anonymous = rng.random() < 0.1
    if rng.random() < 0.15:
        return Plan(number, ("EXT-GAZ",), anonymous=anonymous, triage="hand_over")
    return Plan(
        number=number,
        units=tuple(rng.sample(UNITS, rng.choice((1, 1, 2)))),
        anonymous=anonymous,
        returned=rng.random() < 0.25,
        sensitive=rng.random() < 0.3,
    )
