"""Two families of errors: the user's, which carry a code and a sentence with the cure, and ours, which are logged.

Sentences are kept here as code → text, so that a stored code (a job's reason, a rejected row) reads in whatever
language the page is shown in later.
"""

import errno
from typing import Any

from django.db import OperationalError
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mlcore.errors import SENTENCES as ML_SENTENCES

SENTENCES: dict[str, str | Promise] = {
    **ML_SENTENCES,
    "not_allowed": _("Your role doesn't allow this. Ask an owner of the brand."),
    "job_ended": _("This job has already ended, so it can't be cancelled."),
    "job_running": _("The same work is already running. Wait for it, or cancel it first."),
    "worker_lost": _("The worker stopped in the middle %(attempts)s times. Try again; if it stops again, the machine "
                     "may be short of memory."),
    "unexpected": _("Something went wrong on our side (%(reference)s). Nothing was half-written; try again."),
    "file_missing": _("Choose a file first: CSV or TSV with a header row."),
    "file_too_large": _("The file has %(megabytes)s MB; at most %(limit)s MB can be uploaded. Split it into parts."),
    "text_empty": _("There is no text. Fill it in, or leave the row out."),
    "text_too_long": _("The text is longer than 20,000 characters. Is it really one review?"),
    "bad_rating": _("This is no rating on the file's scale."),
    "bad_date": _("This is no date in the form that the column's other dates have."),
    "bad_encoding": _("These bytes don't fit the file's encoding. Save the whole file as UTF-8."),
    "row_too_many_cells": _("The row has more cells than the header. Is a quote missing?"),
    "row_unreadable": _("The row can't be read. Is a quote missing?"),
    "cell_too_long": _("The row is longer than 4 MB. Is a quote missing?"),
    "import_started": _("This file's import has already been started."),
    "no_reviews": _("There are no reviews in this project yet. Upload a file first."),
    "no_needs": _("There are no needs in this project yet. Analyse its reviews first."),
    "too_few_reviews": _("Only %(count)s reviews: at least %(minimum)s are needed to tune a model on them."),
    "broker_down": _("Saved. The queue can't be reached right now; the work starts by itself when it is back."),
}  # fmt: skip


def sentence(code: str, params: dict[str, object] | None = None) -> str:
    """The sentence of a code in the current language. An unknown code reads as itself."""
    template = SENTENCES.get(code)
    if template is None:
        return code
    return (gettext(template) if isinstance(template, str) else str(template)) % (params or {})


class UserError(Exception):
    """What a person can mend: a code, the sentence's parameters, and the field it is about."""

    def __init__(self, code: str, *, status: int = 400, field: str = "", **params: Any) -> None:
        assert code in SENTENCES, code
        self.code = code
        self.status = status
        self.field = field
        self.params = params
        super().__init__(code)

    def __str__(self) -> str:
        return sentence(self.code, self.params)


DISK_FULL_STATE = "53100"
"""Postgres's code for a full disk."""


def disk_full(error: Exception) -> bool:
    """Whether this error says, in the file system's words or in Postgres's, that the disk is full."""
    if isinstance(error, OperationalError):
        return getattr(error.__cause__, "sqlstate", None) == DISK_FULL_STATE
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def user_error(error: Exception) -> UserError | None:
    """The error as the person should read it, None if it is ours alone."""
    if isinstance(error, UserError):
        return error
    return UserError("disk_full", status=507) if disk_full(error) else None
