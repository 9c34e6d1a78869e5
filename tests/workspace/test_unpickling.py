"""Nothing that is read back can run code: no pickles, in the source and in a model's folder."""

import ast
import pickle
from pathlib import Path

import pytest

from mlcore.errors import InputError
from mlcore.modelcard import checked, describe

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [path for room in ("accounts", "ideation", "mlcore") for path in sorted((ROOT / room).rglob("*.py"))]
MODULES = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "jsonpickle"}


def names(tree: ast.AST) -> set[str]:
    """Every module that is imported, and every dotted name that is called."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {one.name.partition(".")[0] for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
        elif isinstance(node, ast.Call):
            found.add(ast.unparse(node.func))
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_source_unpickles(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert names(tree) & (MODULES | {"torch.load", "eval", "exec", "yaml.load"}) == set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"np.load", "numpy.load"}:
            words = {word.arg: word.value for word in node.keywords}
            flag = words.get("allow_pickle")
            assert isinstance(flag, ast.Constant), (path, node.lineno)
            assert flag.value is False


class Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (self.target,)  # type: ignore[return-value]


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "adapter_model.bin"])
def test_a_folder_of_pickled_weights_is_refused_unread(name: str, tmp_path: Path) -> None:
    sprung = tmp_path / "sprung"
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text('{"model_type": "llama"}', encoding="utf-8")
    (folder / name).write_bytes(pickle.dumps(Trap(sprung)))
    for look in (checked, describe):
        with pytest.raises(InputError):
            look(folder)
    assert not sprung.exists()
