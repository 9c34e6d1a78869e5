"""Asks an address as somebody, and looks at all that comes back and all that has changed."""

import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import lxml.html
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.api.world import CSV
from tests.wall.population import Side, checksum, writes
from tests.wall.routes import SAFE

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TOKEN = re.compile(r"""(csrfmiddlewaretoken" value="|csrfToken":\s*"|X-CSRFToken":\s*")[A-Za-z0-9]{64}""")
TIME = re.compile(
    r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)|\d?\d:\d\d(?::\d\d)?(?: [ap]\.m\.)?|\d+ (?:second|minute)s?"
)
VARYING = {"Set-Cookie", "Date", "Expires", "Last-Modified", "ETag", "Content-Length"}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back: the status, and everything else as one text."""

    asked: str
    status: int
    headers: dict[str, str]
    text: str

    @property
    def whole(self) -> str:
        return "\n".join(f"{name}: {value}" for name, value in self.headers.items()) + "\n" + self.text

    @property
    def outline(self) -> str:
        """The answer without what differs from one request to the next; ids are all alike."""
        headers = sorted(f"{name}: {value}" for name, value in self.headers.items() if name not in VARYING)
        plain = f"{self.status}\n" + "\n".join(headers) + "\n" + self.text
        return TIME.sub("<time>", TOKEN.sub(r"\1<token>", UUID.sub("<id>", plain)))

    @property
    def lines(self) -> list[str]:
        """The outline, whatever the order: what was asked for is sorted among what is offered."""
        return sorted(self.outline.splitlines())


def ask(client: Client, method: str, path: str, data: Any = None, *, as_json: bool = False) -> Answer:
    """One request, as the browser or another system sends it; who asks stays logged in whatever happens."""
    body, kind = b"", "application/json" if as_json else MULTIPART_CONTENT
    if data is not None:
        body = json.dumps(data).encode() if as_json else encode_multipart(BOUNDARY, data)
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    query = {"QUERY_STRING": path.partition("?")[2]}
    response: Any = client.generic(method, path.partition("?")[0], body, content_type=kind, **query)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    client.cookies.clear()
    client.cookies.load(cookies)
    headers = {name: str(value) for name, value in response.headers.items()}
    headers |= {"Set-Cookie": "; ".join(morsel.OutputString() for morsel in response.cookies.values())}
    return Answer(
        asked=f"{method} {path}", status=response.status_code, headers=headers, text=content.decode(errors="replace")
    )


AUDIT = "accounts_auditentry"


class Guard:
    """Holds that nothing of the foreign side is shown or changed, and collects what speaks against it."""

    def __init__(self, foreign: Side, *others: Side) -> None:
        self.foreign = foreign
        self.sides = (foreign, *others)
        self.written = writes()
        self.faults: list[str] = []

    def unchanged(self, what: str, leave_out: frozenset[str] = frozenset(), *, noted: bool = False) -> None:
        """Notes each table that was written to and is no longer as it was; of the others' only those not left out.

        With `noted`, the foreign side's audit may say that somebody tried.
        """
        touched = [table for table, count in writes().items() if self.written.get(table, 0) != count]
        for side in self.sides:
            left = leave_out if side is not self.foreign else frozenset({AUDIT} if noted else ())
            now = checksum(side, [table for table in touched if table not in left])
            if changed := [table for table, value in now.items() if side.before[table] != value]:
                self.faults.append(f"{what} changed {side.mark}'s {changed}")

    def shows_nothing(self, answer: Answer, sent: set[str]) -> None:
        """Notes each mark and each id of the foreign side that the asker hasn't sent."""
        if self.foreign.mark in answer.whole:
            place = answer.whole.index(self.foreign.mark)
            around = answer.whole[max(0, place - 60) : place + 40]
            self.faults.append(f"{answer.asked} shows {self.foreign.mark} ({answer.status}): …{around!r}…")
        told = {name for name in self.foreign.names() - sent if len(name) == 36 and name in answer.whole}
        if told:
            self.faults.append(f"{answer.asked} tells the ids {told}")

    def fails(self, answer: Answer, why: str) -> None:
        """Notes an answer that is wrong in itself."""
        self.faults.append(f"{answer.asked} answers {answer.status}: {why}")

    def foreign_unchanged(self, what: str) -> None:
        """The same for the foreign side alone: who asks may have changed what is their own."""
        self.sides, kept = self.sides[:1], self.sides
        self.unchanged(what)
        self.sides = kept

    def verdict(self) -> None:
        """Raises AssertionError with all that was noted."""
        assert not self.faults, "\n" + "\n".join(dict.fromkeys(self.faults))


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is taken back at the end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def attempt(guard: Guard, client: Client, method: str, path: str, data: Any = None, *, as_json: bool = False) -> Answer:
    """Asks; what a successful write has done is looked at and taken back, what a refused one left stays to be seen."""
    with transaction.atomic():
        answer = ask(client, method, path, data, as_json=as_json)
        if method not in SAFE and answer.status < 400:
            guard.foreign_unchanged(answer.asked)
            transaction.set_rollback(True)
    return answer


def anywhere() -> str:
    """An id that nothing has."""
    return str(uuid.uuid4())


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form of a page: where it goes, and what a person who changes nothing would send."""

    action: str
    data: dict[str, Any]
    id_fields: frozenset[str]

    def filled(self, **changes: Any) -> dict[str, Any]:
        """What is sent, with fresh files."""
        files = {
            name: SimpleUploadedFile("r.csv", CSV) if value is FILE else value for name, value in self.data.items()
        }
        return {**files, **changes}


FILE = object()


def forms_of(answer: Answer, path: str) -> list[Form]:
    """The forms of a page that write."""
    if not answer.headers.get("Content-Type", "").startswith("text/html") or not answer.text.strip():
        return []
    page = lxml.html.fromstring(answer.text)
    found = [form for form in page.forms if (form.get("method") or "get").lower() == "post"]
    return [_form(form, path) for form in found]


def _form(form: Any, path: str) -> Form:
    data: dict[str, Any] = {}
    ids = set()
    for one in form.xpath(".//input[@name] | .//select[@name] | .//textarea[@name] | .//button[@name]"):
        name, values = one.get("name"), _values(one)
        if any(UUID.fullmatch(str(value)) for value in values) or name.endswith(("_id", "_ids")):
            ids.add(name)
        if values:
            data.setdefault(name, next((value for value in values if value != ""), ""))
    data.pop("csrfmiddlewaretoken", None)
    return Form(action=form.get("action") or path, data=data, id_fields=frozenset(ids))


def _values(one: Any) -> list[Any]:
    if one.tag == "select":
        chosen = one.xpath(".//option[@selected]/@value")
        return [*chosen, *one.xpath(".//option/@value")]
    if one.tag == "textarea":
        return [one.text or "words"]
    kind = one.get("type", "text")
    if kind == "file":
        return [FILE]
    given = {"email": "newcomer@x.example", "number": one.get("min") or "1", "date": "2031-01-02", "text": "words"}
    return [one.get("value") or given.get(kind, "on" if kind in {"checkbox", "radio"} else "words")]
