from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest

from callsheet.makers.remote.token import Secret, find_token
from callsheet.problems import AccessFault


def write(path: Path, content: object, mode: int = 0o600) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
    path.chmod(mode)


def found(environ: dict[str, str], home: Path) -> str | None:
    secret = find_token(environ, home)
    return secret.reveal() if secret else None


def test_the_environment_comes_before_the_file(tmp_path: Path) -> None:
    write(tmp_path / ".config" / "runcomfy" / "token.json", {"access_token": "from-file"})
    assert found({"RUNCOMFY_TOKEN": " from-environment\n"}, tmp_path) == "from-environment"
    assert found({"RUNCOMFY_TOKEN": ""}, tmp_path) == "from-file"
    assert found({}, tmp_path) == "from-file"


def test_the_folder_of_the_file_can_be_moved(tmp_path: Path) -> None:
    write(tmp_path / "xdg" / "runcomfy" / "token.json", {"access_token": "from-xdg"})
    write(tmp_path / "own" / "token.json", {"access_token": "from-own"})
    xdg = {"XDG_CONFIG_HOME": str(tmp_path / "xdg")}
    assert found(xdg, tmp_path) == "from-xdg"
    assert found(xdg | {"RUNCOMFY_CONFIG_DIR": str(tmp_path / "own")}, tmp_path) == "from-own"


def test_without_either_there_is_none(tmp_path: Path) -> None:
    assert find_token({}, tmp_path) is None


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / ".config" / "runcomfy" / "token.json"
    write(path, {"access_token": "from-file"}, mode)
    with pytest.raises(AccessFault) as caught:
        find_token({}, tmp_path)
    assert str(caught.value) == (
        f"error: `{path}` holds a token and others can read it [token-file-open]\n  help: `chmod 600 {path}`"
    )


@pytest.mark.parametrize("content", [{}, [], {"access_token": 7}, {"access_token": " "}, "x"])
def test_a_file_without_a_token_is_said(tmp_path: Path, content: object) -> None:
    path = tmp_path / ".config" / "runcomfy" / "token.json"
    write(path, content)
    with pytest.raises(AccessFault) as caught:
        find_token({}, tmp_path)
    assert str(caught.value) == (
        f"error: `{path}` holds no `access_token` [token-file-malformed]\n  help: log in again, or set `RUNCOMFY_TOKEN`"
    )


@pytest.mark.parametrize("text", ["two words", "line\nbreak", "ümlaut", ""])
def test_what_no_token_looks_like_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(AccessFault) as caught:
        Secret(text)
    assert str(caught.value) == (
        "error: the token holds characters that no token has [token-unusable]\n  help: copy it anew, on one line"
    )


def test_a_secret_is_shown_nowhere() -> None:
    secret = Secret("canary-1")
    assert [str(secret), repr(secret), f"{secret}", repr([secret])] == [
        "Secret([token])",
        "Secret([token])",
        "Secret([token])",
        "[Secret([token])]",
    ]
    assert secret.hide_in("Bearer canary-1!") == "Bearer [token]!"
    with pytest.raises(TypeError):
        pickle.dumps(secret)
