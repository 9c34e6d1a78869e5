"""The audit in sentences: "changed role of member bob@a.example from Viewer to Analyst", with links to what is there.

Entries carry ids and column names only. What these are called is looked up here, for a page's entries at once; tables
of rooms above are known by their names, not imported.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AuditEntry, User

HIDDEN: Final = "•••"
"""What stands in an entry for a value that the audit doesn't keep."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table as people know it."""

    noun: str | Promise
    label: str = ""
    """What one of its rows is called: the path to the field, empty if it has no name."""
    page: str = ""
    """The address of one row's page, which takes its id."""
    list_page: str = ""
    """The address of the page that shows it among others."""


TABLES: Final[dict[str, Table]] = {
    "accounts_brand": Table(noun=gettext_lazy("brand"), label="name"),
    "accounts_membership": Table(noun=gettext_lazy("member"), label="user__email", list_page="members"),
    "accounts_invitation": Table(noun=gettext_lazy("invitation"), label="email", list_page="members"),
    "accounts_apikey": Table(noun=gettext_lazy("API key"), label="name", list_page="keys"),
    "accounts_emaildomain": Table(noun=gettext_lazy("domain"), label="domain", list_page="login_methods"),
    "accounts_identityprovider": Table(noun=gettext_lazy("login"), label="name", page="login_provider"),
    "accounts_user": Table(noun=gettext_lazy("person"), label="email", list_page="members"),
    "catalog_project": Table(noun=gettext_lazy("project"), label="name", page="project"),
    "catalog_projectmember": Table(noun=gettext_lazy("member of a project"), label="membership__user__email"),
    "catalog_product": Table(noun=gettext_lazy("product"), label="name", page="product"),
    "reviews_reviewdataset": Table(noun=gettext_lazy("dataset"), label="name"),
    "reviews_datasetimport": Table(noun=gettext_lazy("import"), label="file_name", page="import"),
    "reviews_savedview": Table(noun=gettext_lazy("saved view"), label="name"),
    "reviews_reviewexport": Table(noun=gettext_lazy("export of reviews")),
    "reviews_reviewsource": Table(noun=gettext_lazy("source"), label="name", page="source"),
    "reviews_review": Table(noun=gettext_lazy("review"), page="review"),
    "reviews_ignoredname": Table(noun=gettext_lazy("ignored product name"), label="name"),
    "needs_needwatch": Table(noun=gettext_lazy("mail on alerts"), label="member__user__email"),
    "training_modelversion": Table(noun=gettext_lazy("model version"), label="number", page="model"),
    "concepts_brief": Table(noun=gettext_lazy("brief"), label="title"),
    "concepts_concept": Table(noun=gettext_lazy("concept"), label="name", page="concept"),
    "jobs_job": Table(noun=gettext_lazy("work"), label="kind", page="job"),
    "privacy_erasure": Table(noun=gettext_lazy("erasure"), page="erasure_one"),
    "privacy_brandexport": Table(noun=gettext_lazy("export"), list_page="brand_export"),
    "accounts_auditentry": Table(noun=gettext_lazy("audit")),
}  # fmt: skip

