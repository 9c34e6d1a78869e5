"""What of a review is learnt, what is held out, and what is thrown away."""

import json
from pathlib import Path

import pytest

from mlcore.batches import plan
from mlcore.corpus import Document, Encoded, encode, header, read_documents, split
from mlcore.errors import InputError
from mlcore.nearduplicates import groups
from tests.mlcore.models import reviews, tokenizer, write_lines


def test_the_words_are_learnt_and_the_control_lines_only_read() -> None:
    words = tokenizer()
    review = {"text": "Warm and quiet.", "title": "Love it", "rating": 5, "product": "Kettle", "language": "en"}
    assert header(review) == "Review\nProduct: Kettle\nRating: 5\nLanguage: en\n\n"
    example = encode(Document(source=review), words, 100)
    learnt = [token for token, yes in zip(example.tokens, example.learn, strict=True) if yes]
    assert words.decode(learnt) == "Love it\nWarm and quiet." + words.eos_token
    assert example.bytes == len("Love it\nWarm and quiet.")


def test_chinese_counts_in_bytes_and_names_its_language() -> None:
    review = {"text": "灯很亮，线太短。", "title": "", "rating": None, "product": None}
    assert header(review) == "Review\nLanguage: zh\n\n"
    assert encode(Document(source=review), tokenizer(), 100).bytes == len("灯很亮，线太短。".encode())


def test_of_a_task_example_only_the_marked_segments_are_learnt() -> None:
    words = tokenizer()
    document = Document(
        source={"segments": [["Name:", False], [" Warm lamp", True], ["\nPitch:", False], [" It", True]]}
    )
    example = encode(document, words, 100)
    learnt = [token for token, yes in zip(example.tokens, example.learn, strict=True) if yes]
    assert words.decode(learnt) == " Warm lamp It" + words.eos_token


def test_a_marker_inside_a_review_stays_text() -> None:
    words = tokenizer()
    example = encode(Document(source={"text": f"bad {words.eos_token} warm", "language": "en"}), words, 100)
    assert example.tokens.count(words.eos_token_id) == 1


def test_what_is_too_long_is_cut_and_its_bytes_with_it() -> None:
    document = Document(source={"text": "lamp " * 50, "language": "en"})
    whole, short = (encode(document, tokenizer(), length) for length in (200, 40))
    assert len(short.tokens) == 40
    assert 0 < short.bytes < whole.bytes


def test_copies_go_and_near_copies_stay_on_one_side(tmp_path: Path) -> None:
    rows = reviews(60)
    twins = [{**row, "id": "t", "text": f"{row['text']} Ok"} for row in rows[:20]]
    shouted = [{**row, "text": str(row["text"]).upper()} for row in rows[:5]]
    documents = read_documents(write_lines(tmp_path / "r.jsonl", rows + twins + shouted))
    assert len(documents) == 80
    corpus = split(documents, eval_share=0.2, seed=3)
    held = {str(document.source["title"]) for document in corpus.held_out}
    assert len(corpus.held_out) == pytest.approx(16, abs=2)
    assert not held & {str(document.source["title"]) for document in corpus.train}


def test_the_split_and_the_hash_ignore_the_order_of_the_file_but_not_the_words(tmp_path: Path) -> None:
    rows = reviews(30)
    one, other, changed = (
        split(read_documents(write_lines(tmp_path / "r.jsonl", some)), eval_share=0.1, seed=0)
        for some in (rows, rows[::-1], [*rows[1:], {**rows[0], "text": "Something else entirely."}])
    )
    assert one.sha256 == other.sha256 != changed.sha256
    assert [document.plain for document in one.held_out] == [document.plain for document in other.held_out]


def test_an_author_stays_on_one_side() -> None:
    documents = [Document(source=row, author=f"a{number % 10}") for number, row in enumerate(reviews(50))]
    corpus = split(documents, eval_share=0.2, seed=1)
    assert not {document.author for document in corpus.held_out} & {document.author for document in corpus.train}


def test_short_texts_group_only_if_alike() -> None:
    assert groups(["ok", "OK!", "no", "很好用", "很好用。", ""]) == [0, 0, 2, 3, 3, 5]


@pytest.mark.parametrize(
    ("content", "code"),
    [('{"text": 1}\n', "corpus_line"), ("no json\n", "corpus_line"), ('{"segments": [["a"]]}\n', "corpus_line")],
)
def test_a_bad_line_is_named(tmp_path: Path, content: str, code: str) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text(json.dumps(reviews(1)[0]) + "\n" + content)
    with pytest.raises(InputError, match="Line 2") as caught:
        read_documents(path)
    assert caught.value.code == code


def test_too_few_texts_cannot_be_split() -> None:
    with pytest.raises(InputError) as caught:
        split([Document(source=row) for row in reviews(5)], eval_share=0.1, seed=0)
    assert caught.value.code == "corpus_too_small"


def test_the_plan_keeps_to_its_budget_mixes_replay_and_wastes_little() -> None:
    words = tokenizer()
    train = Encoded([Document(source=row) for row in reviews(200)], words, 64)
    replay = Encoded([Document(source=row) for row in reviews(10, seed=9)], words, 64)
    settings = {"epochs": 2, "max_tokens": 6000, "batch_tokens": 400, "share": 0.25, "seed": 0}
    steps = plan(train, replay, **settings)
    lengths = [[len((train, replay)[which][index].tokens) for which, index in step] for step in steps]
    total = sum(map(sum, lengths))
    replayed = sum(len(replay[index].tokens) for step in steps for which, index in step if which)
    assert 6000 <= total < 6130
    assert replayed / total == pytest.approx(0.25, abs=0.02)
    assert all(max(step) * len(step) <= 400 for step in lengths)
    assert sum(max(step) * len(step) for step in lengths) / total < 1.05
    assert steps == plan(train, replay, **settings)
