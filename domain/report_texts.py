"""Report texts: titles, headings and names of rows of reports, in Polish."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import StringConstraints

from domain.messages import Message

Text = Annotated[str, StringConstraints(min_length=1)]


class TableTexts(Message):
    """One table; rows are named here only when they are not rows of another table of data."""

    title: Text
    columns: Mapping[str, Text]
    rows: Mapping[str, Text] = {}

    def heading(self, column: str) -> str:
        """A column that nobody has named stands for itself."""
        return self.columns.get(column, column)

    def row(self, key: str) -> str:
        return self.rows.get(key, key)


class OneReport(Message):
    title: Text
    basis: Text
    tables: Mapping[str, TableTexts]


class ReportTexts(Message):
    """`reports.pl.yaml`."""

    about: Mapping[str, Text]
    """Names of the parameters that every rendering shows."""
    reports: Mapping[str, OneReport]
