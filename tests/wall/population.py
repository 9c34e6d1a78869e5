"""Brands with at least one row of every brand model, every text of which carries the brand's mark.

Rows are made from the models themselves: a new model is filled without a word here, and one that can't be filled
fails the tests, so that none escapes them.
"""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeAlias

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import connection, models
from django.db.models import fields
from django.utils import timezone
from pgvector.django import BitField, HalfVectorField, VectorField

from accounts.models import Brand, Membership, User
from accounts.services.keys import key_create
from accounts.tenancy import SHARED_TABLES, BrandKey, brand_scope
from tests.api.world import make_world
from tests.conftest import Person, person

Model = type[models.Model]
Field: TypeAlias = "models.Field[Any, Any]"


@dataclass(kw_only=True)
class Side:
    """One brand (or one part of a brand): who owns it, its mark, and an id of each of its models."""

    person: Person
    mark: str
    ids: dict[Model, Any] = field(default_factory=dict)
    made: dict[Model, Any] = field(default_factory=dict)
    """What rows made here refer to."""
    before: dict[str, str] = field(default_factory=dict)
    """table → checksum of the side's rows, once they are all there."""

    @property
    def slug(self) -> str:
        """The brand's place in addresses."""
        return str(self.person.brand.slug)

    def names(self) -> set[str]:
        """All ids as text."""
        return {str(value) for value in self.ids.values()}


def is_brand_model(model: Model) -> bool:
    """Whether its rows belong to a brand."""
    return any(isinstance(one, BrandKey) for one in model._meta.local_fields)


def brand_models() -> list[Model]:
    """Every model whose rows belong to a brand; what is referred to comes before what refers."""
    return _in_order([model for model in apps.get_models() if is_brand_model(model)])


def personal_models() -> list[Model]:
    """Models outside of the brands that hold something of one person."""
    found = [model for model in apps.get_models() if model._meta.db_table in SHARED_TABLES and model is not User]
    return [model for model in _in_order(found) if any(to is User for _name, to in _references(model))]


def _references(model: Model) -> Iterator[tuple[Field, Model]]:
    for one in model._meta.local_fields:
        if isinstance(one, models.ForeignKey) and not isinstance(one, BrandKey):
            assert isinstance(one.related_model, type)
            yield one, one.related_model


def _in_order(wanted: list[Model]) -> list[Model]:
    done: list[Model] = []
    while left := [model for model in wanted if model not in done]:
        ready = [
            model
            for model in left
            if all(to in done or to is model or to not in wanted for _field, to in _references(model))
        ]
        assert ready, f"models refer to each other in a circle: {left}"
        done += ready
    return done


def make_side(mark: str, *, email: str, name: str, full: bool) -> Side:
    """A brand with a realistic project, then a row of every model that has none; of every model where `full`."""
    owner = person(email, brand_name=name)
    owner.client.raise_request_exception = False
    with owner.scope():
        Brand.objects.filter(pk=owner.brand.pk).update(name=f"{mark} {name}")
        User.objects.filter(pk=owner.user.pk).update(name=f"{mark} owner")
    make_world(owner, mark)
    side = Side(person=owner, mark=mark)
    with owner.scope():
        fill(side, full=full)
    for model in personal_models():
        side.ids.setdefault(model, _row(model, side).pk)
    return side


def fill(side: Side, *, full: bool) -> None:
    """Adds the missing rows and notes an id of each model, inside the brand's scope."""
    for model in brand_models():
        found = model._base_manager.first()
        made = _row(model, side) if full or found is None else found
        assert made is not None
        side.made[model], side.ids[model] = made.pk, (found or made).pk
    side.ids[Brand] = side.person.brand.pk
    side.ids[User] = side.person.user.pk


def _row(model: Model, side: Side) -> models.Model:
    values = {}
    for one in model._meta.local_concrete_fields:
        if isinstance(one, (BrandKey, models.GeneratedField)) or (one.primary_key and _automatic(one)):
            continue
        values[one.attname] = _value(model, one, side)
    try:
        row = model(**values)
        row.save(force_insert=True)
    except Exception as error:
        raise AssertionError(
            f"No row of {model._meta.label} can be made by its fields' types alone: {error}. "
            f"Say what it needs in tests/wall/population.py, NEEDED."
        ) from error
    return row


def _automatic(one: Field) -> bool:
    return isinstance(one, models.AutoField) or one.has_default()


TOUCHED = "reviews sentences evidence citations needs claims concepts models files exports".split()

NEEDED: dict[str, Any] = {
    "accounts.Membership.role": "viewer",
    "jobs.Job.kind": "dataset_import",
    "mfa.Authenticator.data": {"secret": "x", "name": "Key", "credential": {}, "seed": "x", "used_mask": 0},
    "privacy.Erasure.reviews": [],
    "privacy.Erasure.touched": dict.fromkeys(TOUCHED, 1),
    "privacy.Erasure.result": {},
    "reviews.ErasedReview.leaf_sha256": "5" * 64,
    "jobs.Job.state": "failed",
    # Of one that has expired, the clock's task would leave nothing.
    "reviews.Upload.expires_at": timezone.now() + timedelta(days=1),
}
"""What a field must hold to make sense, where its type doesn't say it: `app.Model.field` → value."""


