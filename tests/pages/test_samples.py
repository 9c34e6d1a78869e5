"""Two analysts code the same sample: blind until both are done, compared, settled."""

import re

import pytest

from accounts.models import Role
from ideation.catalog.models import Project
from ideation.needs.models import Coding, CodingSample, Evidence, Need, Sentence
from tests.conftest import Person, person
from tests.needs.ground import analysed

NEEDS = {"noise": ["too loud", "it hums", "quiet"], "lid": ["lid leaks", "lid opens", "lid sticks"]}


def code(who: Person, address: str, answers: dict[str, Need | None]) -> None:
    """Goes from sentence to sentence as the page asks."""
    while (asked := who.client.get(f"{address}code/")).status_code == 200:
        sentence = asked.context["sentence"]
        need = answers[sentence.text]
        data = {"sentence": str(sentence.pk), "need": str(need.pk) if need else ""}
        assert who.client.post(f"{address}code/", data).status_code == 302


@pytest.mark.django_db
def test_two_analysts_agree_or_settle(alice: Person, bob: Person, charlie: Person, project: Project) -> None:
    dora = person("dora@a.example", brand=alice.brand, role=Role.ANALYST)
    eve = person("eve@a.example", brand=alice.brand, role=Role.ANALYST)
    with alice.scope():
        noise, lid = analysed(project, NEEDS)
        truth = {text: need for need, texts in ((noise, NEEDS["noise"]), (lid, NEEDS["lid"])) for text in texts}
    page = f"/b/{alice.brand.slug}/p/{project.pk}/samples/"
    assert bob.client.get(page).status_code == 403
    assert bob.client.post(page, {"count": 6}).status_code == 403
    too_many = alice.client.post(page, {"count": 7})
    assert (too_many.status_code, "5 to 6 sentences" in too_many.content.decode()) == (400, True)
    for _twice in range(2):
        alice.client.post(page, {"count": 6, "seed": 3})
    with alice.scope():
        drawn, again = CodingSample.objects.all()
        assert drawn.sentences == again.sentences
    address = f"/b/{alice.brand.slug}/samples/{drawn.pk}/"
    for path in ("", "code/", "settle/"):
        assert charlie.client.get(address + path).status_code == 404
        assert bob.client.get(address + path).status_code in {403, 405}

    code(alice, address, {**truth, "quiet": None})
    assert "Another person must code it, too" in alice.client.get(address).content.decode()
    # Who hasn't coded it sees no answers, not even of who has.
    assert "Answers show when you are done" in dora.client.get(address).content.decode()
    code(dora, address, {**truth, "it hums": lid})
    shown = dora.client.get(address)
    compared = shown.context["compared"]
    assert sorted(sentence.text for sentence, _said in compared.apart) == ["it hums", "quiet"]
    assert compared.alpha.observed == pytest.approx(4 / 6)
    assert compared.kappa.units == 6
    assert len(re.findall(r'name="sentence"', shown.content.decode())) == 2
    late = {"sentence": str(drawn.sentences[0]), "need": ""}
    assert eve.client.post(f"{address}code/", late).status_code == 409

    with alice.scope():
        hums = Sentence.objects.get(text="it hums")
    assert alice.client.post(f"{address}settle/", {"sentence": str(hums.pk), "need": "x"}).status_code == 400
    assert alice.client.post(f"{address}settle/", {"sentence": str(hums.pk), "need": str(lid.pk)}).status_code == 302
    with alice.scope():
        assert Evidence.objects.get(sentence=hums).need == lid
        assert Coding.objects.filter(sentence=hums, standing=lid.standing, belongs=True).exists()
    assert "it hums" not in [one[0].text for one in alice.client.get(address).context["open"]]
