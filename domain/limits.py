"""Limits and amounts of the processes: settings, and thresholds of the procurement act."""

from datetime import date, time
from typing import Annotated, Literal

from pydantic import Field, PositiveInt, StrictInt

from domain.messages import Message

Percent = Annotated[StrictInt, Field(ge=0, le=100)]


class TaskLimits(Message):
    max_park_working_days: PositiveInt
    ladder_hour: time
    """When a ladder in working days fires, by the clocks of Warsaw."""
    link_days_after_term: PositiveInt
    """How long the link of an outside party is good after the legal end of its task."""


class InterventionLimits(Message):
    max_referrals: PositiveInt
    returns_before_head_decides: PositiveInt
    max_feedback_returns: PositiveInt
    max_extensions: PositiveInt
    max_reopenings: PositiveInt
    reopening_starts_settlement: bool
    """Whether the month runs anew from the request to reopen."""
    duplicate_radius_m: PositiveInt
    duplicate_search_days: PositiveInt
    duplicate_closed_days: PositiveInt
    promise_max_months: PositiveInt
    reply_approval: Literal["sensitive", "always"]


class CampaignLimits(Message):
    max_concept_rounds: PositiveInt
    min_invitations: PositiveInt
    seller_cap_percent: Percent
    delivery_tolerance_percent: Percent
    waiting_list_length: PositiveInt


class EditionLimits(Message):
    page_counts: tuple[PositiveInt, ...]
    ad_share_percent: Percent
    article_length_tolerance_percent: Percent
    max_proof_rounds: PositiveInt
    max_press_proofs: PositiveInt
    print_tolerance_percent: Percent
    reserve_percent: Percent
    confirmation_rate_percent: Percent
    inspection_sample_percent: Percent
    return_rate_percent: Percent
    allocation_step_percent: Percent
    reprint_proposal_percent: Percent


class AttachmentLimits(Message):
    max_bytes: PositiveInt


class Limits(Message):
    tasks: TaskLimits
    attachments: AttachmentLimits
    interventions: InterventionLimits
    campaigns: CampaignLimits
    editions: EditionLimits


class Amount(Message):
    """A dated row of `amounts.yaml`, in zł net."""

    id: str
    what: str
    pln_net: PositiveInt
    valid_from: date
    basis: str
    setting: bool
    note: str | None = None
    source: str
