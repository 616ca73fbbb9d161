"""Forms as people who know what they do fill them in."""

from datetime import datetime, timedelta
from typing import Any

from domain.interventions.model import Intervention
from domain.tasks.model import Task
from domain.working_days import local_day
from tests.domain.housekeeping import NOTE


def filled(
    task: Task, outcome: str, case: Intervention, at: datetime, chance: Any
) -> dict[str, Any]:
    """Fields with which the outcome may be taken now."""
    today = local_day(at)
    match task.type, outcome:
        case "call_duty_officer", "passed_on":
            return {"to": chance.choice(["EXT-GAZ", "EXT-POLICJA"])}
        case "call_duty_officer", _:
            return {"reason": NOTE}
        case "triage", "duplicate":
            return {"target": f"INT-2026-00000{chance.choice([1, 2, 3])}"}
        case "triage", "requalify":
            return {"kind": chance.choice(["complaint", "petition", "press"]), "reason": NOTE}
        case "confirm_requalification", "reject":
            return {"reason": NOTE}
        case "triage", "ask_supplement":
            return {"question": NOTE}
        case "review_reopening" | "decide_withdrawal" | "decide_incomplete" | "justify_stop", _:
            return {"reason": NOTE}
        case "triage", "leave_without_consideration":
            return {"reason": NOTE}
        case "triage", "answer_at_once":
            return {"text": NOTE}
        case "triage", "hand_over":
            units = chance.choice([[], ["EXT-GAZ"], ["EXT-GAZ", "EXT-TAURON"], ["ZDMK"]])
            orders = [{"unit": unit, "question": NOTE, "redacted": True} for unit in units]
            return {"referrals": orders, "guidance": NOTE}
        case "triage", _:
            units = chance.sample(["ZDMK", "ZTP", "MPO"], chance.choice([1, 1, 1, 2, 3]))
            return {
                "referrals": [
                    {"unit": unit, "question": NOTE, "lead": unit == units[0], "redacted": True}
                    for unit in units
                ]
            }
        case "answer_referral", "planned":
            return {"text": NOTE, "promised_on": str(today + timedelta(days=90))}
        case "answer_referral", "misrouted":
            return {"reason": NOTE, "note": NOTE}
        case ("reroute", "forward") | ("settle_competence", _):
            unit = chance.choice(["ZDMK", "ZTP", "MPO"])
            return {"unit": unit, "reason": NOTE, "redacted": True}
        case "reroute", "insist":
            return {"reason": NOTE}
        case ("answer_referral", _) | ("state_notice", _):
            return {"text": NOTE}
        case "check_feedback", "return":
            return {"what_is_missing": NOTE}
        case "decide_silence", "wait_until":
            return {"until": str(today + timedelta(days=chance.choice([1, 9, 40])))}
        case "decide_silence", "other_unit":
            return {"unit": chance.choice(["ZDMK", "ZTP"]), "reason": NOTE}
        case "settle_insufficient", "order_again":
            return {"what_is_missing": NOTE}
        case "decide_extension", "refuse":
            return {"reason": NOTE}
        case "decide_silence" | "settle_insufficient", _:
            told = case.is_replied_in_part
            return {"reason": NOTE, "told": NOTE} if told else {"reason": NOTE}
        case "check_feedback", "accept":
            told = case.is_replied_in_part
            return {"told": NOTE} if told else {}
        case "delay_notice", _:
            days = chance.choice([1, 20, 60, 90])
            return {"new_date": str(today + timedelta(days=days)), "reason": NOTE}
        case "draft_reply", _:
            sensitive = chance.choice([[], ["media"], ["legal"]])
            return {"outcome": "done", "text": NOTE, "sensitive": sensitive}
        case ("confirm_promise", "new_date") | ("decide_promise", "wait_until"):
            return {"new_date": str(today + timedelta(days=30)), "reason": NOTE}
        case ("confirm_promise", "not_done") | ("decide_promise", _):
            return {"reason": NOTE}
        case "handle_bounce", "correct_address":
            return {"email": NOTE}
        case "handle_bounce", "post":
            return {}
        case "handle_bounce", "other_channel":
            return {"channel": "phone", "received_on": str(today), "note": NOTE}
        case "post_letter", _:
            return {"posted_on": str(today)}
        case "post_receipt", "received":
            return {"received_on": str(today)}
        case ("approve_reply", "return") | ("handle_bounce", _):
            return {"note": NOTE}
        case _:
            return {}
