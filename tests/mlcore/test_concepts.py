"""Concepts from a scripted model: what is kept, what is refused, and that claims are true whatever the model says."""

import itertools
import json
import pickle
import re
from pathlib import Path

import pytest

from mlcore import wording
from mlcore.concepts import (
    FEATURE_TOKENS,
    LARGE,
    MOST,
    NAME_TOKENS,
    PITCH_TOKENS,
    ROUNDS,
    SMALL,
    USER_TOKENS,
    plan,
    write_concepts,
    write_with,
)
from mlcore.errors import InputError
from mlcore.events import Progress
from mlcore.frames import (
    EXAMPLES,
    EXAMPLES_ZH,
    FRAMES,
    parse_value,
    read_examples,
    render_example,
    render_forms,
    tail_form,
)
from mlcore.specs.concepts import (
    MOST_TOKENS,
    BriefSpec,
    ConceptsDone,
    ConceptsSpec,
    ConceptWritten,
    EvidenceSpec,
    NeedSpec,
)
from mlcore.specs.generate import BackendSpec

NEEDS = [
    ("I want the drawer to close softly", "It bangs so loudly that the baby wakes up."),
    ("I want the top to resist scratches", "One week and it was covered in scratches."),
    ("I want to assemble it alone", "Two of us needed three hours."),
    ("I want a place for my cables", "Cables hang down behind it."),
    ("I want it not to wobble", "The legs wobble on my wooden floor."),
]
MEANS = {
    "softly": [
        "oil damper in the rail slows the drawer over its last centimetres",
        "felt strip along the edge hushes the drawer front",
        "steel spring with a brake pulls the last part of the drawer shut",
    ],
    "scratch": ["hard wax finish rubbed into the oak keeps the top free of scratches"],
    "alone": ["row of wedge joints slides in from above, so one can assemble the frame"],
    "cables": ["folded steel tray under the board takes cables and a power strip"],
    "wobble": ["screw foot with a felt pad levels each leg and stops the wobble"],
}
KINDS = ["narrow", "wide", "second", "removable", "hidden", "double", "curved", "stiff", "slim", "deep"]


def brief(language: str = "en", needs: int = 5, **more: object) -> BriefSpec:
    return BriefSpec(
        product="bedside table", category="furniture", language=language,
        needs=tuple(
            NeedSpec(
                id=f"need-{i}", statement=statement, mentions=12 - i, reviews=320,
                evidence=(EvidenceSpec(id=f"e{i}", text=said),),
            )
            for i, (statement, said) in enumerate(NEEDS[:needs])
        ),
        **more,  # type: ignore[arg-type]
    )  # fmt: skip


class Scripted:
    """Answers forms like a model that has learnt them; numbers its answers so that none repeats."""

    name = "scripted"
    tokens = 0

    def __init__(self, languages: tuple[str, ...] = ("en",), *, babble: str = "") -> None:
        self.languages = languages
        self.babble = babble
        self.prompts: list[str] = []
        self._turn = itertools.count()

    def complete(
        self, prompts: list[str], *, max_tokens: int, stop: list[str], temperature: float, top_p: float, seed: int
    ) -> list[str]:
        self.prompts += prompts
        return [self.babble or self._answer(prompt.rsplit("\n\n", 1)[-1], next(self._turn)) for prompt in prompts]

    def _answer(self, form: str, turn: int) -> str:
        kind = KINDS[turn % len(KINDS)]
        if form.endswith("Target user:"):
            return " Parents in small bedrooms who read at night"
        if form.endswith(("Pitch:", "Name:")):
            feature = re.findall(r"Feature: (.*)", form)[turn % form.count("Feature:")]
            word = max(feature.split(), key=len).strip(",")
            pitch = f" A {kind} bedside table in oak with a {word} and more"
            return pitch if form.endswith("Pitch:") else f" {kind} {word} Table\nProduct: another"
        need = re.findall(r"Need: (.*)", form)[-1]
        choices = next((m for key, m in MEANS.items() if key in need), [f"{need.removeprefix('I want ')} shelf of oak"])
        means = choices[turn % len(choices)]
        return f" A {kind} {means}"


def spec(**more: object) -> ConceptsSpec:
    given = {"backend": BackendSpec(kind="endpoint", url="http://gpu:8000/v1"), "brief": brief(), "count": 6}
    return ConceptsSpec(**{**given, **more})  # type: ignore[arg-type]


def run(made: ConceptsSpec, backend: Scripted, **more: object) -> tuple[list[ConceptWritten], ConceptsDone]:
    events = list(write_with(backend, made, tuned=True, **more))  # type: ignore[arg-type]
    assert isinstance(events[-1], ConceptsDone)
    assert all(isinstance(e, Progress | ConceptWritten) for e in events[:-1])
    return [e for e in events if isinstance(e, ConceptWritten)], events[-1]


