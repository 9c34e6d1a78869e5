"""The only writer of projects, and of who may see one."""

from collections.abc import Iterable

from django.db import transaction

from accounts.models import Membership, Role, User
from accounts.projects import only_project
from ideation.base.errors import UserError
from ideation.catalog.models import Project, ProjectMember


@transaction.atomic
def project_create(*, name: str, category: str = "", language: str = "en", created_by: User | None = None) -> Project:
    """A new, empty project. Raises UserError for a key that is bound to another one."""
    if only_project() is not None:
        raise UserError("key_of_one_project", status=403)
    return Project.objects.create(name=name, category=category, language=language, created_by=created_by)


@transaction.atomic
def project_change(*, project: Project, name: str, category: str, language: str) -> None:
    """What the project is called, which kind of product it is about, and the language of its concepts."""
    project.name, project.category, project.language = name, category, language
    project.save(update_fields=["name", "category", "language"])


@transaction.atomic
def project_restrict(*, project: Project, restricted: bool, members: Iterable[Membership], by: User | None) -> None:
    """Names who may see the project, owners aside, who see all; who restricts it stays in it.

    Without `restricted` the names are kept for another time.
    """
    # One after another: two who name people at the same moment must not leave a mixture.
    Project.objects.select_for_update(of=("self",), no_key=True).get(pk=project.pk)
    named = {member.pk: member for member in members}
    own = Membership.objects.filter(user=by).exclude(role=Role.OWNER).first() if by else None
    if own is not None:
        named[own.pk] = own
    ProjectMember.objects.filter(project=project).exclude(membership__in=named).delete()
    there = set(ProjectMember.objects.filter(project=project).values_list("membership_id", flat=True))
    for key in named.keys() - there:
        ProjectMember.objects.create(project=project, membership=named[key])
    project.restricted = restricted
    project.save(update_fields=["restricted"])
