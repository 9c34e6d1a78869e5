"""The API's main job: from a file of reviews to concepts in one request."""

import uuid
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.errors import AccountError
from accounts.models import User
from ideation.base.rest import Body, RoomView
from ideation.catalog.api import ProjectRoom
from ideation.catalog.models import Project
from ideation.jobs.api import ACCEPTED, LOCATION, accepted
from ideation.jobs.kinds import KINDS
from ideation.jobs.models import Job
from ideation.reviews.api.imports import MappingField, StartBody
from ideation.reviews.querysets import dataset_import as find_import
from ideation.reviews.services import import_prepare
from ideation.workspace.services import main_job_start


class MainJobBody(Body):
    """A review file and, if its header leaves doubt, which column is what."""

    file = serializers.FileField(allow_empty_file=True)  # import_prepare says more about an empty one
    mapping = MappingField(required=False)


class MainJobView(ProjectRoom):
    """From a file to concepts."""

    parser_classes = [MultiPartParser]
    capabilities = KINDS["main_job"].capabilities

    @extend_schema(request=MainJobBody, responses=ACCEPTED, parameters=[LOCATION])
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Uploads a file and queues the whole way: import, needs, tuning, brief, concepts."""
        return accepted(_upload(self.project, self.acting_user(), **self.body(MainJobBody)))


@transaction.atomic
def _upload(
    project: Project, created_by: User | None, file: "UploadedFile[bytes]", mapping: dict[str, int] | None = None
) -> Job:
    found = import_prepare(project=project, file=file, file_name=file.name or "")
    try:
        if mapping is not None:
            StartBody(data={"mapping": mapping}, context=found.layout).is_valid(raise_exception=True)
        return main_job_start(dataset_import=found, mapping=mapping or found.layout["mapping"], created_by=created_by)
    except (AccountError, serializers.ValidationError):
        # The transaction takes the rows back, but not the file.
        found.file.delete(save=False)
        raise


class ImportMainJobView(RoomView):
    """From an uploaded file to concepts."""

    capabilities = KINDS["main_job"].capabilities

    @extend_schema(request=StartBody, responses=ACCEPTED, parameters=[LOCATION])
    def post(self, request: Request, import_id: uuid.UUID) -> Response:
        """Queues the whole way for a file uploaded before: import, needs, tuning, brief, concepts."""
        found = find_import(import_id)
        sent = self.body(StartBody, columns=found.layout["columns"])
        mapping = sent.get("mapping", found.layout["mapping"])
        return accepted(main_job_start(dataset_import=found, mapping=mapping, created_by=self.acting_user()))
