"""An analysis that leaves suspicious reviews out: who may start one, what it keeps, and what its page then says."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from ideation.jobs.models import Job
from ideation.jobs.runner import JobRun, run_job
from ideation.needs.models import DIMENSIONS, Analysis
from ideation.needs.services import analysis_run
from ideation.reviews.models import DatasetImport, Review
from mlcore.specs.analyse import Analysed, AnalyseSpec
from tests.api.world import make_world
from tests.conftest import Person


def read_nothing(_run: JobRun, spec: AnalyseSpec) -> Iterator[Analysed]:
    """An analysis in which no sentence says anything."""
    spec.output.mkdir()
    np.save(spec.output / "embeddings.npy", np.zeros((0, DIMENSIONS), dtype=np.float32))
    for name in ("sentences", "needs"):
        (spec.output / f"{name}.jsonl").touch()
    yield Analysed(sentences=0, informative=0, unassigned=0, languages={}, needs=0, output=spec.output)


@pytest.mark.django_db(transaction=True)
def test_suspicious_reviews_can_be_left_out(alice: Person, bob: Person, monkeypatch: Any) -> None:
    world = make_world(alice, "a")
    needs = f"/b/{alice.brand.slug}/p/{world.project.pk}/needs/"
    group = f"{needs}group/"
    assert "Leave out suspicious reviews" not in alice.client.get(group).content.decode()
    kinds = {"author_burst": 1, "near_duplicate": 1, "of_the_future": 3}
    with alice.scope():
        DatasetImport.objects.filter(pk=world.dataset_import.pk).update(flags=kinds)
        flags = {"author_burst": "7", "near_duplicate": str(world.reviews[1].pk)}
        Review.objects.filter(pk=world.reviews[0].pk).update(flags=flags)
    shown = alice.client.get(group).content.decode()
    assert "Many by one author" in shown
    assert "of_the_future" not in shown
    assert bob.client.get(group).status_code == 403

    assert bob.client.post(f"{needs}find/", {"without": "author_burst"}).status_code == 403
    unknown = alice.client.post(f"{needs}find/", {"without": "of_the_future"})
    assert unknown.status_code == 400
    assert "There is no kind of suspicion called of_the_future." in unknown.content.decode()
    with alice.scope():
        assert not Job.objects.filter(kind="reviews_analyse").exists()
        assert Analysis.objects.count() == 1

    assert alice.client.post(f"{needs}find/", {"without": ["author_burst", "generated"]}).status_code == 302
    monkeypatch.setattr(JobRun, "child", read_nothing)
    with alice.scope():
        job = Job.objects.get(kind="reviews_analyse")
    run_job(job.brand_id, job.pk, job.kind, analysis_run)
    with alice.scope():
        found = Analysis.objects.first()
        assert found
        assert (found.spec["without"], found.reviews_count) == (["author_burst", "generated"], 1)
    shown = bob.client.get(needs).content.decode()
    assert "Without 1 suspicious review:" in shown
    assert "Many by one author" in shown

    with alice.scope():
        Analysis.objects.update(finished_at=None)
    assert "Leave out suspicious reviews" in alice.client.get(needs).content.decode()
    assert "Leave out suspicious reviews" not in bob.client.get(needs).content.decode()

    listed = alice.client.get(needs.replace("needs", "reviews"), {"flag": "author_burst"}).content.decode()
    assert "R-2" in listed
    assert "R-3" not in listed
    assert "7 reviews by this author on this day" in listed
    assert f'/reviews/{world.reviews[1].pk}/">nearly the same as another review' in listed
