"""`python -m ideation.base.assets.messages`: brings the catalogues up to date with what code and templates say.

Reads Python and templates with Babel, so that no gettext tools are needed, and adds mlcore's error sentences, which
mlcore can't mark itself. Ends with status 1 while anything is untranslated.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from ideation.base.assets.build import CATALOGUES, ROOT
from mlcore.errors import SENTENCES

LAZY = {
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "gettext_noop": None,
}
PLACES = ("accounts/**/*.py", "accounts/**/*.html", "ideation/**/*.py", "ideation/**/*.html")


def collect() -> Catalog:
    """Everything that a person may read, in the order of the files."""
    catalog = Catalog(project="Ideation", charset="utf-8")
    for path in sorted(path for place in PLACES for path in ROOT.glob(place) if "node_modules" not in path.parts):
        for message, context in _messages(path):
            catalog.add(message, context=context)
    for text in SENTENCES.values():
        catalog.add(text)
    return catalog


def _messages(path: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        # Django turns a template into something like Python; what it leaves of the indentation means nothing there.
        text = "\n".join(line.strip() for line in templatize(text).splitlines())
    source = io.BytesIO(text.encode())
    for _line, message, _comments, context in extract("python", source, keywords={**DEFAULT_KEYWORDS, **LAZY}):
        if isinstance(message, tuple):
            forms = tuple(part for part in message if part)
            yield (forms if len(forms) > 1 else forms[0]), context
        elif message:
            yield message, context


def update() -> int:
    """Merges what is said into every catalogue; returns how many messages have no translation."""
    template, missing = collect(), 0
    for path in sorted(CATALOGUES.glob("*/LC_MESSAGES/django.po")):
        with path.open("rb") as file:
            catalog = read_po(file, locale=path.parts[-3])
        catalog.update(template, no_fuzzy_matching=True)
        for message in untranslated(catalog):
            print(f"{path.parts[-3]}: {message}")
            missing += 1
        with path.open("wb") as file:
            write_po(file, catalog, width=110, no_location=True, ignore_obsolete=True)
    return missing


def untranslated(catalog: Catalog) -> list[str]:
    """The messages of a catalogue that nobody has said in its language."""
    return [
        str(message.id)
        for message in catalog
        if message.id and (message.fuzzy or not message.string or not all(message.string))
    ]


if __name__ == "__main__":
    sys.exit(1 if update() else 0)
