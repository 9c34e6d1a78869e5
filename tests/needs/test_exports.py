"""Needs as files: complete, without formulas, and only for those who may see them."""

import csv
import io
import json

import pytest
from openpyxl import load_workbook

from accounts.models import AuditEntry
from ideation.needs.models import Sentence
from ideation.needs.services.exports import NEED, PIECE, needs_file
from tests.conftest import Person
from tests.needs.brand import make_read_brand


@pytest.mark.django_db
def test_files_hold_needs_and_evidence_and_no_formula(alice: Person) -> None:
    read = make_read_brand(alice)
    with alice.scope():
        sentence = Sentence.objects.get(review=read.reviews[0])
        sentence.text = '=HYPERLINK("https://x.example")'
        sentence.save()
        found = json.loads(needs_file(read.analysis, "json"))
        assert [(need["label"], len(need["evidence"])) for need in found["needs"]] == [("cord", 4), ("leak", 3)]
        assert found["needs"][0]["evidence"][0]["text"] == sentence.text
        rows = list(csv.reader(io.StringIO(needs_file(read.analysis, "csv").decode("utf-8-sig"))))
        assert rows[0] == [*NEED, *PIECE]
        assert (len(rows), rows[1][len(NEED) + 1]) == (8, "'" + sentence.text)
        book = load_workbook(io.BytesIO(needs_file(read.analysis, "xlsx")))
        assert [sheet.max_row for sheet in book] == [3, 8]
        assert book["Evidence"]["D2"].value == "'" + sentence.text
        assert book["Evidence"]["D2"].data_type == "s"


@pytest.mark.django_db
def test_reports_stand_alone_and_take_words_as_words(alice: Person, bob: Person, charlie: Person) -> None:
    read = make_read_brand(alice, months=8)
    with alice.scope():
        Sentence.objects.filter(review=read.reviews[0]).update(text='<script>x</script> #import "y" $x$')
    page = f"/b/{alice.brand.slug}/p/{read.project.pk}/needs/report/"
    assert "Report as PDF" in bob.client.get(page).content.decode()
    html = bob.client.get(page, {"form": "html"})
    text = html.content.decode()
    assert "attachment" in html.headers["Content-Disposition"]
    assert "&lt;script&gt;x" in text
    assert "<script" not in text
    assert "电源线太短了" in text
    assert "of n = 64" in text
    assert "data:image/svg+xml" in text
    assert "http" not in text.replace("http://www.w3.org", "")
    pdf = bob.client.get(page, {"form": "pdf"})
    assert pdf.content.startswith(b"%PDF")
    assert b"NotoSansCJK" in pdf.content
    assert charlie.client.get(page, {"form": "json"}).status_code == 404
    with alice.scope():
        taken = AuditEntry.objects.filter(action="needs_downloaded").values_list("after", flat=True)
        assert sorted(entry["form"] for entry in taken) == ["html", "pdf"]


@pytest.mark.django_db
def test_the_report_speaks_the_pages_language(alice: Person) -> None:
    read = make_read_brand(alice)
    alice.client.post("/language/", {"language": "zh-hans", "next": "/"})
    page = f"/b/{alice.brand.slug}/p/{read.project.pk}/needs/report/"
    assert '<html lang="zh-Hans">' in alice.client.get(page, {"form": "html"}).content.decode()
    assert alice.client.get(page, {"form": "pdf"}).content.startswith(b"%PDF")
