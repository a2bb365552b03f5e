"""An editor as the language server sees one: it opens files, asks for completions and hovers, and is sent diagnostics."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from callsheet.shipped import shipped

ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / ".venv-editor" / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
SETTINGS: Mapping[str, object] = {
    "yaml": {
        "validate": True,
        "completion": True,
        "hover": True,
        "schemaStore": {"enable": False},
        "disableDefaultProperties": True,
    },
    "http": {},
    "[yaml]": {},
    "editor": {},
    "files": {},
}


class Editor:
    """Speaks the Language Server Protocol over the server's standard input and output."""

    def __init__(self, server: subprocess.Popen[bytes], folder: Path) -> None:
        assert server.stdin is not None
        assert server.stdout is not None
        self._to, self._from = server.stdin, server.stdout
        self._ids = count(1)
        self._folder = folder
        self._diagnostics: dict[str, list[dict[str, Any]]] = {}
        self._ask("initialize", {"processId": None, "rootUri": folder.as_uri(), "capabilities": _CAPABILITIES})
        self._tell("initialized", {})

    def problems(self, text: str) -> list[str]:
        """What is underlined in a pipeline: line, the text that is underlined, the message."""
        return self._problems(self._open(text), text)

    def problems_in(self, file: Path) -> list[str]:
        """The same of a file where it lies."""
        text = file.read_text(encoding="utf-8")
        return self._problems(self._open_as(file, text), text)

    def completions(self, text: str) -> dict[str, str]:
        """What is offered where `|` stands: label and documentation."""
        uri, position = self._open_at(text)
        answer = self._ask("textDocument/completion", {"textDocument": {"uri": uri}, "position": position})
        items = answer["items"] if isinstance(answer, dict) else answer
        return {item["label"]: _plain(item.get("documentation")) for item in items}

    def hover(self, text: str) -> str:
        """What is shown where `|` stands."""
        uri, position = self._open_at(text)
        answer = self._ask("textDocument/hover", {"textDocument": {"uri": uri}, "position": position})
        return "" if answer is None else _plain(answer["contents"])

    def close(self) -> None:
        self._ask("shutdown", None)
        self._tell("exit", None)

    def _problems(self, uri: str, text: str) -> list[str]:
        while uri not in self._diagnostics:
            self._take(self._read())
        lines = text.splitlines()
        found = []
        for one in self._diagnostics[uri]:
            start, end = one["range"]["start"], one["range"]["end"]
            last = end["character"] if end["line"] == start["line"] else None
            found.append(f"{start['line'] + 1}: {lines[start['line']][start['character'] : last]}: {one['message']}")
        return sorted(found)

    def _open_at(self, text: str) -> tuple[str, dict[str, int]]:
        before, after = text.split("|")
        position = {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}
        return self._open(before + after), position

    def _open(self, text: str) -> str:
        return self._open_as(self._folder / f"pipeline-{next(self._ids)}.yaml", text)

    def _open_as(self, file: Path, text: str) -> str:
        document = {"uri": file.as_uri(), "languageId": "yaml", "version": 1, "text": text}
        self._tell("textDocument/didOpen", {"textDocument": document})
        return file.as_uri()

    def _ask(self, method: str, params: object) -> Any:
        asked = next(self._ids)
        self._write({"id": asked, "method": method, "params": params})
        while True:
            message = self._read()
            if message.get("id") == asked and "method" not in message:
                assert "error" not in message, message
                return message["result"]
            self._take(message)

    def _tell(self, method: str, params: object) -> None:
        self._write({"method": method, "params": params})

    def _take(self, message: Mapping[str, Any]) -> None:
        """A message that is no answer: remembers diagnostics, answers what the server asks."""
        if message.get("method") == "textDocument/publishDiagnostics":
            self._diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif message.get("method") == "workspace/configuration":
            wanted = [item.get("section", "") for item in message["params"]["items"]]
            self._write({"id": message["id"], "result": [SETTINGS.get(section) for section in wanted]})
        elif "id" in message and "method" in message:
            self._write({"id": message["id"], "result": None})

    def _write(self, message: Mapping[str, object]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._to.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._to.flush()

    def _read(self) -> dict[str, Any]:
        length = 0
        while line := self._from.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        assert length, "the language server has ended"
        message: dict[str, Any] = json.loads(self._from.read(length))
        return message


_CAPABILITIES = {
    "workspace": {"configuration": True},
    "textDocument": {
        "hover": {"contentFormat": ["plaintext"]},
        "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["plaintext"]}},
    },
}


def _plain(text: object) -> str:
    return str(text["value"]) if isinstance(text, Mapping) else str(text or "")


@pytest.fixture(scope="session")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """The server from `.venv-editor`, with `schemas/pipeline.schema.json` in its folder under the same name."""
    folder = tmp_path_factory.mktemp("editor")
    shutil.copy(shipped("schemas") / "pipeline.schema.json", folder)
    with subprocess.Popen(
        ["node", str(SERVER), "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder
    ) as server:
        started = Editor(server, folder)
        yield started
        started.close()
