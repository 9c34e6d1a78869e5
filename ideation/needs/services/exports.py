"""Needs with their evidence as files: a workbook, CSV, JSON. What customers wrote is text in them, never a formula."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from typing import Any, Final

import xlsxwriter
from django.db import transaction

from accounts.services.audit import audit_note
from ideation.base.cells import plain_cell
from ideation.needs.models import Analysis, Evidence, Need
from ideation.needs.querysets import QUOTABLE, needs_of

CELL: Final = 32_767
"""Characters of a sheet's cell."""
NEED: Final = (
    "need", "rank", "statement", "label", "theme", "about", "language", "reviews", "base", "share", "opportunity",
    "opportunity_low", "opportunity_high", "importance", "satisfaction", "net_sentiment", "kano", "status", "pinned",
)  # fmt: skip
PIECE: Final = (
    "evidence_rank", "text", "sentiment", "sentence_language", "review", "review_label", "rating", "date", "product",
    "source",
)  # fmt: skip
TYPES: Final = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Form → media type."""


def needs_file(analysis: Analysis, form: str) -> bytes:
    """All needs with the evidence that is worth quoting, at most 30 pieces each. Raises KeyError for another form."""
    writers: dict[str, Callable[[Analysis], bytes]] = {"json": _json, "csv": _csv, "xlsx": _xlsx}
    return writers[form](analysis)


@transaction.atomic
def export_noted(*, analysis: Analysis, form: str) -> None:
    """Who took needs away, and how, stands in the audit."""
    audit_note(action="needs_downloaded", table=Analysis._meta.db_table, object_id=analysis.pk, after={"form": form})


def needs_with_evidence(analysis: Analysis) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Each need with its quotable evidence, in the order of ranks; by names of NEED and PIECE."""
    pieces: dict[Any, list[dict[str, Any]]] = {}
    shown = Evidence.objects.filter(need__analysis=analysis, rank__lte=QUOTABLE)
    for piece in shown.select_related("sentence__review__product").order_by("need", "rank").iterator(chunk_size=2000):
        pieces.setdefault(piece.need_id, []).append(_piece(piece))
    for need in needs_of(analysis).select_related("standing__theme"):
        yield _need(need, analysis), pieces.get(need.pk, [])


def _need(need: Need, analysis: Analysis) -> dict[str, Any]:
    base, standing = analysis.reviews_count, need.standing
    values = (
        str(need.pk), need.rank, need.statement, need.label, standing.theme.name if standing.theme else "", need.about,
        need.language, need.mentions, base, round(need.mentions / base, 4) if base else None,
        _short(need.opportunity), _short(need.opportunity_low), _short(need.opportunity_high), _short(need.importance),
        _short(need.satisfaction), _short(need.net_sentiment), need.kano, standing.status, standing.is_pinned,
    )  # fmt: skip
    return dict(zip(NEED, values, strict=True))


def _piece(piece: Evidence) -> dict[str, Any]:
    sentence, review = piece.sentence, piece.sentence.review
    product = review.product.name if review.product else review.product_name
    values = (
        piece.rank, sentence.text, _short(sentence.sentiment), sentence.language, str(review.pk), review.label,
        review.rating, review.date.isoformat() if review.date else None, product, review.source,
    )  # fmt: skip
    return dict(zip(PIECE, values, strict=True))


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _json(analysis: Analysis) -> bytes:
    found = {
        "project": analysis.project.name,
        "analysis": str(analysis.pk),
        "finished_at": analysis.finished_at.isoformat() if analysis.finished_at else None,
        "reviews": analysis.reviews_count,
        "needs": [{**need, "evidence": pieces} for need, pieces in needs_with_evidence(analysis)],
    }
    return json.dumps(found, ensure_ascii=False, indent=1).encode()


def _csv(analysis: Analysis) -> bytes:
    """A row a piece of evidence, the need's columns repeated; a need without any has a row of its own."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([*NEED, *PIECE])
    for need, pieces in needs_with_evidence(analysis):
        for piece in pieces or [dict.fromkeys(PIECE)]:
            writer.writerow([_cell(value) for value in (*need.values(), *piece.values())])
    return out.getvalue().encode("utf-8-sig")


def _xlsx(analysis: Analysis) -> bytes:
    """Two sheets: needs, and their evidence."""
    out = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, {"in_memory": True, **plain}) as book:
        needs, evidence = book.add_worksheet("Needs"), book.add_worksheet("Evidence")
        needs.write_row(0, 0, NEED)
        evidence.write_row(0, 0, ["need", "statement", *PIECE])
        line = 0
        for row, (need, pieces) in enumerate(needs_with_evidence(analysis), start=1):
            _write(needs, row, list(need.values()))
            for piece in pieces:
                line += 1
                _write(evidence, line, [need["need"], need["statement"], *piece.values()])
        for sheet in (needs, evidence):
            sheet.freeze_panes(1, 0)
        needs.set_column(2, 2, 60)
        evidence.set_column(1, 1, 40)
        evidence.set_column(3, 3, 80)
    return out.getvalue()


def _write(sheet: Any, row: int, values: list[Any]) -> None:
    for column, value in enumerate(values):
        if isinstance(value, str):
            sheet.write_string(row, column, plain_cell(value)[:CELL])
        elif value is not None:
            sheet.write(row, column, "yes" if value is True else "no" if value is False else value)


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return plain_cell(value) if isinstance(value, str) else value
