"""A model on this machine, with or without an adapter."""

from typing import Any

from peft import PeftModel

from mlcore.basemodels import describe, load, resolve
from mlcore.generate import write
from mlcore.specs.generate import BackendSpec


class LocalBackend:
    """Loads the model once and keeps it; an adapter is merged into the weights, since that writes faster."""

    def __init__(self, spec: BackendSpec) -> None:
        path = resolve(spec.base, spec.models)
        self._description = describe(path)
        model: Any
        model, self.tokenizer = load(path, spec.adapter)
        self.model = model.merge_and_unload() if isinstance(model, PeftModel) else model
        self._batch = spec.batch
        self._adapter = spec.adapter.name if spec.adapter else ""
        self.tokens = 0

    @property
    def name(self) -> str:
        return f"{self._description.name}+{self._adapter}" if self._adapter else self._description.name

    @property
    def languages(self) -> tuple[str, ...]:
        return self._description.languages

    def complete(
        self, prompts: list[str], *, max_tokens: int, stop: list[str], temperature: float, top_p: float, seed: int
    ) -> list[str]:
        """See `mlcore.generate.write`: greedy at temperature 0, row i drawn from seed + i."""
        written = write(
            self.model,
            self.tokenizer,
            prompts,
            max_tokens=max_tokens,
            stop=stop,
            temperature=temperature,
            top_p=top_p,
            seed=seed,
            batch=self._batch,
        )
        self.tokens += sum(tokens for _text, tokens in written)
        return [text for text, _tokens in written]
