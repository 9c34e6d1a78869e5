"""The one view through which files leave: uploads, archives, weights, images of products."""

import uuid

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseBase
from django.views.decorators.http import require_safe

from accounts.decorators import requires
from accounts.middleware import BrandRequest, request_can
from ideation.base.files import file_response
from ideation.privacy.services.files import KINDS, file_take


@require_safe
@requires("see")
def file(request: BrandRequest, kind: str, object_id: uuid.UUID) -> HttpResponseBase:
    """A file of the brand, for who may have this kind."""
    if kind not in KINDS:
        raise Http404
    if not request_can(request, KINDS[kind].capability):
        raise PermissionDenied
    taken = file_take(kind=kind, object_id=object_id)
    return file_response(taken.path, name=taken.name, shown_as=taken.shown_as)
