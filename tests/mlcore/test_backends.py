"""Writing: greedy, sampled, batched, stopped; and what a server can answer that is no answer."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import torch

from mlcore.backends import endpoint as endpoint_module
from mlcore.backends import open_backend
from mlcore.backends.local import LocalBackend
from mlcore.errors import InputError
from mlcore.specs.generate import BackendSpec
from tests.mlcore.models import tiny_gpt2

GREEDY = {"stop": [], "temperature": 0.0, "top_p": 1.0, "seed": 0}
DRAWN = {"stop": [], "temperature": 1.0, "top_p": 0.9, "seed": 7}
PROMPTS = ["The lamp", "My daughter would love a kettle that hums in winter", "Lid", "The lamp is bright", ""]


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> LocalBackend:
    folder = tmp_path_factory.mktemp("base")
    backend = open_backend(BackendSpec(base=str(tiny_gpt2(folder / "tiny")), models=folder, batch=2))
    assert isinstance(backend, LocalBackend)
    return backend


def test_greedy_writes_what_transformers_writes_batch_or_not(backend: LocalBackend) -> None:
    texts = backend.complete(PROMPTS, max_tokens=12, **GREEDY)
    assert texts == [backend.complete([prompt], max_tokens=12, **GREEDY)[0] for prompt in PROMPTS]
    for prompt, text in zip(PROMPTS[:4], texts, strict=False):
        ids = backend.tokenizer(prompt, return_tensors="pt").input_ids
        mask = torch.ones_like(ids)
        whole = backend.model.generate(ids, attention_mask=mask, max_new_tokens=12, do_sample=False)
        expected = backend.tokenizer.decode(whole[0, ids.shape[1] :], skip_special_tokens=True)
        assert text == expected.rstrip("\ufffd")


def test_a_row_is_drawn_by_its_own_seed(backend: LocalBackend) -> None:
    first = backend.complete(["The lamp"] * 3, max_tokens=12, **DRAWN)
    assert first == backend.complete(["The lamp"] * 3, max_tokens=12, **DRAWN)
    assert len(set(first)) == 3
    assert backend.complete(["The lamp"], max_tokens=12, **{**DRAWN, "seed": 9}) == first[2:]


def test_a_beginning_that_prompts_share_is_read_once_and_changes_nothing(backend: LocalBackend) -> None:
    brief = "Brief: " + "a lamp that folds and lasts; " * 8
    prompts = [brief + end for end in ("Name:", "Pitch: a warm", "Name:")]
    texts = backend.complete(prompts, max_tokens=10, **GREEDY)
    assert texts == [backend.complete([prompt], max_tokens=10, **GREEDY)[0] for prompt in prompts]


def test_text_ends_before_the_stop_string(backend: LocalBackend) -> None:
    whole = backend.complete(["The lamp"], max_tokens=12, **GREEDY)[0]
    stop = whole[4:6]
    assert (
        backend.complete(["The lamp"], max_tokens=12, **{**GREEDY, "stop": ["zzz", stop]})[0]
        == whole[: whole.find(stop)]
    )


Answer = Callable[[BaseHTTPRequestHandler, dict[str, object]], None]


class Server(ThreadingHTTPServer):
    answer: Answer
    asked: list[dict[str, object]]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(endpoint_module, "RETRIES", 0)

    class Handler(BaseHTTPRequestHandler):
        server: Server

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.server.asked.append(body | {"authorization": self.headers["Authorization"]})
            self.server.answer(self, body)

        def log_message(self, *arguments: object) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def spec_for(server: Server, **settings: object) -> BackendSpec:
    port = server.server_address[1]
    values = {"kind": "endpoint", "url": f"http://127.0.0.1:{port}/v1", "model": "m", "key": "secret"} | settings
    return BackendSpec(**values)


def reply(status: int, body: str, kind: str = "application/json") -> Answer:
    def answer(handler: BaseHTTPRequestHandler, _: dict[str, object]) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body.encode())))
        handler.end_headers()
        handler.wfile.write(body.encode())

    return answer


def echo(handler: BaseHTTPRequestHandler, body: dict[str, object]) -> None:
    prompt = body["messages"][0]["content"]  # type: ignore[index]
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": f"{prompt}!\nmore"}}
    answer = {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}
    reply(200, json.dumps(answer))(handler, body)


def test_a_server_answers_each_prompt_in_order(server: Server) -> None:
    server.answer = echo
    backend = open_backend(spec_for(server))
    prompts = [f"prompt {number}" for number in range(20)]
    settings = {"stop": ["a", "b", "c", "d", "\n"], "temperature": 0.5, "top_p": 0.9, "seed": 3}
    assert backend.complete(prompts, max_tokens=5, **settings) == [f"{prompt}!" for prompt in prompts]
    assert (backend.name, backend.languages) == ("m", ("en", "zh"))
    one = next(body for body in server.asked if body["messages"] == [{"role": "user", "content": "prompt 4"}])
    assert (one["seed"], one["max_tokens"], one["authorization"]) == (7, 5, "Bearer secret")
    assert len(one["stop"]) == 4  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (reply(200, "<html>Sign in</html>", "text/html"), "endpoint_garbled"),
        (reply(200, '{"choices": [{"mess'), "endpoint_garbled"),
        (reply(200, "{}"), "endpoint_garbled"),
        (reply(200, '{"choices": [{"message": {"content": null}}]}'), "endpoint_garbled"),
        (reply(200, '{"choices": ["x"]}'), "endpoint_garbled"),
        (reply(200, "[]"), "endpoint_garbled"),
        (reply(401, '{"error": {"message": "bad key"}}'), "endpoint_refused"),
        (reply(404, '{"error": {"message": "no model"}}'), "endpoint_no_model"),
        (reply(429, "{}"), "endpoint_busy"),
        (reply(500, "oops", "text/plain"), "endpoint_status"),
    ],
)
def test_every_bad_answer_has_its_sentence(server: Server, answer: Answer, code: str) -> None:
    server.answer = answer
    with pytest.raises(InputError) as caught:
        open_backend(spec_for(server)).complete(["x"], max_tokens=5, **GREEDY)
    assert caught.value.code == code
    assert "secret" not in str(caught.value)


def test_a_server_that_is_slow_or_down_is_named(server: Server) -> None:
    waiting = threading.Event()
    server.answer = lambda handler, body: waiting.wait(5) and echo(handler, body)
    with pytest.raises(InputError) as caught:
        open_backend(spec_for(server, timeout=0.2)).complete(["x"], max_tokens=5, **GREEDY)
    waiting.set()
    assert caught.value.code == "endpoint_slow"
    with pytest.raises(InputError) as caught:
        open_backend(spec_for(server, url="http://127.0.0.1:9/v1")).complete(["x"], max_tokens=5, **GREEDY)
    assert caught.value.code == "endpoint_down"


@pytest.mark.parametrize("url", ["", "gpu:8000", "ftp://gpu/v1", "file:///etc/passwd"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InputError) as caught:
        BackendSpec(kind="endpoint", url=url)
    assert caught.value.code == "endpoint_address"


def test_the_key_is_not_printed() -> None:
    assert "secret" not in repr(BackendSpec(kind="endpoint", url="http://gpu/v1", key="secret"))


def test_written_tokens_are_counted_by_the_model_and_by_the_server(backend: LocalBackend, server: Server) -> None:
    before = backend.tokens
    backend.complete(["The lamp", "Lid"], max_tokens=5, **GREEDY)
    assert 0 < backend.tokens - before <= 10
    server.answer = reply(
        200, json.dumps({"choices": [{"message": {"content": "Hi"}}], "usage": {"completion_tokens": 3}})
    )
    counted = open_backend(spec_for(server))
    counted.complete(["a", "b"], max_tokens=9, **GREEDY)
    assert counted.tokens == 6
    server.answer = reply(200, json.dumps({"choices": [{"message": {"content": "Hi"}}]}))
    silent = open_backend(spec_for(server))
    silent.complete(["a", "b"], max_tokens=9, **GREEDY)
    assert silent.tokens == 18
