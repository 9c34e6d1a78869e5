"""How a refusal reads on a page of accounts, and that the audit hears of it."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest

from accounts.errors import AccountError
from accounts.services.audit import audit_note


def refuse(request: HttpRequest, error: AccountError, what: str, form: Form | None = None, **tried: Any) -> None:
    """Says the refusal at the form's field or as a message, and notes what was refused."""
    if form is None:
        messages.error(request, str(error))
    else:
        form.add_error(error.field if error.field in form.fields else None, str(error))
    audit_note(action=f"{what}_refused", after={"code": error.code, **tried})
