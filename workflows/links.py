"""A letter with a link to a task: sent once, however long its channel is away."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.links import LinkLetters
    from domain.parties.commands import LinkLetter, SendLink
    from workflows import policies
    from workflows.deadline import now


@workflow.defn
class LinkLetterWorkflow:
    """One letter; the party's events say that it was owed and what became of it."""

    @workflow.run
    async def run(self, letter: LinkLetter) -> str:
        return await policies.letter_out(
            LinkLetters.send_link,
            SendLink(**dict(letter), at=now()),
            f"link {letter.number} to {letter.party_id}",
        )
