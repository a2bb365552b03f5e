from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

WRITE = "import sys, pathlib, campaign; campaign.write_campaign(pathlib.Path(sys.argv[1]), {})"


def _written(root: Path, folder: Path, arguments: str) -> Path:
    environ = os.environ | {"PYTHONPATH": str(root / "benchmarks"), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "-c", WRITE.format(arguments), str(folder)], check=True, env=environ)
    return folder / "pipeline.yaml"


@pytest.mark.parametrize(
    ("arguments", "totals"),
    [("400", {"instances": 400, "render": 200, "local": 200}), ("200, step=False", {"instances": 200, "render": 200})],
)
def test_a_benchmark_campaign_has_as_many_instances_as_were_asked_for(
    root: Path, tmp_path: Path, arguments: str, totals: dict[str, int]
) -> None:
    pipeline = _written(root, tmp_path, arguments)

    command = [sys.executable, "-m", "callsheet.cli.main", "plan", str(pipeline), "--json"]
    planned = subprocess.run(command, check=True, capture_output=True, text=True).stdout

    assert totals.items() <= json.loads(planned)["totals"].items()


@pytest.fixture
def provider(root: Path) -> Iterator[str]:
    command = [sys.executable, str(root / "benchmarks" / "provider.py"), "0"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
        process.stdin.close()


def test_the_provider_of_the_benchmarks_makes_a_file_of_its_own_for_each_request(provider: str) -> None:
    with httpx.Client() as client:
        requests = [client.post(f"{provider}/models/a/b", json={}).json()["request_id"] for _ in range(2)]
        states = [client.get(f"{provider}/requests/{request}/status").json()["status"] for request in requests]
        results = [client.get(f"{provider}/requests/{request}/result").json() for request in requests]
        files = [client.get(result["output"]["video"]).content for result in results]

    assert states == ["completed", "completed"]
    assert [file[4:8] for file in files] == [b"ftyp", b"ftyp"]
    assert files[0] != files[1]