def _value(model: Model, one: Field, side: Side) -> Any:
    label = f"{model._meta.label}.{one.name}"
    if label in NEEDED:
        return NEEDED[label]
    if isinstance(one, models.ForeignKey):
        return _reference(model, one, side)
    if one.choices:
        return one.get_default() or next(iter(dict(one.flatchoices)))
    return _plain(one, side)


def _reference(model: Model, one: "models.ForeignKey[Any, Any]", side: Side) -> Any:
    to: Any = one.related_model
    if to is model:
        return None
    if to is User:
        return side.person.user.pk if model is not Membership else User.objects.create_user(f"{side.mark}@x.example").pk
    return side.made.get(to)


def _plain(one: Field, side: Side) -> Any:
    if isinstance(one, fields.UUIDField):
        return one.get_default() or _by_name(one, side) or uuid.uuid4()
    if isinstance(one, ArrayField):
        return [_plain(one.base_field, side)]
    if isinstance(one, models.JSONField):
        return [side.mark] if one.get_default() == [] else {side.mark: side.mark}
    for kind, text in TEXTS:
        if isinstance(one, kind):
            return text.format(mark=side.mark, any=uuid.uuid4().hex[:6])[: one.max_length]
    return _number_or_time(one)


TEXTS: tuple[tuple[type[Any], str], ...] = (
    (fields.EmailField, "{mark}-{any}@x.example"),
    (fields.URLField, "https://x.example/{mark}"),
    (models.FileField, "{mark}/{any}/file"),
    (fields.CharField, "{mark}"),
    (fields.TextField, "{mark}"),
)


def _by_name(one: Field, side: Side) -> Any:
    name = one.name.removesuffix("_id").replace("_", "")
    return next((key for model, key in side.made.items() if model.__name__.lower() == name), None)


def _number_or_time(one: Field) -> Any:
    if one.null:
        return None
    if one.has_default():
        return one.get_default()
    kinds: dict[Any, Any] = {
        fields.DateTimeField: timezone.now(),
        fields.DateField: date(2026, 1, 2),
        fields.DurationField: timedelta(hours=1),
        fields.BooleanField: False,
        fields.IntegerField: 1,
        fields.FloatField: 0.5,
        fields.DecimalField: 1,
        fields.GenericIPAddressField: "203.0.113.7",
        fields.BinaryField: b"bytes",
        VectorField: [0.0] * getattr(one, "dimensions", 1),
        HalfVectorField: [0.0] * getattr(one, "dimensions", 1),
        BitField: "0" * getattr(one, "length", 1),
        SearchVectorField: "'word'",
    }
    for kind, value in kinds.items():
        if isinstance(one, kind):
            return value
    raise AssertionError(f"tests/wall/population.py doesn't know how to fill {one}: {type(one).__name__}")


def new_ids(known: dict[Model, set[Any]]) -> dict[Model, Any]:
    """In a brand's scope: an id of each model's rows that weren't there yet."""
    found = {}
    for model, before in known.items():
        row = next((key for key in model._base_manager.values_list("pk", flat=True) if key not in before), None)
        if row is not None:
            found[model] = row
    return found


def ids_now() -> dict[Model, set[Any]]:
    """In a brand's scope: every id of every brand model."""
    return {model: set(model._base_manager.values_list("pk", flat=True)) for model in brand_models()}


UNCOUNTED = {"accounts_apikey": ["last_used_at"], "accounts_user": ["last_login"]}
"""Columns that a refused request may still touch: when a key or a person was last there."""


def checksum(side: Side, tables: Iterable[str]) -> dict[str, str]:
    """table → a hash over all of the brand's rows in it, and over what is the owner's own outside of brands.

    Seen through the serving role in the brand's own scope, so that what an open transaction has done is seen too.
    """
    brand, user = side.person.brand.pk, side.person.user.pk
    columns = {model._meta.db_table: ("brand_id", brand) for model in brand_models()}
    columns |= {model._meta.db_table: ("user_id", user) for model in personal_models()}
    columns |= {"accounts_brand": ("id", brand), "accounts_user": ("id", user)}
    wanted = [table for table in tables if table in columns]
    if not wanted:
        return {}
    with brand_scope(brand), connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{table}', md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))) "
                f'FROM (SELECT {_columns(table)} FROM "{table}" WHERE "{columns[table][0]}" = %s) t'
                for table in wanted
            ),
            [columns[table][1] for table in wanted],
        )
        return {table: str(value) for table, value in cursor.fetchall()}


def _columns(table: str) -> str:
    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    names = [one.column for one in model._meta.local_concrete_fields if one.column not in UNCOUNTED.get(table, [])]
    return ", ".join(f'"{name}"' for name in names)


def writes() -> dict[str, int]:
    """table → how many rows this transaction has written so far, whether kept or taken back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables")
        return dict(cursor.fetchall())


def key_of(side: Side, *scopes: str) -> str:
    """A new API key of the brand."""
    with side.person.scope():
        return key_create(name="walker", scopes=list(scopes), created_by=side.person.user)[1]