def test_writes_whole_concepts_whose_features_name_needs_and_whose_claims_cite_evidence() -> None:
    concepts, done = run(spec(), Scripted())
    assert (done.count, done.reason, len(concepts)) == (6, None, 6)
    ids = {n.id for n in brief().needs}
    evidence = {e.id for n in brief().needs for e in n.evidence}
    for number, concept in enumerate(concepts, start=1):
        assert concept.number == number
        assert 3 <= len(concept.features) <= 5
        assert all(f["needs"] and set(f["needs"]) <= ids for f in concept.features)
        assert concept.claims
        assert all(c["evidence"] and set(c["evidence"]) <= evidence for c in concept.claims)
        assert 2 <= len(concept.name.split()) <= 4
        assert concept.target_user
        assert set(concept.scores) == {"relevance", "concreteness", "distinctness", "overall"}
        assert all(0 <= value <= 1 for value in concept.scores.values())


def test_names_and_leads_differ() -> None:
    concepts, _ = run(spec(), Scripted())
    assert len({c.name for c in concepts}) == len(concepts)
    assert len({tuple(f["text"] for f in c.features) for c in concepts}) == len(concepts)


def test_claims_hold_counts_and_words_of_the_customers_only() -> None:
    concepts, _ = run(spec(count=1), Scripted())
    assert concepts[0].claims[0]["text"] == (
        "12 of 320 reviews speak of this: I want the drawer to close softly. "
        "“It bangs so loudly that the baby wakes up.”"
    )
    assert "12 of 320 reviews" in concepts[0].insight


def test_the_same_seed_gives_the_same_concepts() -> None:
    assert run(spec(), Scripted()) == run(spec(), Scripted())


def test_a_model_without_the_language_says_so_at_once() -> None:
    backend = Scripted(languages=("en",))
    concepts, done = run(spec(brief=brief("zh")), backend)
    assert (concepts, done.count, done.tried, done.reason) == ([], 0, 0, "model_language")
    assert not backend.prompts


@pytest.mark.parametrize("babble", ["the the the the", "", "Perfect", "I want the drawer to close softly", "好" * 30])
def test_babble_is_refused_and_the_work_ends(babble: str) -> None:
    backend = Scripted(babble=babble or " ")
    concepts, done = run(spec(count=2), backend)
    assert concepts == []
    assert done.reason == "too_few_good"
    assert done.tried == 6


def test_what_must_be_avoided_is_avoided() -> None:
    concepts, _ = run(spec(brief=brief(must_avoid=("felt",))), Scripted())
    assert concepts
    assert not any("felt" in f["text"] for c in concepts for f in c.features)


def test_what_must_be_there_is_in_every_concept() -> None:
    concepts, _ = run(spec(brief=brief(must_have=("FSC oak", "USB socket"))), Scripted())
    assert len(concepts) == 6
    for concept in concepts:
        assert len(concept.features) <= 5
        for demand in ("FSC oak", "USB socket"):
            assert any(wording.speaks_of(f["text"], demand) and f["needs"] for f in concept.features)


def test_a_chosen_audience_is_kept() -> None:
    concepts, _ = run(spec(count=2, brief=brief(audience="Night nurses")), Scripted())
    assert [c.target_user for c in concepts] == ["Night nurses", "Night nurses"]


@pytest.mark.parametrize("needs", [1, 2])
def test_one_need_is_enough_for_three_features(needs: int) -> None:
    concepts, _ = run(spec(count=1, brief=brief(needs=needs)), Scripted())
    assert len(concepts[0].features) == 3


def test_untuned_models_see_worked_examples_first() -> None:
    backend = Scripted()
    list(write_with(backend, spec(count=1), tuned=False, effort=LARGE))
    assert all(p.startswith(FRAMES["en"].instruction) for p in backend.prompts)


def test_writes_the_file_and_events_cross_process_borders(tmp_path: Path) -> None:
    made = spec(count=2, output=tmp_path / "out")
    concepts, _ = run(made, Scripted())
    written = json.loads((tmp_path / "out" / "concepts.json").read_text(encoding="utf-8"))
    assert [c["name"] for c in written] == [c.name for c in concepts]
    assert pickle.loads(pickle.dumps((made, concepts))) == (made, concepts)  # noqa: S301


