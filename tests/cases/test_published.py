"""A publication is read as it was published, faults included; what is no table of rows is refused."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from importlib.resources import files

import pytest

from analysis_patterns import cases
from analysis_patterns.cases.department import PublishedRow, published, read_publications
from analysis_patterns.patterns.errors import AnalysisPatternsError

HEADER = "snapshot,post,reports_to,holder,grade,unit,fte\n"
DATA = files(cases) / "data"


def test_the_file_is_the_one_that_was_published() -> None:
    read = (DATA / "dfid_posts.csv").read_bytes()

    assert sha256(read).hexdigest() == "4c9317224fba5bbba170f39bebd25424d979915a43796c9e53fa20fce0a47f67"


def test_its_source_and_licence_stand_beside_it() -> None:
    said = (DATA / "README.md").read_text(encoding="utf-8")

    assert "data.gov.uk" in said
    assert "Open Government Licence v3.0" in said


def test_holds_six_publications_of_which_one_is_partial() -> None:
    read = {each.as_at: (len(each.rows), each.partial) for each in published()}

    assert read == {
        date(2011, 3, 31): (80, False),
        date(2011, 9, 30): (78, False),
        date(2013, 3, 31): (77, False),
        date(2013, 9, 30): (89, False),
        date(2014, 3, 31): (29, True),
        date(2014, 9, 30): (92, False),
    }


def test_keeps_every_column_and_the_order_of_the_rows() -> None:
    text = f'{HEADER}2001-01-01,B,A,,g,"u, v",0.80\r\n2000-01-01,A,XX,h,g,u,1\r\n2001-01-01,A,XX,h,g,u,1\n'

    first, second = read_publications(text)

    assert (first.as_at, first.rows) == (date(2000, 1, 1), (PublishedRow("A", "XX", "h", "g", "u", "1"),))
    assert second.rows == (
        PublishedRow("B", "A", "", "g", "u, v", "0.80"),
        PublishedRow("A", "XX", "h", "g", "u", "1"),
    )


def test_two_publications_share_a_fingerprint_only_where_their_rows_are_the_same() -> None:
    one, same, other = (
        read_publications(f"{HEADER}2000-01-01,A,XX,h,g,u,{fte}\n")[0] for fte in ("1", "1", "1.0")
    )

    assert one.digest == same.digest != other.digest


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: the columns should be snapshot, post, reports_to, holder, grade, unit, fte"),
        ("post,snapshot\n", "line 1: the columns should be snapshot, post,"),
        (f"{HEADER}2000-01-01,A,XX\n", "line 2: 3 columns instead of 7"),
        (f"{HEADER}\n2000-01-01,A,XX,h,g,u,1\n", "line 2: 0 columns instead of 7"),
        (f"{HEADER}soon,A,XX,h,g,u,1\n", "line 2: 'soon' is no date; write it as 2011-03-31"),
        (f"{HEADER}20000101,A,XX,h,g,u,1\n", "line 2: '20000101' is no date; write it as 2011-03-31"),
        (f"{HEADER}2000-01-01,A\0,XX,h,g,u,1\n", "line 2: NUL in a column; the file is damaged"),
        (f'{HEADER}2000-01-01,"A"B,XX,h,g,u,1\n', "line 2: "),
    ],
)
def test_refuses_what_is_no_table_of_rows_with_the_line(text: str, said: str) -> None:
    with pytest.raises(AnalysisPatternsError) as refused:
        read_publications(text)

    assert str(refused.value).startswith(said)
