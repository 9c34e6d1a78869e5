"""Makes dataset versions. No row is copied: a version is a number, a count, and a hash over its reviews' leaves."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from ideation.reviews.models import DatasetVersion, ReviewDataset
from ideation.reviews.querysets import leaves_of, reviews_in
from mlcore.merkle import merkle_root


def version_next(dataset: ReviewDataset) -> int:
    """The number of a dataset's next version. The dataset is locked until the transaction ends, so it stays free."""
    ReviewDataset.objects.select_for_update(of=("self",)).get(pk=dataset.pk)
    newest = DatasetVersion.objects.filter(dataset=dataset).first()
    return newest.number + 1 if newest else 1


def version_create(dataset: ReviewDataset, number: int) -> DatasetVersion:
    """Pins the dataset as it stands now, erased reviews by what is left of them."""
    return version_grow(dataset, number)


def version_grow(
    dataset: ReviewDataset,
    number: int,
    *,
    leaves: Iterable[str] = (),
    count: int = 0,
    add: Callable[[], object] = lambda: None,
) -> DatasetVersion:
    """Pins the dataset with the reviews that `add` puts into it: so many, with these leaves.

    The dataset must be locked (version_next). The root is computed while Postgres is adding.
    """
    made = DatasetVersion(dataset=dataset, number=number)
    made.reviews_count = reviews_in(made).count() + count
    with ThreadPoolExecutor(1) as pool:
        root = pool.submit(merkle_root, [*leaves_of(dataset.pk, number), *leaves])
        add()
        made.root_sha256 = root.result()
    made.save(force_insert=True)
    return made