def test_plans_lead_with_every_need_before_one_leads_twice() -> None:
    plans = plan(brief().needs, 8, seed=1)
    assert [p[0].id for p in plans[:5]] == [n.id for n in brief().needs]
    assert all(3 <= len(p) <= 5 for p in plans)
    assert len({frozenset(n.id for n in p) for p in plans}) > 3
    assert plans == plan(brief().needs, 8, seed=1)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"product": " "}, "brief_without_product"),
        ({"language": "de"}, "brief_language"),
        ({"needs": ()}, "brief_without_needs"),
        ({"must_have": ("a", "b", "c")}, "brief_demands"),
    ],
)
def test_briefs_that_cannot_be_answered_are_refused(change: dict[str, object], code: str) -> None:
    given = {"product": "table", "needs": brief().needs, **change}
    with pytest.raises(InputError) as caught:
        BriefSpec(**given)  # type: ignore[arg-type]
    assert caught.value.code == code


def test_needs_without_evidence_and_impossible_counts_are_refused() -> None:
    said = (EvidenceSpec(id="e", text="It wobbles."),)
    for evidence, mentions, code in [((), 1, "need_without_evidence"), (said, 9, "need_count_invalid")]:
        with pytest.raises(InputError) as caught:
            NeedSpec(id="n", statement="I want it steady", mentions=mentions, reviews=5, evidence=evidence)
        assert caught.value.code == code
    with pytest.raises(InputError) as caught:
        spec(count=0)
    assert caught.value.code == "concept_count"


def test_worked_examples_are_many_and_clean() -> None:
    examples = read_examples(EXAMPLES, split=None)
    concepts = [e for e in examples if e["kind"] == "concept"]
    assert len(concepts) >= 100
    assert len(examples) - len(concepts) >= 60
    assert len({e["category"] for e in concepts}) >= 40
    assert not any(wording.speaks_of(e["product"], word) for e in examples for word in ("kettle", "travel mug"))
    for example in concepts:
        assert 3 <= len(example["needs"]) == len(example["features"]) <= 5
        flaws = {name for f in example["features"] for name in wording.flaws(f, "en", wording.FEATURE)}
        assert not flaws - {"cut", "loop"}, example["product"]
    assert len({e["name"] for e in concepts}) == len(concepts)
    assert len(read_examples(EXAMPLES_ZH)) >= 12


def test_training_documents_learn_values_and_nothing_else() -> None:
    example = read_examples()[0]
    learnt = [text for text, learn in render_example(example) if learn]
    read = "".join(text for text, learn in render_example(example) if not learn)
    values = {n["statement"] for n in example["needs"]} | {example["pitch"], example["name"], example["target_user"]}
    assert values <= {text.strip() for text in learnt}
    assert all(text.endswith("\n") for text in learnt)
    assert all(label in read for label in ("Product:", "Customer:", "Need:", "Feature:", "Pitch:", "Name:"))
    assert list(render_forms(example, 1)) == list(render_forms(example, 1))


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        (" A lid with a ring\nNeed: more", "A lid with a ring"),
        ("\n**Feature:** “A lid with a ring.”", "A lid with a ring"),
        ("1. A lid with a ring", "A lid with a ring"),
        ("3 cm of foam under the lid", "3 cm of foam under the lid"),
        ("  ", ""),
    ],
)
def test_parses_values_tolerantly(answer: str, value: str) -> None:
    assert parse_value(answer, "en") == value


def test_the_form_asks_for_what_is_missing() -> None:
    features = ["A lid with a ring"]
    assert tail_form("en", "cup", features).endswith("\nTarget user:")
    assert tail_form("en", "cup", features, "Nurses").endswith("\nTarget user: Nurses\nPitch:")
    assert tail_form("zh", "杯子", ["盖子带圈"], "护士", "不漏的杯子").endswith("卖点：不漏的杯子\n名称：")


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("A felt pad under each foot keeps the", "cut"),
        ("A pad under the pad on the pad by the pad stops it", "loop"),
        ("The most innovative drawer rail stops every sound at night", "praise"),
        ("I put a felt pad under each foot of my table", "speaker"),
        ("每只脚下都有毛毡垫，不会晃动也不会响", "language"),
        ("Felt pads", "length"),
    ],
)
def test_sees_what_is_wrong_with_words(text: str, flaw: str) -> None:
    assert flaw in wording.flaws(text, "en", wording.FEATURE)
    assert wording.flaws("A felt pad under each foot keeps the table still", "en", wording.FEATURE) == []


def test_no_concept_can_cost_more_than_what_is_set_aside_for_it() -> None:
    for effort in (SMALL, LARGE):
        tail = USER_TOKENS + PITCH_TOKENS + NAME_TOKENS
        assert MOST * effort.features * FEATURE_TOKENS + effort.tails * tail <= MOST_TOKENS / ROUNDS


def test_a_closed_server_is_an_error_with_its_cause() -> None:
    closed = spec(backend=BackendSpec(kind="endpoint", url="http://127.0.0.1:9/v1", timeout=2))
    with pytest.raises(InputError) as caught:
        list(write_concepts(closed))
    assert caught.value.code == "endpoint_down"
