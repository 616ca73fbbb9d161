"""What a workflow remembers of its case, and what operators read of it."""

from datetime import datetime

from domain.interventions import forms, lapses
from domain.interventions.commands import CaseView, Clock, ReferralRow, Upcoming
from domain.interventions.entities import Referral
from domain.interventions.headlines import headline
from domain.interventions.letters import letters_due
from domain.interventions.model import Intervention
from domain.interventions.rules import waiting_for
from domain.rulebook import Rulebook
from domain.tasks.commands import OpenTaskRow
from domain.working_days import WARSAW, local_day


def case_view(
    case: Intervention,
    position: int,
    rows: tuple[OpenTaskRow, ...],
    at: datetime,
    book: Rulebook,
) -> CaseView:
    """The case at a moment, read up to a position of the log, with its open tasks."""
    return CaseView(
        reference=case.reference,
        position=position,
        version=case.version,
        stage=case.stage,
        round=case.round,
        on_hold=case.on_hold,
        headline=headline(case.reference, case.category, case.place.district, book.routing),
        units=tuple(sorted({referral.unit for referral in case.open_referrals})),
        waiting=waiting_for(case),
        open_tasks=rows,
        letters_due=tuple(letters_due(case)),
        window_ends=case.window.ends_at if case.window else None,
        clocks=tuple(
            Clock(name=name, rule=term.rule, safe_due=term.safe_due, legal_end=term.legal_end)
            for name, term in case.running_clocks.items()
        ),
        last_events=tuple(
            f"{moment.astimezone(WARSAW):%Y-%m-%d %H:%M} {name}" for moment, name in case.recent
        ),
        upcoming=tuple(
            Upcoming(at=moment, why=why)
            for moment, why in sorted({*forms.moments(case, book), *lapses.moments(case, book)})
            if moment > at
        ),
        referrals=tuple(map(_referral_row, case.referrals.values())),
    )


def _referral_row(referral: Referral) -> ReferralRow:
    return ReferralRow(
        ref=referral.ref,
        unit=referral.unit,
        state=referral.state,
        sent_on=local_day(referral.sent_at),
        feedback_by=referral.feedback_by.safe_due if referral.feedback_by else None,
    )
