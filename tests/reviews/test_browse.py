"""The list of reviews as people and programs see it: pages, filters, views, charts, and what is still to be found."""

import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest

from ideation.catalog.models import Project
from ideation.catalog.services import product_save
from ideation.jobs.models import Job, JobState
from ideation.jobs.runner import run_job
from ideation.jobs.services import job_cancel
from ideation.needs.models import Analysis, Evidence, Need, Sentence, StandingNeed
from ideation.reviews.browse import Listing
from ideation.reviews.findable import findable
from ideation.reviews.meaning import closest, query_vector
from ideation.reviews.models import Review, ReviewVector, ReviewWords, SavedView
from ideation.reviews.places import Place, read_place
from ideation.reviews.services import indexing
from tests.conftest import Person
from tests.reviews.browsing import dataset_of, review_of, reviews_of


def page(person: Person, project: Project, **query: Any) -> Any:
    return person.client.get(f"/b/{person.brand.slug}/p/{project.pk}/reviews/", query)


def texts(response: Any) -> list[str]:
    assert response.status_code == 200
    return [one.text for one in response.context["reviews"]]


def listed(person: Person, project: Project, **query: Any) -> list[str]:
    response = person.api.get(f"/api/v1/projects/{project.pk}/reviews/", query)
    assert response.status_code == 200, response.json()
    return [one["text"] for one in response.json()["results"]]


