"""What the pages of corrections share: what was done, with its undo, and what was wrong."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts.middleware import BrandRequest
from accounts.views.people import back
from ideation.needs.models import NeedEdit

BAD = 400


def done(request: BrandRequest, words: str, *edits: NeedEdit, go: str = "") -> HttpResponseBase:
    """Says what was done, with a button that undoes it, and leads to where the person was, or to `go`."""
    project = edits[0].project_id
    undo = reverse("needs_undo", args=[request.brand.slug, project])
    query = urlencode([("edit", str(edit.pk)) for edit in edits])
    messages.success(request, words, extra_tags=f"{undo}?{query}")
    return HttpResponseRedirect(go or back(request))


def refused(request: BrandRequest, form: forms.Form) -> HttpResponse:
    """What is wrong with a form that stands among others on its page: each sentence once, and the way back."""
    found: dict[str, Any] = form.errors
    words = " ".join(dict.fromkeys(str(error) for errors in found.values() for error in errors))
    return render(request, "base/error.html", {"message": words}, status=BAD)


def is_id(text: str) -> bool:
    """Whether a text is an id at all."""
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
