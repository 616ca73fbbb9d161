"""What a letter is made of: its template, the texts that it quotes, and what it tells of."""

from collections.abc import Iterator

from domain.interventions.commands import LetterOrder
from domain.interventions.entities import DelayNotice, News, PromiseNotice
from domain.interventions.model import Intervention


def texts_quoted(case: Intervention, letter: LetterOrder) -> Iterator[str]:
    """The texts that this letter quotes; nothing else is opened."""
    if (letter.kind == "N1" or letter.recipient == "register") and case.text_ref:
        yield case.text_ref
    if letter.recipient == "register" and (request := request_text(case)):
        yield request
    if letter.kind == "N2" and letter.recipient in case.referrals:
        yield case.referrals[letter.recipient].question_ref
    if letter.kind == "N13":
        yield case.declined_reopenings[letter.round]
    if letter.recipient not in case.referrals and letter.round in case.guidance:
        yield case.guidance[letter.round]
    if letter.kind == "N3":
        yield case.supplements[letter.round].question_ref
    if ref := promise_text(case, letter):
        yield ref
    if letter.kind == "N5c" and case.joining:
        yield from filter(None, (case.joining.reply_ref, case.joining.reasons_ref))
    if letter.kind == "N7c":
        yield case.corrections[letter.round - 1].text_ref
    if news := news_of(case, letter):
        yield news.text_ref
    if delay := delay_of(case, letter):
        yield delay.reason_ref
    if (letter.kind, letter.round) == ("N6", 1) and case.state_text_ref:
        yield case.state_text_ref
    if letter.kind in ("N5", "N6", "N10") and case.reply:
        yield case.reply.text_ref
        if case.reply.reasons_ref:
            yield case.reply.reasons_ref


def template_of(case: Intervention, letter: LetterOrder) -> str:
    """`n5_sender.txt.j2`: who joined the case later reads the same as its sender."""
    to = "unit" if letter.recipient in case.referrals else letter.recipient
    if letter.recipient in case.joined:
        to = "sender"
    if letter.kind == "N8" and to == "sender" and case.joining is not None:
        to = "joined"
    return f"{letter.kind.lower()}_{to}.txt.j2"


def sent_on(case: Intervention, letter: LetterOrder) -> tuple[str, ...]:
    """The units that have the matter now: the one that it went on to, or all of a new triage."""
    told = case.referrals[f"R{letter.round}"]
    if any(each.followed_by == told.ref for each in case.referrals.values()):
        return (told.unit,)
    return tuple(
        each.unit
        for each in case.referrals.values()
        if (each.triage, each.round) == (told.triage, told.round) and each.state != "recalled"
    )


def news_of(case: Intervention, letter: LetterOrder) -> News | None:
    """What a letter tells that comes as often as there is news."""
    if letter.kind == "N5b":
        return case.late_news[letter.round - 1]
    return case.interim_news[letter.round - 1] if letter.kind == "N12" else None


def promise_of(case: Intervention, letter: LetterOrder) -> PromiseNotice | None:
    """What a letter about a promise tells."""
    return case.promise_notices[letter.round - 1] if letter.kind == "N9" else None


def promise_text(case: Intervention, letter: LetterOrder) -> str:
    notice = promise_of(case, letter)
    return (notice.text_ref if notice else None) or ""


def request_text(case: Intervention) -> str:
    """The request to reopen that made the matter another one."""
    review = case.transfer.review if case.transfer else None
    return case.reopen_texts[review] if review is not None else ""


def delay_of(case: Intervention, letter: LetterOrder) -> DelayNotice | None:
    """The notice that a letter of delay tells of."""
    return case.delay_notices[letter.round - 1] if letter.kind == "N4" else None


def place_line(case: Intervention, districts: dict[str, str]) -> str:
    place = case.place
    street = " ".join(part for part in (place.street, place.number) if part)
    district = f"Dzielnica {place.district} {districts[place.district]}" if place.district else ""
    return ", ".join(part for part in (street, district) if part) or "nie podano"
