"""A server that speaks the OpenAI chat protocol: vLLM, llama.cpp's server, or a provider."""

import json
from concurrent.futures import ThreadPoolExecutor

import openai
from openai.types.chat import ChatCompletion

from mlcore.errors import InputError
from mlcore.specs.generate import BackendSpec

AT_ONCE = 8
RETRIES = 2
"""Of the client, with growing pauses: for lost connections, 408, 409, 429 and 5xx."""

STOPS = 4
"""The protocol takes no more stop strings; the rest are cut off here."""

CAUSES: tuple[tuple[type[Exception], str], ...] = (
    (openai.APITimeoutError, "endpoint_slow"),
    (openai.APIConnectionError, "endpoint_down"),
    (openai.AuthenticationError, "endpoint_refused"),
    (openai.PermissionDeniedError, "endpoint_refused"),
    (openai.NotFoundError, "endpoint_no_model"),
    (openai.RateLimitError, "endpoint_busy"),
    (openai.APIStatusError, "endpoint_status"),
)
"""(Error of the client, our code), narrow kinds before wide ones."""


class EndpointBackend:
    """Sends each prompt as one user message."""

    def __init__(self, spec: BackendSpec) -> None:
        self._spec = spec
        # The client insists on a key, and servers of one's own want none.
        self._client = openai.OpenAI(
            base_url=spec.url, api_key=spec.key or "none", timeout=spec.timeout, max_retries=RETRIES
        )
        self.tokens = 0

    @property
    def name(self) -> str:
        return self._spec.model

    @property
    def languages(self) -> tuple[str, ...]:
        return self._spec.languages

    def complete(
        self, prompts: list[str], *, max_tokens: int, stop: list[str], temperature: float, top_p: float, seed: int
    ) -> list[str]:
        """One answer a prompt, in order. Raises InputError with a code per cause: down, slow, refused, and so on."""

        def ask(index: int) -> tuple[str, int]:
            return self._ask(prompts[index], max_tokens, stop, temperature, top_p, seed + index)

        with ThreadPoolExecutor(max_workers=min(AT_ONCE, self._spec.batch)) as pool:
            answers = list(pool.map(ask, range(len(prompts))))
        self.tokens += sum(tokens for _text, tokens in answers)
        return [text for text, _tokens in answers]

    def _ask(
        self, prompt: str, max_tokens: int, stop: list[str], temperature: float, top_p: float, seed: int
    ) -> tuple[str, int]:
        try:
            answer = self._client.chat.completions.create(
                model=self._spec.model,
                messages=[{"role": "user", "content": prompt}],
                max_tokens=max_tokens,
                stop=stop[:STOPS] or None,
                temperature=temperature,
                top_p=top_p,
                seed=seed,
            )
        except (openai.OpenAIError, json.JSONDecodeError, UnicodeDecodeError) as error:
            raise self._explained(error) from error
        text = self._content(answer)
        # A server that doesn't count is charged what it was allowed.
        return _cut(text, stop), getattr(answer.usage, "completion_tokens", None) or max_tokens

    def _content(self, answer: object) -> str:
        """The text of an answer, whose form the client does not check."""
        if isinstance(answer, ChatCompletion) and answer.choices:
            message = getattr(answer.choices[0], "message", None)
            content = getattr(message, "content", None)
            if isinstance(content, str):
                return content
        raise InputError("endpoint_garbled", url=self._spec.url)

    def _explained(self, error: Exception) -> InputError:
        """The first cause that fits; a body that is no JSON comes as an error of the parser's own."""
        code = next((code for kind, code in CAUSES if isinstance(error, kind)), "endpoint_garbled")
        return InputError(
            code,
            url=self._spec.url,
            seconds=f"{self._spec.timeout:g}",
            model=self._spec.model,
            status=getattr(error, "status_code", ""),
        )


def _cut(text: str, stop: list[str]) -> str:
    places = [place for mark in stop if (place := text.find(mark)) >= 0]
    return text[: min(places)] if places else text
