"""The main job from the terminal: from the sample brand's or the user's own file to concepts, with its progress."""

import hashlib
import json
import os
import secrets
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from accounts.models import Brand, User
from accounts.querysets import brands_of
from accounts.services.brands import brand_create
from accounts.services.people import person_create
from accounts.tenancy import brand_scope
from ideation.base.errors import UserError, sentence
from ideation.catalog.models import Project
from ideation.catalog.services import project_create
from ideation.concepts.querysets import generations_of
from ideation.concepts.services import backend_name
from ideation.jobs.kinds import KINDS, STEPS
from ideation.jobs.models import LIVE, Job, JobState
from ideation.jobs.services import job_retry
from ideation.reviews.models import DatasetImport
from ideation.workspace.querysets import summary
from ideation.workspace.results import results_folder
from ideation.workspace.services import file_prepare, main_job_again, main_job_start, sample_prepare

EMAIL = "owner@sample.example"
LOG_SECONDS = 10


class Command(BaseCommand):
    """The command `manage.py mainjob [file]`."""

    _told_at = 0.0
    help = "Runs the main job on the sample brand or on a review file, through the workers, and shows its progress."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "file",
            nargs="?",
            default=os.environ.get("REVIEWS", ""),
            help="a file of reviews",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        owner, brand = self._sample_brand()
        try:
            with brand_scope(brand.pk):
                job, project = self._job(owner, options["file"])
        except UserError as error:
            raise CommandError(str(error)) from None
        self._show_address(brand, project)
        self._follow(brand, job)
        with brand_scope(brand.pk):
            job.refresh_from_db()
            if job.state != JobState.SUCCEEDED:
                raise CommandError(sentence(job.reason_code, job.reason_params) or str(job.get_state_display()))
            self._summarise(project, job)

    def _sample_brand(self) -> tuple[User, Brand]:
        owner = User.objects.filter(email=EMAIL).first()
        if owner is None:
            password = secrets.token_urlsafe(9)
            owner = person_create(email=EMAIL, password=password, name="Sample owner")
            login = settings.VAR / "login.txt"
            login.touch(mode=0o600)
            login.write_text(f"{EMAIL}\n{password}\n", encoding="utf-8")
        brands = brands_of(owner.pk)
        return owner, brands[0] if brands else brand_create(name="Sample brand", slug="sample", owner=owner)

    def _job(self, owner: User, file: str) -> tuple[Job, Project]:
        """The job for this file: the one that there is already, or a new one."""
        path = Path(file).expanduser() if file else None
        if path and not path.is_file():
            raise CommandError(f"There is no file {path}. Give the path of your reviews: REVIEWS=path make run.")
        found = self._known(path)
        if found is None:
            project, found = self._prepare(owner, path)
            self._show_layout(found)
            return main_job_start(dataset_import=found, mapping=found.layout["mapping"], created_by=owner), project
        project = found.dataset.project
        job = Job.objects.filter(kind="main_job", project_id=project.pk).order_by("-created_at").first()
        if job and job.state == JobState.SUCCEEDED and self._other_model(project):
            return main_job_again(project=project, created_by=owner), project
        if job is None:
            return main_job_start(dataset_import=found, mapping=found.layout["mapping"], created_by=owner), project
        if job.state in (JobState.FAILED, JobState.CANCELLED):
            job_retry(job=job)
        return job, project

    def _other_model(self, project: Project) -> bool:
        """Whether the last writer gave up and the settings name another one now."""
        last = generations_of(project).first()
        return last is not None and bool(last.reason_code) and last.backend != backend_name()

    def _known(self, path: Path | None) -> DatasetImport | None:
        imports = DatasetImport.objects.select_related("dataset__project").order_by("created_at")
        if path is None:
            return imports.filter(dataset__project__name__startswith="Sample: ").first()
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return imports.filter(file_sha256=digest, file_name=path.name).first()

    def _prepare(self, owner: User, path: Path | None) -> tuple[Project, DatasetImport]:
        if path is None:
            return sample_prepare(created_by=owner)
        name = path.name.split(".")[0].replace("_", " ")
        project = project_create(name=name, created_by=owner)
        return project, file_prepare(project=project, path=path)

    def _show_layout(self, found: DatasetImport) -> None:
        layout = found.layout
        mark = {"\t": "tab", ",": "comma", ";": "semicolon"}.get(layout["delimiter"], layout["delimiter"])
        self.stdout.write(f"File {found.file_name}: {layout['encoding']}, separated by {mark}")
        for role, index in layout["mapping"].items():
            self.stdout.write(f"  {role:8} ← {layout['columns'][index]}")

    def _show_address(self, brand: Brand, project: Project) -> None:
        port = os.environ.get("PORT", "8000")
        path = reverse("project", kwargs={"slug": brand.slug, "project_id": project.pk})
        email, password = (settings.VAR / "login.txt").read_text(encoding="utf-8").split()
        self.stdout.write(f"Open http://127.0.0.1:{port}{path}\n  login    {email}\n  password {password}")

    def _follow(self, brand: Brand, job: Job) -> None:
        told = ""
        while True:
            with brand_scope(brand.pk):
                job.refresh_from_db()
                part = Job.objects.filter(parent=job, state__in=LIVE).first()
                line = _progress(part) if part else ""
            if line and line != told and (sys.stdout.isatty() or self._is_news(line, told)):
                self._tell(line, told)
                told = line
            if job.state not in LIVE:
                break
            time.sleep(1)
        if told and sys.stdout.isatty():
            self.stdout.write("")

    def _is_news(self, line: str, told: str) -> bool:
        """In a log, a line a step and one every ten seconds are enough."""
        if _step(line) == _step(told) and time.monotonic() - self._told_at < LOG_SECONDS:
            return False
        self._told_at = time.monotonic()
        return True

    def _tell(self, line: str, told: str) -> None:
        if sys.stdout.isatty():
            same_step = _step(line) == _step(told)
            self.stdout.write(("\r\033[K" if same_step or not told else "\n") + line, ending="")
            self.stdout.flush()
        else:
            self.stdout.write(line)
            self.stdout.flush()

    def _summarise(self, project: Project, job: Job) -> None:
        figures = summary(project)
        assert job.started_at
        assert job.ended_at
        figures["seconds"] = round((job.ended_at - job.started_at).total_seconds())
        self.stdout.write(f"Needs and concepts as files: {results_folder(project)}")
        self.stdout.write(json.dumps(figures))


def _step(line: str) -> str:
    return line.partition("  ")[0]


def _progress(job: Job) -> str:
    title = f"{KINDS[job.kind].title}: {STEPS.get(job.step, job.step)}"
    share = f"  {job.done:,} of {job.total:,} {job.unit}" if job.total else ""
    return title + share