ACTIONS: Final[dict[str, str | Promise]] = {
    "insert": gettext_lazy("added"),
    "update": gettext_lazy("changed"),
    "delete": gettext_lazy("removed"),
    "login": gettext_lazy("logged in"),
    "login_failed": gettext_lazy("failed to log in"),
    "login_locked": gettext_lazy("was locked out after failed logins"),
    "login_limited": gettext_lazy("tried to log in too often"),
    "logout": gettext_lazy("logged out"),
    "session_ended": gettext_lazy("ended a session"),
    "person_deleted": gettext_lazy("deleted their account"),
    "password_changed": gettext_lazy("changed their password"),
    "password_reset": gettext_lazy("reset their password"),
    "password_set": gettext_lazy("set a password"),
    "email_changed": gettext_lazy("changed their email address"),
    "email_confirmed": gettext_lazy("confirmed an email address"),
    "email_deleted": gettext_lazy("removed an email address"),
    "totp_activated": gettext_lazy("turned on codes from an app"),
    "totp_deactivated": gettext_lazy("turned off codes from an app"),
    "webauthn_added": gettext_lazy("added a passkey"),
    "webauthn_removed": gettext_lazy("removed a passkey"),
    "recovery_codes_generated": gettext_lazy("made new recovery codes"),
    "brand_login": gettext_lazy("came in through the brand's own login"),
    "brand_login_newcomer": gettext_lazy("became a member through the brand's own login"),
    "brand_login_refused": gettext_lazy("was refused by the brand's own login"),
    "invitation_refused": gettext_lazy("could not use an invitation"),
    "domain_verified_by_hand": gettext_lazy("verified a domain by hand"),
    "audit_exported": gettext_lazy("exported the audit"),
    "limits_changed": gettext_lazy("changed the brand's limits"),
    "reviews_erased": gettext_lazy("erased reviews"),
    "review_corrected": gettext_lazy("corrected a review"),
    "signed_up": gettext_lazy("signed up"),
    "brand_refused": gettext_lazy("could not make a brand"),
    "email_refused": gettext_lazy("could not change the address"),
    "key_refused": gettext_lazy("could not make or end a key"),
    "member_refused": gettext_lazy("could not change a member"),
    "removal_refused": gettext_lazy("could not remove a member"),
    "role_refused": gettext_lazy("could not change a role"),
    "slug_refused": gettext_lazy("could not change the brand's address"),
    "deletion_asked": gettext_lazy("asked to delete the brand"),
    "deletion_taken_back": gettext_lazy("took back the deletion of the brand"),
    "export_started": gettext_lazy("started an export of the brand"),
    "export_downloaded": gettext_lazy("downloaded an export of the brand"),
    "review_export_started": gettext_lazy("started an export of reviews"),
    "reviews_downloaded": gettext_lazy("downloaded an export of reviews"),
    "needs_downloaded": gettext_lazy("downloaded needs"),
    "upload_downloaded": gettext_lazy("downloaded an uploaded file"),
    "rejected_downloaded": gettext_lazy("downloaded rejected rows as they were written"),
    "weights_downloaded": gettext_lazy("downloaded a model's weights"),
    "brand_deleted": gettext_lazy("deleted the brand"),
    "personal_data_shown": gettext_lazy("looked at personal data"),
    "reviews_erased_again": gettext_lazy("erased reviews again after a restore"),
    "job_started": gettext_lazy("started work"),
    "job_cancelled": gettext_lazy("cancelled work"),
    "job_retried": gettext_lazy("started work again"),
}
"""action → what it is called. Others read as their own words."""


WORK: Final[dict[str, str | Promise]] = {
    "dataset_import": gettext_lazy("Import reviews"),
    "reviews_analyse": gettext_lazy("Find needs"),
    "model_train": gettext_lazy("Tune the language model"),
    "concepts_write": gettext_lazy("Write concepts"),
    "reviews_match": gettext_lazy("Match reviews to products"),
    "version_verify": gettext_lazy("Verify a dataset version"),
    "main_job": gettext_lazy("From reviews to concepts"),
}
"""Kinds of work, in the words of the room above that does it."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """One column of an entry, before and after."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """An entry as a person reads it."""

    entry: AuditEntry
    who: str
    what: str
    link: str
    changes: list[Change]


def action_word(action: str) -> str:
    """What an action is called."""
    return str(ACTIONS.get(action, action.replace("_", " ")))


def table_word(table: str) -> str:
    """What a table's rows are called."""
    return str(TABLES[table].noun) if table in TABLES else table.partition("_")[2] or table


def lines(entries: Sequence[AuditEntry], slug: str) -> list[Line]:
    """The entries as sentences, with links to what is still there."""
    names = _names(entries)
    ends = _ends([entry for entry in entries if (entry.table, entry.object_id) not in names])
    people = _people([*entries, *ends.values()])
    gone = {key: _label_of_gone(entry, people) for key, entry in ends.items()}
    keys = [(entry.table, entry.object_id) for entry in entries]
    return [
        _line(entry, names.get(key), gone.get(key, ""), people, slug) for key, entry in zip(keys, entries, strict=True)
    ]


def _line(entry: AuditEntry, name: str | None, gone: str, people: Mapping[str, str], slug: str) -> Line:
    changes = [_change(entry, field, people) for field in sorted({*entry.before, *entry.after})]
    label = name if name is not None else _label_of_gone(entry, people) or gone
    return Line(
        entry=entry,
        who=_who(entry),
        what=_what(entry, label, changes),
        link=_link(entry, name is not None, slug),
        changes=changes,
    )


def _who(entry: AuditEntry) -> str:
    if entry.key_id:
        return _("API key “%(name)s”") % {"name": entry.person}
    return entry.person or (_("A job") if entry.job_id else _("The system"))


