"""Letters on paper over HTTP: those that wait to be printed and posted, and each as a PDF."""

from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy import select

from activities.interventions import known_case
from api.auth import Me
from api.reading import AtPosition, tables
from api.services import Here, Services
from api.tasks import visible_task
from domain.attachments import AttachmentMasked
from domain.errors import Refusal
from domain.interventions.notices import letter_of
from domain.messages import Message
from domain.tasks.commands import TaskOrder
from projections.follower import position
from projections.tables import inbox_tasks
from runtime.store import UnitOfWork

router = APIRouter(tags=["post"])


class PostNotYours(Refusal):
    """Only the office of the case prints its letters."""


class LetterUnknown(Refusal):
    """No letter on paper belongs to this task."""


class LetterToPost(Message):
    """A letter that waits to be printed, put into its envelope and handed to the post."""

    task_ref: str
    """The task by which its posting is noted: outcome `posted`, with the day."""
    case_ref: str
    label_pl: str
    subject: str
    assignee: str | None
    safe_due: str | None
    pdf: str
    """Where it is fetched."""


class LettersToPost(Message):
    items: tuple[LetterToPost, ...]
    log_position: int


@router.get("/post/letters", dependencies=[AtPosition])
def read_letters_to_post(here: Here, me: Me) -> LettersToPost:
    """Every letter on paper that nobody has posted yet; what is due first stands first."""
    if me.sight.extent != "whole":
        raise PostNotYours(posts=sorted(me.posts))
    task = inbox_tasks.c
    query = (
        select(task.task_ref, task.case_ref, task.subject, task.assignee, task.safe_due)
        .where(task.type == "post_letter")
        .order_by(task.safe_due, task.task_ref)
    )
    with tables(here) as connection:
        items = tuple(_item(here, row._mapping) for row in connection.execute(query))
        return LettersToPost(items=items, log_position=position(connection))


@router.get("/tasks/{reference}/letter")
def read_letter_of_task(reference: str, here: Here, me: Me) -> Response:
    """The letter that a task of the post is about, as it is printed: the same bytes every time."""
    task = visible_task(here, me, reference)
    if me.sight.extent == "masked":
        raise AttachmentMasked()
    if me.sight.extent != "whole":
        raise PostNotYours(posts=sorted(me.posts))
    if task.type not in ("post_letter", "post_receipt"):
        raise LetterUnknown(task=reference)
    key = letter_of(TaskOrder(type=task.type, subject=task.subject, round=task.round))
    letter = known_case(UnitOfWork(here.store), task.case_ref).letters.get(key)
    if letter is None or letter.file is None:
        raise LetterUnknown(task=reference)
    name = f"{task.case_ref}.{task.subject}.pdf"
    return Response(
        here.files.get(letter.file),
        media_type="application/pdf",
        headers={"content-disposition": f'inline; filename="{name}"'},
    )


def _item(here: Services, row: Any) -> LetterToPost:
    kind = row["subject"].partition(".")[0]
    return LetterToPost(
        task_ref=row["task_ref"],
        case_ref=row["case_ref"],
        label_pl=here.data.labels.of(kind if kind.startswith("N") else "N2", "letters"),
        subject=row["subject"],
        assignee=row["assignee"],
        safe_due=str(row["safe_due"]) if row["safe_due"] else None,
        pdf=f"/tasks/{row['task_ref']}/letter",
    )
