"""The command line: every verb, its words, its exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from callsheet import __version__
from callsheet.cli.dispatch import VERBS
from callsheet.shipped import shipped

SMALL = """\
callsheet: 1
name: shop
seed: 7
nodes:
  shot: {route: wan-ai/wan-2-7/text-to-video, input: {prompt: A bottle., duration: 2}}
"""


def test_version_says_the_version_and_imports_nothing_to_do_so(project) -> None:
    assert project.run("--version").stdout == f"callsheet {__version__}\n"
    code = "import sys; from callsheet.cli.main import run; run(['--version']); print(len([m for m in sys.modules if '.' not in m]))"
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    bare = subprocess.run(
        [sys.executable, "-c", "import sys; print(len([m for m in sys.modules if '.' not in m]))"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert int(finished.stdout.splitlines()[-1]) <= int(bare.stdout) + 2


def test_help_lists_every_verb_and_imports_no_heavy_library(project) -> None:
    finished = project.run("--help")
    assert finished.exit_code == 0
    for verb in VERBS:
        assert f"\n  {verb} " in finished.stdout
    code = (
        "import sys; from callsheet.cli.main import run; run(['--help'])\n"
        "print([m for m in ('httpx', 'networkx', 'jinja2', 'rich', 'pydantic', 'yaml', 'av', 'PIL') if m in sys.modules])"
    )
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert finished.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_explains_itself_with_an_example(project, verb) -> None:
    finished = project.run(verb, "--help")
    assert finished.exit_code == 0
    assert f"Usage: callsheet {verb} " in finished.stdout
    assert "Example:" in finished.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["plann"], "callsheet: no such command 'plann'. Did you mean 'plan', 'explain'?\ntry `callsheet --help`\n"),
        (["plan"], "callsheet: missing argument 'FILE'\ntry `callsheet plan --help`\n"),
        (["plan", "a.yaml", "--simulat"], "callsheet: no such option: --simulat"),
        (["run", "a.yaml", "--concurrency", "0"], "callsheet: "),
        (
            ["plan", "pipeline.yaml", "--param", "product"],
            "error: `--param product` is not of the form K=V [bad-option]\n",
        ),
    ],
)
def test_a_bad_command_line_exits_64(project, words, said) -> None:
    project.write({"pipeline.yaml": SMALL})
    finished = project.run(*words)
    assert finished.exit_code == 64
    assert finished.stderr.startswith(said)


def test_a_file_that_is_not_there_exits_65(project) -> None:
    finished = project.run("plan", "nowhere.yaml")
    assert (finished.exit_code, finished.stdout) == (65, "")
    assert "nowhere.yaml" in finished.stderr


def test_a_plan_writes_nothing(project) -> None:
    project.write({"pipeline.yaml": SMALL})
    assert project.run("plan", "pipeline.yaml", "--simulate").exit_code == 0
    assert [path.name for path in project.folder.iterdir()] == ["pipeline.yaml"]


def test_a_plan_as_text_is_a_screen_of_80_columns(project) -> None:
    project.write({"pipeline.yaml": SMALL})
    assert project.run("plan", "pipeline.yaml", "--simulate").stdout == (
        "shop  1 instance on simulator\n"
        "\n"
        "shot  wan-ai/wan-2-7/text-to-video\n"
        "  render   shot  0.16 USD  never rendered\n"
        "\n"
        "1 to render (0.16 USD estimated; simulated, costs nothing), 0 local, 0 cached\n"
    )


def test_problems_are_one_json_document_when_json_is_asked_for(project) -> None:
    project.write({"pipeline.yaml": SMALL.replace("seed:", "sead:")})
    finished = project.run("plan", "pipeline.yaml", "--json")
    assert finished.exit_code == 65
    assert finished.json == {
        "problems": [
            {
                "code": "unknown-key", "severity": "error", "message": finished.json["problems"][0]["message"],
                "file": "pipeline.yaml", "line": 3, "column": 1, "end_line": 3, "end_column": 5, "instance": None,
                "hint": "did you mean `seed`?",
                "fix": {
                    "file": "pipeline.yaml", "line": 3, "column": 1, "end_line": 3, "end_column": 5, "text": "seed",
                },
                "also": [],
            }
        ],
        "exit_code": 65,
    }  # fmt: skip


def test_validate_lists_the_problems_of_several_files_with_stable_codes_places_and_fixes(project) -> None:
    project.write(
        {"a.yaml": SMALL.replace("prompt", "promt"), "b.yaml": SMALL, "c.yaml": SMALL.replace("name: shop\n", "")}
    )
    finished = project.run("validate", "a.yaml", "b.yaml", "c.yaml", "--json")
    assert finished.exit_code == 65
    assert [(one["file"], one["code"], one["line"]) for one in finished.json["problems"]] == [
        ("a.yaml", "unknown-input", 5),
        ("c.yaml", "missing-key", 1),
    ]
    assert project.run("validate", "b.yaml").stdout == "1 file checked: no problems\n"


def test_init_writes_a_pipeline_that_runs_and_overwrites_nothing(project) -> None:
    finished = project.run("init", "mine")
    assert finished.stdout == (
        "wrote pipeline.yaml, callsheet.toml, .gitignore, .gitattributes to mine\nnext: callsheet run mine/pipeline.yaml --simulate\n"
    )
    assert project.run("validate", "mine/pipeline.yaml").stdout == "1 file checked: no problems\n"
    assert len(project.plan(file="mine/pipeline.yaml")) == 6
    assert project.run("init", "mine").exit_code == 65


def test_graph_draws_mermaid_and_dot(project) -> None:
    project.run("init", ".")
    assert project.run("graph", "pipeline.yaml").stdout == (
        "flowchart LR\n"
        '  shot(["shot<br/>wan-ai/wan-2-7/text-to-video × 4"])\n'
        '  reel["reel<br/>concat × 2"]\n'
        "  shot --> reel\n"
    )
    assert project.run("graph", "pipeline.yaml", "--format", "dot").stdout == (
        'digraph "first-light" {\n'
        "  rankdir=LR;\n"
        '  node [fontname="sans-serif"];\n'
        '  shot [shape=ellipse, label="shot\\nwan-ai/wan-2-7/text-to-video × 4"];\n'
        '  reel [shape=box, label="reel\\nconcat × 2"];\n'
        "  shot -> reel;\n"
        "}\n"
    )


def test_routes_list_and_show_one_by_either_spelling(project) -> None:
    assert len(project.run("routes").stdout.splitlines()) == 6
    one = project.run("routes", "happyhorse/happyhorse-1-0/image-to-video", "--json").json
    assert one["id"] == "happyhorse/happyhorse-1.0/image-to-video"
    assert one["price"] is None
    assert "price: unknown" in project.run("routes", one["id"]).stdout
    assert project.run("routes", "happyhorse/happyhorse").exit_code == 65


def test_intents_and_steps_are_listed(project) -> None:
    assert [one["name"] for one in project.run("intents", "--json").json["intents"]] == [
        "portrait", "product-reveal", "ambient-audio", "lip-sync", "dub", "multi-modal", "brand-narrative", "default",
    ]  # fmt: skip
    assert [one["name"] for one in project.run("steps", "--json").json["steps"]] == [
        "caption", "concat", "contact_sheet", "export", "first_frame", "frame", "last_frame", "loop", "loudness",
        "mix_audio", "overlay", "poster", "probe", "reframe", "replace_audio", "side_by_side", "speed", "split_audio",
        "still", "trim",
    ]  # fmt: skip
    lines = project.run("steps").stdout.splitlines()
    assert lines[2] == "contact_sheet  Lay out a contact sheet"
    assert project.run("steps", "concat", "--json").json["version"] == 1


def test_schema_prints_the_schema_of_the_language(project) -> None:
    schema = project.run("schema").json
    assert schema == json.loads(shipped("schemas").joinpath("pipeline.schema.json").read_text(encoding="utf-8"))
    assert schema["required"] == ["callsheet", "name", "nodes"]


def test_cache_stats_counts_the_store_of_a_project(project) -> None:
    project.write({"pipeline.yaml": SMALL})
    assert project.run("cache", "stats", "--json").json == {"files": 0, "bytes": 0}
    run = project.run("run", "pipeline.yaml", "--simulate", "--json").json
    assert project.run("cache", "stats", "--json").json == {
        "files": 1, "bytes": run["instances"][0]["outputs"][0]["bytes"],
    }  # fmt: skip


def test_gallery_makes_a_page_of_the_last_run_and_says_what_to_do_where_there_is_none(project) -> None:
    project.write({"pipeline.yaml": SMALL})
    assert (
        "help: run `callsheet run pipeline.yaml --simulate` first"
        in project.run("gallery", "pipeline.yaml", "--simulate").stderr
    )
    project.run("run", "pipeline.yaml", "--simulate")
    assert project.run("gallery", "pipeline.yaml", "--simulate").stdout == "previews/index.html\n"
    assert "pipeline/shot.mp4" in project.read("previews/index.html")


def test_a_settings_file_with_mistakes_names_each_of_them(project) -> None:
    project.write({
        "pipeline.yaml": SMALL,
        "callsheet.toml": '[provider]\nbaze = "x"\n[concurrency]\n"a/b" = 0\n[runn]\n',
    })  # fmt: skip
    assert project.refusal() == (
        "error: `callsheet.toml`: `provider` has no `baze` [bad-settings]\n"
        "  help: did you mean `base`?\n"
        'error: `callsheet.toml`: `concurrency."a/b"` must be a whole number from 1 [bad-settings]\n'
        "error: `callsheet.toml`: there is no table `[runn]` [bad-settings]\n"
        "  help: did you mean `run`?\n"
        "3 errors\n"
    )


BOMBS = [
    "{{ ''.__class__ }}", "{{ ''['__class__'].__mro__ }}", "{{ ''|attr('__class__') }}", "{{ range(10**9) }}",
    "{{ 'a' * 10**9 }}", "{{ '%1000000000d' % 1 }}", "{{ '{:1000000000}'.format(1) }}", "{{ 10**10**8 }}",
    "{{ 'a'|center(10**9) }}",
]  # fmt: skip


@pytest.mark.parametrize("bomb", [*BOMBS, "yaml"])
def test_a_bomb_ends_as_an_ordinary_error_within_a_second_and_200_mb(project, child_python, bomb) -> None:
    if bomb == "yaml":
        levels = [f"l{number}: &l{number} [{', '.join([f'*l{number - 1}'] * 10)}]" for number in range(1, 12)]
        text = "callsheet: 1\nname: shop\nl0: &l0 [x, x]\n" + "\n".join(levels) + "\n"
    else:
        text = SMALL.replace("A bottle.", json.dumps(bomb))
    project.write({"pipeline.yaml": text})
    finished = child_python(
        "import time; from callsheet.cli.main import run\n"
        "print(run(['plan', 'pipeline.yaml', '--simulate']), peak_bytes() < 200_000_000, time.process_time() < 1.0)"
    )
    assert finished.stdout.split() == ["65", "True", "True"], finished.stderr[:600]
    assert finished.stderr.startswith("pipeline.yaml:")


def test_a_bug_of_ours_exits_70_and_says_so(project) -> None:
    code = (
        "import sys; from callsheet.cli import dispatch\n"
        "dispatch.VERBS = {'nothing': ''}\n"
        "sys.exit(dispatch.dispatch(['nothing']))"
    )
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert finished.returncode == 70
    assert finished.stderr.endswith("Please report it with the lines above\n")


def test_no_color_and_pipes_get_plain_text(project) -> None:
    project.write({"pipeline.yaml": SMALL})
    finished = subprocess.run(
        [sys.executable, "-m", "callsheet", "plan", "pipeline.yaml", "--simulate"],
        env={**os.environ, "NO_COLOR": "1"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "\x1b" not in finished.stdout + finished.stderr


def test_a_step_tells_what_it_makes_and_how(project) -> None:
    lines = project.run("steps", "split_audio").stdout.splitlines()
    assert lines[:4] == ["split_audio (version 1)", "Split a voice at its pauses", "makes audio", ""]
    assert lines[4].startswith("Cuts a long voice into as few parts as a limit allows")
    assert project.run("steps", "loudness").stdout.splitlines()[2] == "makes video, or audio where `audio` is given"
    assert project.run("steps", "loudness", "--json").json["makes_given"] == {"audio": "audio"}
