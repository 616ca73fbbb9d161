"""Files of registers: encodings, separators and headers, and where they are wrong."""

from pathlib import Path

import pytest

from runtime.register_file import RegisterFile, WrongRegister, columns_of

KNOWN = {"numer": "number", "treść": "text", "data wpływu": "received"}
TEXT = "numer;treść;Data_wpływu\r\n1;Żółć się wylała;2026-03-02\r\n"


def file_of(tmp_path: Path, content: bytes, encoding: str | None = None) -> RegisterFile:
    path = tmp_path / "rejestr.csv"
    path.write_bytes(content)
    return RegisterFile(path, encoding)


def rows_of(file: RegisterFile) -> list[dict[str, str]]:
    return [dict(row.values) for row in file.rows(columns_of(file, KNOWN, ("number",)))]


@pytest.mark.parametrize(
    ("written", "found"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("cp1250", "windows-1250")],
)
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_encoding_and_separator_are_found_out(
    tmp_path: Path, written: str, found: str, separator: str
) -> None:
    file = file_of(tmp_path, TEXT.replace(";", separator).encode(written))
    assert file.encoding == found
    assert rows_of(file) == [
        {"number": "1", "text": "Żółć się wylała", "received": "2026-03-02"},
    ]


def test_an_encoding_that_is_given_is_taken(tmp_path: Path) -> None:
    file = file_of(tmp_path, TEXT.encode("cp1250"), "windows-1250")
    assert rows_of(file)[0]["text"] == "Żółć się wylała"


def test_a_row_keeps_its_line_also_when_a_cell_has_several(tmp_path: Path) -> None:
    text = 'numer;treść\n1;"pierwszy\nwiersz"\n\n2;drugi\n'
    file = file_of(tmp_path, text.encode())
    rows = list(file.rows(("number", "text")))
    assert [(row.line, row.values["number"]) for row in rows] == [(2, "1"), (5, "2")]
    assert file.count() == 2


@pytest.mark.parametrize(
    ("content", "encoding", "sentence"),
    [
        (b"numer\n1\n\xff\n", "utf-8", "line 3: byte 0xff is not utf-8 (--encoding"),
        (b"numer\n1\n\x98\n", None, "line 3: byte 0x98 is not utf-8 (--encoding"),
        ("numer\n1".encode("utf-16"), None, "the file is in UTF-16"),
        (b"", None, "line 1 has no names of columns"),
        (b"numer;numer\n", None, "line 1: twice the same column: numer."),
        (b"numer;kolor\n", None, "line 1: no such column: kolor. Known are: numer,"),
        ("treść\n".encode(), None, "line 1: a column is missing: numer."),
        (b'numer\n1\n"2"x\n', None, "line 3: "),
        (b"numer\n", "latin-2", "--encoding: latin-2 is not one of utf-8, windows-1250."),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_line(
    tmp_path: Path, content: bytes, encoding: str | None, sentence: str
) -> None:
    with pytest.raises(WrongRegister) as wrong:
        rows_of(file_of(tmp_path, content, encoding))
    assert sentence in str(wrong.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongRegister, match="there is no such file"):
        RegisterFile(tmp_path / "brak.csv")