def _what(entry: AuditEntry, label: str, changes: list[Change]) -> str:
    if entry.action not in ("insert", "update", "delete"):
        words = action_word(entry.action)
        return words if label in ("", entry.person) else f"{words} “{label}”"
    said = {"thing": f"{table_word(entry.table)} “{label}”" if label else table_word(entry.table)}
    if rows := entry.after.get("rows"):
        said["thing"] = _("%(number)s rows of the kind “%(kind)s”") % {
            "number": rows, "kind": table_word(entry.table)
        }  # fmt: skip
    elif entry.action == "update" and len(changes) == 1:
        said |= {"field": changes[0].field, "before": changes[0].before, "after": changes[0].after}
        if HIDDEN not in (said["before"], said["after"]) and max(map(len, said.values())) <= 80:
            return _("changed %(field)s of %(thing)s from “%(before)s” to “%(after)s”") % said
    if entry.action == "insert":
        return _("added %(thing)s") % said
    if entry.action == "delete":
        return _("removed %(thing)s") % said
    said["fields"] = ", ".join(change.field for change in changes) if not rows else ""
    return (_("changed %(thing)s") if rows else _("changed %(thing)s: %(fields)s")) % said


def _change(entry: AuditEntry, field: str, people: Mapping[str, str]) -> Change:
    column = _column(entry.table, field)
    was, became = (_said(column, state.get(field), people) for state in (entry.before, entry.after))
    words = getattr(column, "verbose_name", "") or field.replace("_", " ")
    return Change(field=str(words), before=was, after=became)


def _column(table: str, name: str) -> "models.Field[Any, Any] | None":
    model = _model(table)
    if model is None:
        return None
    try:
        found = model._meta.get_field(name.removesuffix("_id"))
    except FieldDoesNotExist:
        return None
    return found if isinstance(found, models.Field) else None


def _said(column: "models.Field[Any, Any] | None", value: Any, people: Mapping[str, str]) -> str:
    """A value as people read it: a role's name, a person's address, yes or no."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False) if value else ""
    known = dict(getattr(column, "flatchoices", ()) or ())
    return people.get(str(value)) or str(known.get(value, value))


def _label_of_gone(entry: AuditEntry, people: Mapping[str, str]) -> str:
    """What something that is no longer there was called, as far as its own entry says it."""
    values = entry.before if entry.action == "delete" else entry.after
    label = TABLES[entry.table].label.partition("__")[0] if entry.table in TABLES else ""
    value = str(values.get(label) or values.get(f"{label}_id") or values.get("email") or "")
    return "" if value == HIDDEN else people.get(value, value)


def _link(entry: AuditEntry, is_there: bool, slug: str) -> str:
    table = TABLES.get(entry.table)
    if table is None or not is_there:
        return ""
    if table.page:
        return reverse(table.page, args=[slug, entry.object_id])
    return reverse(table.list_page, args=[slug]) if table.list_page else ""


def _names(entries: Sequence[AuditEntry]) -> dict[tuple[str, uuid.UUID | None], str]:
    """(table, id) → what the row is called today, of those that are still there and can be seen."""
    wanted: dict[str, set[uuid.UUID]] = {}
    for entry in entries:
        if entry.object_id and entry.table in TABLES:
            wanted.setdefault(entry.table, set()).add(entry.object_id)
    names: dict[tuple[str, uuid.UUID | None], str] = {}
    for table, ids in wanted.items():
        model, label = _model(table), TABLES[table].label or "pk"
        if model is not None:
            rows = model._base_manager.filter(pk__in=ids).values_list("pk", label)
            names |= {(table, pk): "" if label == "pk" else str(WORK.get(name, name)) for pk, name in rows}
    return names


def _ends(entries: Sequence[AuditEntry]) -> dict[tuple[str, uuid.UUID | None], AuditEntry]:
    """(table, id) → the entry of its end, of what is no longer there: it says what it was called."""
    ids = {entry.object_id for entry in entries if entry.object_id and entry.table in TABLES}
    ends = AuditEntry.objects.filter(object_id__in=ids, action="delete") if ids else []
    return {(entry.table, entry.object_id): entry for entry in ends}


def _people(entries: Sequence[AuditEntry]) -> dict[str, str]:
    """id → email of the people whom the entries name by id."""
    ids = {str(state[name]) for entry in entries for state in (entry.before, entry.after)
           for name in ("user_id", "created_by_id", "invited_by_id") if state.get(name)}  # fmt: skip
    return {str(pk): email for pk, email in User.objects.filter(pk__in=ids).values_list("pk", "email")}


def _model(table: str) -> type[models.Model] | None:
    return next((model for model in apps.get_models() if model._meta.db_table == table), None)
