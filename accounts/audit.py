"""Reads of the audit: filtered, newest first, page by page, and as rows of a file. Only owners get here.

services/audit.py and the database's own triggers write; nothing changes or removes an entry.
"""

import csv
import json
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from typing import Any, Final

from django.db.models import Q, QuerySet

from accounts.models import AuditEntry
from accounts.tenancy import brand_scope

PAGE = 50
NEWEST = 5000
"""Entries that are looked at for what can be chosen from."""
CHUNK = 1000
"""Entries that an export reads at a time, each time in a short transaction of its own."""
FIELDS: Final = (
    "id", "at", "action", "table", "object_id", "person", "person_id", "key_id", "job_id", "address", "before", "after",
)  # fmt: skip
FORMATS: Final = {"csv": "text/csv", "jsonl": "application/jsonl"}


def entries(
    *,
    person: str = "",
    action: str = "",
    table: str = "",
    object_id: uuid.UUID | None = None,
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[AuditEntry]:
    """The current brand's entries that fit, newest first. Days are in UTC, the last one included."""
    found = AuditEntry.objects.all()
    if person:
        found = found.filter(person__icontains=person)
    exact = {"action": action, "table": table, "object_id": object_id}
    found = found.filter(**{name: value for name, value in exact.items() if value})
    if since:
        found = found.filter(at__gte=_midnight(since))
    if until:
        found = found.filter(at__lt=_midnight(until + timedelta(days=1)))
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def after(found: QuerySet[AuditEntry], entry_id: uuid.UUID | None) -> QuerySet[AuditEntry]:
    """Those that come after this entry in the list, older ones; all of them if it isn't there."""
    last = AuditEntry.objects.filter(pk=entry_id).first() if entry_id else None
    return found.filter(Q(at__lt=last.at) | Q(at=last.at, pk__lt=last.pk)) if last else found


def values(field: str) -> list[str]:
    """The different actions or tables of the brand's newest entries, to choose from."""
    newest = AuditEntry.objects.order_by("-at", "-id").values_list(field, flat=True)[:NEWEST]
    return sorted({value for value in newest if value})


def exported(brand_id: uuid.UUID, kind: str, filters: dict[str, Any]) -> Iterator[str]:
    """The entries as lines of a file. Runs after the request, so that it opens the brand's scope for each chunk."""
    if kind == "csv":
        yield _csv_line(FIELDS)
    last: uuid.UUID | None = None
    while True:
        with brand_scope(brand_id):
            rows = list(after(entries(**filters), last)[:CHUNK].values(*FIELDS))
        for row in rows:
            yield _csv_line([_cell(row[name]) for name in FIELDS]) if kind == "csv" else _json_line(row)
        if len(rows) < CHUNK:
            return
        last = rows[-1]["id"]


def _json_line(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, default=_plain) + "\n"


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _cell(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else _plain("" if value is None else value)
    # A spreadsheet would run a cell that begins like this as a formula.
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def _csv_line(cells: Any) -> str:
    line = StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