def test_pages_go_down_and_up_again(project: Project, alice: Person) -> None:
    with alice.scope():
        for number in range(12):
            # Days twice, and two reviews without one: ids decide among equals.
            day = date(2026, 1, 20 - number // 2) if number < 10 else None
            review_of(project, f"r{number}", date=day)
        whole = Listing(project=project, wanted={})
        order = [one.text for one in whole.page(50).reviews]
        assert {order[-1], order[-2]} == {"r10", "r11"}
        seen, place, pages = [], None, []
        while True:
            found = whole.page(5, older=place)
            seen += [one.text for one in found.reviews]
            pages.append(found)
            if found.older is None:
                break
            place = found.older
        assert seen == order
        assert [len(one.reviews) for one in pages] == [5, 5, 2]
        up = whole.page(5, newer=pages[2].newer)
        assert [one.text for one in up.reviews] == order[5:10]
        assert up.older == pages[1].older
        top = whole.page(5, newer=up.newer)
        assert [one.text for one in top.reviews] == order[:5]
        assert top.newer is None


def test_places_are_read_or_refused() -> None:
    place = Place(date(2026, 1, 2), uuid.uuid4())
    assert read_place(str(place)) == place
    for wrong in ("", "x", "1.2", f"0.{uuid.uuid4().hex}", f"ffffffff.{uuid.uuid4().hex}", "-1.x", "9" * 400 + ".0"):
        assert read_place(wrong) is None


def test_a_nonsense_address_shows_the_list(project: Project, alice: Person) -> None:
    with alice.scope():
        reviews_of(project, "one")
    for name in ("older", "newer", "rating", "product", "since", "version", "page", "how", "need", "nonsense"):
        assert page(alice, project, **{name: "\x00%27x"}).status_code == 200
    assert texts(page(alice, project, q="one", how="nonsense")) == ["one"]


FILTERED = [
    ({"rating": "5"}, {"rating": 4.5}),
    ({"source": "JD"}, {"source": "JD"}),
    ({"language": "zh"}, {"language": "zh"}),
    ({"country": "CN"}, {"country": "CN"}),
    ({"name": "Mug"}, {"product_name": "Mug"}),
    ({"since": "2026-06-01"}, {"date": date(2026, 6, 1)}),
    ({"until": "2020-06-01"}, {"date": date(2020, 6, 1)}),
    ({"flag": "templated"}, {"flags": {"templated": "as 14 others"}}),
    ({"verified": "yes"}, {"verified": True}),
]


@pytest.mark.parametrize(("query", "fields"), FILTERED)
def test_filters(query: dict[str, str], fields: dict[str, Any], project: Project, alice: Person) -> None:
    with alice.scope():
        reviews_of(project, "plain")
        reviews_of(project, "meant", **fields)
    assert texts(page(alice, project, **query)) == ["meant"]
    assert texts(page(alice, project, **query, q="meant")) == ["meant"]
    assert texts(page(alice, project, **query, q="plain")) == []
    asked = {**query, **({"verified": "true"} if "verified" in query else {})}
    assert listed(alice, project, **asked) == ["meant"]


def test_filters_of_what_is_beside_a_review(project: Project, alice: Person) -> None:
    with alice.scope():
        rival = product_save(project=project, sku="R-1", name="Rival", is_competitor=True)
        mine, theirs = reviews_of(project, "mine", "theirs")
        Review.objects.filter(pk=theirs.pk).update(product=rival)
        later = review_of(project, "later", first=mine, is_follow_up=True, flags={"generated": "even length"})
        dataset, _import = dataset_of(project)
    assert texts(page(alice, project, competitor="yes")) == ["theirs"]
    assert texts(page(alice, project, competitor="no")) == ["mine"]
    assert texts(page(alice, project, product=str(rival.pk))) == ["theirs"]
    assert texts(page(alice, project, follow_up="yes")) == ["mine"]
    assert texts(page(alice, project, flag="none")) == ["mine", "theirs"]
    assert texts(page(alice, project, dataset=str(dataset.pk))) == ["mine", "theirs"]
    assert set(listed(alice, project, flag="none")) == {"mine", "theirs"}
    assert listed(alice, project, follow_up="true") == ["mine"]
    whole = page(alice, project).content.decode()
    assert "Added later" in whole
    assert f"/reviews/{later.pk}/" in whole
    assert "even length" in whole
    assert "later" in listed(alice, project)


def test_a_version_is_listed_as_it_was_pinned(project: Project, alice: Person) -> None:
    with alice.scope():
        old, _kept = reviews_of(project, "before", "kept")
        version = old.dataset.versions.get()
        Review.objects.filter(pk=old.pk).update(ended_in=2)
        review_of(project, "after", version_number=2)
    assert set(texts(page(alice, project))) == {"kept", "after"}
    assert set(texts(page(alice, project, version=str(version.pk)))) == {"before", "kept"}
    assert set(listed(alice, project, version=str(version.pk))) == {"before", "kept"}


def analysed(project: Project, review: Review, *moods: float) -> Need:
    analysis, _made = Analysis.objects.get_or_create(
        project=project, version=review.dataset.versions.get(), finished_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    standing = StandingNeed.objects.create(project=project)
    need = Need.objects.create(
        analysis=analysis, standing=standing, rank=Need.objects.count() + 1, statement="I want quiet",
        statement_by="model", label="noise", language="en", mentions=1, net_sentiment=0,
        importance=5, satisfaction=5, opportunity=5,
    )  # fmt: skip
    for mood in moods:
        number = Sentence.objects.count()
        sentence = Sentence.objects.create(
            project=project, review=review, position=number, text="x", key=b"x", language="en", informative=1,
            sentiment=mood, level=1,
        )  # fmt: skip
        Evidence.objects.create(need=need, sentence=sentence, rank=1)
    return need


def test_the_mood_and_the_need_of_sentences_narrow_the_list(project: Project, alice: Person) -> None:
    with alice.scope():
        liked, hated, torn = reviews_of(project, "liked", "hated", "torn")
        analysed(project, liked, 0.8)
        need = analysed(project, hated, -0.8)
        analysed(project, torn, 0.8, -0.8)
    assert texts(page(alice, project, sentiment="good")) == ["liked"]
    assert texts(page(alice, project, sentiment="bad")) == ["hated"]
    assert texts(page(alice, project, sentiment="mixed")) == ["torn"]
    assert texts(page(alice, project, need=str(need.pk))) == ["hated"]
    assert texts(page(alice, project, need=str(need.pk), sentiment="good")) == []
    assert listed(alice, project, need=str(need.pk)) == ["hated"]
    assert "I want quiet" in page(alice, project, need=str(need.pk)).content.decode()


def test_filters_stand_in_the_address_and_can_be_taken_away(project: Project, alice: Person) -> None:
    with alice.scope():
        reviews_of(project, "meant", rating=1.0, language="zh")
    tidied = page(alice, project, q="", rating="1", language="zh", source="")
    assert tidied.status_code == 302
    assert tidied["Location"].endswith("?rating=1&language=zh")
    shown = page(alice, project, rating="1", language="zh")
    assert {(chip.label, chip.without) for chip in shown.context["chips"]} == {
        ("Rating", "language=zh"),
        ("Language", "rating=1"),
    }


def test_counts_are_exact_or_say_that_there_are_more(
    project: Project, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    with alice.scope():
        reviews_of(project, "loud", "loud", "quiet")
    address = f"/b/{alice.brand.slug}/p/{project.pk}/reviews/count/"
    assert alice.client.get(address, {"q": "loud"}).content.decode().strip() == "2 reviews"
    monkeypatch.setattr("ideation.reviews.browse.COUNTED", 1)
    monkeypatch.setattr("ideation.needs.views.reviews.COUNTED", 1)
    assert alice.client.get(address, {"q": "loud"}).content.decode().strip() == "over 1 reviews"
    assert "3 reviews" in page(alice, project).content.decode()


def test_who_sees_the_list(project: Project, alice: Person, bob: Person, charlie: Person) -> None:
    with alice.scope():
        reviews_of(project, "loud secret")
    addresses = [f"/b/{alice.brand.slug}/p/{project.pk}/reviews/{name}" for name in ("", "count/", "charts/", "views/")]
    for address in addresses:
        assert alice.client.get(address, {"q": "loud"}).status_code == 200
        assert bob.client.get(address, {"q": "loud"}).status_code == 200
        assert charlie.client.get(address, {"q": "loud"}).status_code == 404
        theirs = address.replace(alice.brand.slug, charlie.brand.slug)
        refused = charlie.client.get(theirs, {"q": "loud"})
        assert refused.status_code == 404
        assert "secret" not in refused.content.decode()
    assert charlie.api.get(f"/api/v1/projects/{project.pk}/reviews/").status_code == 404


def test_the_api_gives_pages_in_the_lists_order(project: Project, alice: Person) -> None:
    with alice.scope():
        made = [one.text for one in reviews_of(project, *[f"loud {n}" for n in range(5)])]
    for query in ({}, {"q": "loud"}):
        address, seen = f"/api/v1/projects/{project.pk}/reviews/", []
        answer = alice.api.get(address, {**query, "limit": 2}).json()
        while True:
            seen += [one["text"] for one in answer["results"]]
            if not answer["next"]:
                break
            answer = alice.api.get(answer["next"]).json()
        assert seen == made
        back = alice.api.get(answer["previous"]).json()
        assert [one["text"] for one in back["results"]] == made[2:4]
    for cursor in ("x", "o.1", "m.1", "o." + "f" * 60, "n."):
        refused = alice.api.get(address, {"cursor": cursor})
        assert refused.status_code == 400
        assert refused.json()["errors"][0]["field"] == "cursor"


def test_views_are_kept_renamed_and_deleted(project: Project, alice: Person, bob: Person, charlie: Person) -> None:
    with alice.scope():
        reviews_of(project, "loud", rating=1.0)
    address = f"/b/{alice.brand.slug}/p/{project.pk}/reviews/views/"
    given = {"name": "Angry", "query": "rating=1&q=loud&older=1.x&evil=2"}
    for other, status in ((bob, 403), (charlie, 404)):
        assert other.client.post(address, given).status_code == status
    with alice.scope():
        assert not SavedView.objects.exists()
    saved = alice.client.post(address, given)
    assert saved["Location"].endswith("/reviews/?q=loud&rating=1")
    with alice.scope():
        view = SavedView.objects.get()
    assert view.query == "q=loud&rating=1"
    one = f"/b/{alice.brand.slug}/views/{view.pk}/"
    assert bob.client.get(one)["Location"].endswith("/reviews/?q=loud&rating=1")
    assert charlie.client.get(one).status_code == 404
    assert "Angry" in page(bob, project).content.decode()
    for act in ("rename/", "delete/"):
        assert bob.client.post(one + act, {"name": "Mine"}).status_code == 403
        assert charlie.client.post(one + act, {"name": "Mine"}).status_code == 404
    alice.client.post(one + "rename/", {"name": "Furious"})
    with alice.scope():
        assert SavedView.objects.get().name == "Furious"
    alice.client.post(one + "delete/")
    with alice.scope():
        assert not SavedView.objects.exists()
        assert Review.objects.exists()


def test_views_by_the_api(project: Project, alice: Person, charlie: Person) -> None:
    address = f"/api/v1/projects/{project.pk}/saved-views/"

    def post(address: str, **body: Any) -> Any:
        return alice.api.post(address, body, content_type="application/json")

    made = post(address, name="Angry", query="rating=1&q=loud")
    assert made.status_code == 201
    assert made.json()["query"] == "q=loud&rating=1"
    other = post(address, name="Other", query="").json()
    assert {view["name"] for view in alice.read_api.get(address).json()["results"]} == {"Angry", "Other"}
    for wrong in ("ratng=1", "rating=9", "since=yesterday"):
        assert post(address, name="x", query=wrong).status_code == 400
    one = f"/api/v1/saved-views/{made.json()['id']}/"
    assert post(f"{one}rename/", name="Other").status_code == 409
    assert post(f"{one}rename/", name="Furious").json()["name"] == "Furious"
    assert charlie.api.get(one).status_code == 404
    for write in (f"{one}rename/", f"{one}delete/"):
        assert alice.read_api.post(write, {"name": "x"}, content_type="application/json").status_code == 403
        assert charlie.api.post(write, {"name": "x"}, content_type="application/json").status_code == 404
    assert post(f"{one}delete/").status_code == 204
    assert [view["id"] for view in alice.api.get(address).json()["results"]] == [other["id"]]


def test_charts_show_what_is_listed(project: Project, alice: Person) -> None:
    with alice.scope():
        reviews_of(project, "loud", "loud", rating=2.0, product_name="Mug", source="JD", language="zh")
        reviews_of(project, "quiet", rating=5.0, product_name="Cup", source="Tmall", date=date(2025, 1, 1))
    address = f"/b/{alice.brand.slug}/p/{project.pk}/reviews/charts/"
    shown = alice.client.get(address)
    charts = {one.name: one for one, _drawn, _address in shown.context["charts"]}
    assert set(charts) == {"over-time", "product", "language", "source"}
    assert charts["product"].rows == [
        {"label": "Mug", "reviews": 2, "rating": 2.0},
        {"label": "Cup", "reviews": 1, "rating": 5.0},
    ]
    assert sum(row["reviews"] for row in charts["over-time"].rows) == 3
    only = alice.client.get(address, {"q": "quiet"})
    assert only.context["looked_at"] == 1
    drawn = alice.client.get(address, {"q": "loud", "chart": "over-time", "format": "svg"})
    assert drawn["Content-Type"] == "image/svg+xml"


def run_index(project: Project) -> Job:
    job = indexing.index_start(project=project)
    run_job(job.brand_id, job.pk, job.kind, indexing.index_run)
    job.refresh_from_db()
    return job


@pytest.mark.usefixtures("inside")
def test_what_is_new_is_made_findable_in_portions(
    project: Project, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text in ("The kettle is far too noisy", "水壶的声音太大了", "Arrived broken, box crushed", "Lovely colour"):
        review_of(project, text)
    monkeypatch.setattr(indexing, "CHUNK", 3)
    monkeypatch.setattr(indexing, "PORTION", 1)
    assert findable(project).percent(by_meaning=False) == 0
    job = run_index(project)
    assert (job.state, job.attempt) == (JobState.QUEUED, 0)
    assert ReviewWords.objects.count() == 4
    assert 0 < ReviewVector.objects.count() < 4
    assert indexing.index_start(project=project) == job
    assert 0 < findable(project).percent(by_meaning=True) < 100
    assert "Search by meaning covers" in page(alice, project, q="noise", how="meaning").content.decode()
    monkeypatch.setattr(indexing, "PORTION", 100)
    run_job(job.brand_id, job.pk, job.kind, indexing.index_run)
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED
    state = findable(project)
    assert (state.words, state.vectors, state.percent(by_meaning=True)) == (4, 4, 100)
    near = texts(page(alice, project, q="it makes a lot of noise", how="meaning"))
    assert len(near) == 4
    assert set(near[:2]) == {"The kettle is far too noisy", "水壶的声音太大了"}
    assert listed(alice, project, q="it makes a lot of noise", how="meaning") == near
    assert texts(page(alice, project, q="noise", how="meaning", language="zh")) == []
    assert run_index(project).state == JobState.SUCCEEDED


@pytest.mark.usefixtures("inside")
def test_meaning_is_sought_exactly_among_the_nearest_signs(project: Project) -> None:
    made = reviews_of(project, "The kettle is too noisy", "Arrived broken", "Boils water quickly")
    indexing.vectors_keep(project, [one.pk for one in made], query_vectors(made))
    rows = Listing(project=project, wanted={}).rows()
    assert closest(project, rows, query_vector("loud"), narrowed=False, most=1) == [made[0].pk]
    assert closest(project, rows.exclude(pk=made[0].pk), query_vector("loud"), narrowed=True, most=5)[0] != made[0].pk


def query_vectors(reviews: list[Review]) -> Any:
    import numpy as np  # noqa: PLC0415

    return np.stack([query_vector(one.text) for one in reviews])


def test_who_may_make_reviews_findable(project: Project, alice: Person, bob: Person, charlie: Person) -> None:
    with alice.scope():
        review_of(project, "loud")
    address = f"/b/{alice.brand.slug}/p/{project.pk}/reviews/index/"
    assert bob.client.post(address).status_code == 403
    assert charlie.client.post(address).status_code == 404
    with alice.scope():
        assert not Job.objects.exists()
    shown = page(alice, project, q="loud").content.decode()
    assert "Search covers 0 % of the reviews so far." in shown
    assert "Make all findable" in shown
    assert "Make all findable" not in page(bob, project, q="loud").content.decode()
    assert alice.client.post(address).status_code == 302
    with alice.scope():
        job = Job.objects.get()
        assert job.kind == "reviews_index"
        job_cancel(job=job)
    api = f"/api/v1/projects/{project.pk}/reviews/index/"
    assert alice.read_api.post(api, {}, content_type="application/json").status_code == 403
    assert alice.api.post(api, {}, content_type="application/json").status_code == 202


def test_empty_lists_say_what_to_do(project: Project, alice: Person) -> None:
    assert "No reviews yet" in page(alice, project).content.decode()
    with alice.scope():
        reviews_of(project, "loud")
    assert "No review fits" in page(alice, project, q="zebra").content.decode()
