"""What every test can ask for: a migrated database seen through the serving role, and three people.

Alice owns brand A; Bob may only look at it; Charlie owns brand B and must never see a byte of A.
"""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

import psycopg
import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client, TransactionTestCase
from pytest_django import DjangoDbBlocker

from accounts.models import Brand, Role, User
from accounts.services.brands import brand_create
from accounts.services.keys import key_create
from accounts.services.members import membership_add
from accounts.services.people import person_create
from accounts.tenancy import brand_scope
from ideation.catalog.models import Project
from ideation.catalog.services import project_create


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody in a brand, with a browser and an API key."""

    user: User
    brand: Brand
    client: Client
    key: str
    read_key: str

    @property
    def api(self) -> Client:
        """A client that sends the person's API key, which may do everything."""
        return Client(headers={"Authorization": f"Bearer {self.key}", "Accept": "application/json"})

    @property
    def read_api(self) -> Client:
        """A client whose key may only read."""
        return Client(headers={"Authorization": f"Bearer {self.read_key}", "Accept": "application/json"})

    def scope(self) -> AbstractContextManager[None]:
        """Inside the person's brand."""
        return brand_scope(self.brand.pk)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> None:
    """Migrates as the owner role; the tests themselves connect as the serving role. Pages need their files too."""
    call_command("collectstatic", interactive=False, verbosity=0)
    with django_db_blocker.unblock():
        call_command("migrate", database="owner", verbosity=0)


def _empty(_case: TransactionTestCase) -> None:
    # The serving role may not TRUNCATE, and shouldn't: the owner empties the tables after such a test.
    with psycopg.connect(os.environ["OWNER_DATABASE_URL"], autocommit=True) as owner:
        tables = owner.execute(
            "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' "
            "AND tablename NOT IN ('django_migrations', 'django_content_type', 'auth_permission')"
        ).fetchall()
        owner.execute(f"TRUNCATE {', '.join(name for (name,) in tables)} CASCADE")  # type: ignore[arg-type]


TransactionTestCase._fixture_teardown = _empty  # type: ignore[method-assign]


def person(email: str, brand: Brand | None = None, role: str = Role.OWNER, brand_name: str = "") -> Person:
    """Makes somebody: the owner of a new brand, or a member of this one."""
    # Without a password: hashing one takes half a second, and only the tests of login need it.
    user = person_create(email=email, name=email.split("@", maxsplit=1)[0])
    if brand is None:
        brand = brand_create(name=brand_name, owner=user)
    else:
        with brand_scope(brand.pk):
            membership_add(user=user, role=role)
    client = Client()
    client.force_login(user)
    with brand_scope(brand.pk):
        _key, full = key_create(name="all", scopes=["read", "write", "jobs", "admin"], created_by=user)
        _key, read = key_create(name="read", scopes=["read"], created_by=user)
    return Person(user=user, brand=brand, client=client, key=full, read_key=read)


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """What one test has tried too often must not be held against the next."""
    cache.clear()


@pytest.fixture
def alice(db: None) -> Person:
    return person("alice@a.example", brand_name="Brand A")


@pytest.fixture
def bob(alice: Person) -> Person:
    return person("bob@a.example", brand=alice.brand, role=Role.VIEWER)


@pytest.fixture
def charlie(db: None) -> Person:
    return person("charlie@b.example", brand_name="Brand B")


@pytest.fixture
def project(alice: Person) -> Project:
    """An empty project of brand A."""
    with alice.scope():
        return project_create(name="Kettles", category="electric kettle", created_by=alice.user)


@pytest.fixture
def inside(alice: Person, charlie: Person) -> Iterator[None]:
    """The test runs inside brand A's scope; brand B exists too."""
    with alice.scope():
        yield
