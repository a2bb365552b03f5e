"""LANGUAGE.md: `text.<key>` is looked up in the instance's language, then along CLDR parent locales."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from callsheet.document.load import load
from callsheet.document.locales import parents
from callsheet.document.model import AxisIds, Document
from callsheet.document.record import Record
from callsheet.document.template import compile_value
from callsheet.document.text import load_text
from callsheet.problems import DataFault

PIPELINE = """callsheet: 1
name: words
params: {{product: Borealis, seconds: 5, note: {{type: text, default: "{{look}}"}}}}
axes:
  look: {{dawn: {{light: warm sun}}, dusk: {{}}}}
  language: [{languages}]
text: {{files: "text/{{language}}.yaml", axis: language{fallback}}}
nodes:
  captioned:
    step: caption
    over: [look, language]
    input: {{text: "{{{{ {template} }}}}", video: clip.mp4}}
"""
LOOKS = {"look": Record("dawn", {"light": "warm sun"})}


def campaign(
    folder: Path, languages: str, files: Mapping[str, str], fallback: str | None = None, template: str = "text.tagline"
) -> Document:
    (folder / "text").mkdir()
    for name, text in files.items():
        (folder / "text" / f"{name}.yaml").write_text(text, encoding="utf-8")
    path = folder / "pipeline.yaml"
    set_fallback = f", fallback: {fallback}" if fallback else ""
    path.write_text(PIPELINE.format(languages=languages, fallback=set_fallback, template=template), encoding="utf-8")
    return load(path, shown="ads/pipeline.yaml")


def said(document: Document, language: str | None) -> object:
    """What the node's `text` field renders to in one language."""
    languages = document.axes["language"].source
    given = document.nodes["captioned"].input
    assert isinstance(languages, AxisIds)
    assert given is not None
    messages = load_text(document, [item.written for item, _ in languages.entries])
    scope = {**LOOKS, "text": messages.lookup(language, LOOKS, document.params)}
    return compile_value(given.mapping["text"]).render(scope)


def fault(document: Document, language: str | None) -> str:
    with pytest.raises(DataFault) as caught:
        said(document, language)
    return str(caught.value)


def test_text_is_looked_up_in_the_instances_language(tmp_path: Path) -> None:
    files = {"en": "tagline: Light, bottled.\n", "de": "tagline: Licht in Flaschen.\n"}
    document = campaign(tmp_path, "en, de", files)
    assert said(document, "en") == "Light, bottled."
    assert said(document, "de") == "Licht in Flaschen."


def test_messages_can_be_grouped(tmp_path: Path) -> None:
    document = campaign(tmp_path, "en", {"en": "cta:\n  short: Buy {product}\n"}, template="text.cta.short")
    assert said(document, "en") == "Buy Borealis"


def test_messages_interpolate_names_from_the_axis_records_and_params(tmp_path: Path) -> None:
    text = "tagline: '{product} in {look} ({look.light}), {seconds} s {{sic}}'\n"
    document = campaign(tmp_path, "en", {"en": text})
    assert said(document, "en") == "Borealis in dawn (warm sun), 5 s {sic}"


def test_interpolated_values_are_never_interpolated_or_rendered_again(tmp_path: Path) -> None:
    files = {"en": "tagline: 'a {note} b'\n", "de": "tagline: '{{{{ params.product }}}}'\n"}
    document = campaign(tmp_path, "en, de", files)
    assert said(document, "en") == "a {look} b"
    assert said(document, "de") == "{{ params.product }}"


def test_a_name_that_a_message_cant_know_is_an_error_in_the_message_file(tmp_path: Path) -> None:
    document = campaign(tmp_path, "en", {"en": "cta: x\ntagline: Get {prodct} now\n"})
    assert fault(document, "en") == (
        "ads/text/en.yaml:2:14: error: message `tagline` names `prodct`, which is neither a param nor an axis of this "
        "node [message-name]\n"
        "  2 | tagline: Get {prodct} now\n"
        "    |              ^^^^^^^^\n"
        "  help: did you mean `product`?"
    )


def test_an_unknown_field_of_a_record_is_an_error_in_the_message_file(tmp_path: Path) -> None:
    document = campaign(tmp_path, "en", {"en": "tagline: In {look.ligth}\n"})
    assert fault(document, "en") == (
        "ads/text/en.yaml:1:13: error: message `tagline` names `look.ligth`: `dawn` has no field `ligth` "
        "[message-name]\n"
        "  1 | tagline: In {look.ligth}\n"
        "    |             ^^^^^^^^^^^^\n"
        "  help: did you mean `light`?"
    )


def test_a_single_brace_is_an_error_and_all_of_a_messages_problems_come_at_once(tmp_path: Path) -> None:
    document = campaign(tmp_path, "en", {"en": "tagline: 'a } b {xyzzy}'\n"})
    assert fault(document, "en") == (
        "ads/text/en.yaml:1:13: error: message `tagline` has a single `}` [message-brace]\n"
        "  1 | tagline: 'a } b {xyzzy}'\n"
        "    |             ^\n"
        "  help: write `}}` for a brace\n"
        "ads/text/en.yaml:1:17: error: message `tagline` names `xyzzy`, which is neither a param nor an axis of this "
        "node [message-name]\n"
        "  1 | tagline: 'a } b {xyzzy}'\n"
        "    |                 ^^^^^^^\n"
        "  help: there are: `product`, `seconds`, `note`, `look`"
    )


def test_a_missing_message_is_an_error_naming_key_language_and_file(tmp_path: Path) -> None:
    document = campaign(tmp_path, "en, de", {"en": "tagline: Light.\n", "de": "taglin: Licht.\n"})
    assert fault(document, "de") == (
        "ads/pipeline.yaml:12:23: error: message `tagline` of language `de` is missing in `ads/text/de.yaml` "
        "[missing-message]\n"
        '  12 |     input: {text: "{{ text.tagline }}", video: clip.mp4}\n'
        "     |                       ^^^^^^^^^^^^\n"
        "  help: did you mean `taglin`?"
    )


@pytest.mark.parametrize("empty", ["", "''", "~"])
def test_an_empty_message_is_an_error_naming_key_language_and_file(tmp_path: Path, empty: str) -> None:
    document = campaign(tmp_path, "en", {"en": f"tagline: {empty}\n"})
    assert fault(document, "en") == (
        "ads/pipeline.yaml:12:23: error: message `tagline` of language `en` is empty in `ads/text/en.yaml` "
        "[missing-message]\n"
        '  12 |     input: {text: "{{ text.tagline }}", video: clip.mp4}\n'
        "     |                       ^^^^^^^^^^^^"
    )


def test_a_language_without_a_file_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    document = campaign(tmp_path, "en, de", {"en": "tagline: Light.\n"})
    assert fault(document, "de") == (
        "ads/pipeline.yaml:12:23: error: message `tagline` is missing: there is no `ads/text/de.yaml` for language "
        "`de` [missing-message]\n"
        '  12 |     input: {text: "{{ text.tagline }}", video: clip.mp4}\n'
        "     |                       ^^^^^^^^^^^^\n"
        "  help: write the file, or set `fallback`"
    )


def test_parents_are_looked_in_only_if_fallback_is_set(tmp_path: Path) -> None:
    files = {"es": "tagline: Luz.\n", "en": "tagline: Light.\n"}
    (tmp_path / "with").mkdir()
    (tmp_path / "without").mkdir()
    assert said(campaign(tmp_path / "with", "en, es-MX", files, fallback="en"), "es-MX") == "Luz."
    assert "there is no `ads/text/es-MX.yaml`" in fault(campaign(tmp_path / "without", "en, es-MX", files), "es-MX")


def test_an_empty_message_falls_back_and_the_fallback_language_comes_last(tmp_path: Path) -> None:
    files = {"es-MX": "tagline: ''\n", "es-419": "cta: Compra\n", "en": "tagline: Light.\n"}
    document = campaign(tmp_path, "en, es-MX", files, fallback="en")
    assert said(document, "es-MX") == "Light."


def test_a_message_that_no_language_of_the_chain_has_names_all_files(tmp_path: Path) -> None:
    document = campaign(tmp_path, "en, es-MX", {"en": "cta: Buy\n", "es": "cta: Compra\n"}, fallback="en")
    assert fault(document, "es-MX") == (
        "ads/pipeline.yaml:12:23: error: message `tagline` of language `es-MX` is missing in `ads/text/es-MX.yaml`, "
        "which isn't there, and so it is in `ads/text/es-419.yaml`, `ads/text/es.yaml`, `ads/text/en.yaml` "
        "[missing-message]\n"
        '  12 |     input: {text: "{{ text.tagline }}", video: clip.mp4}\n'
        "     |                       ^^^^^^^^^^^^\n"
        "  help: there are: `cta`"
    )


def test_default_may_take_the_place_of_a_missing_message(tmp_path: Path) -> None:
    document = campaign(tmp_path, "en", {"en": "cta: x\n"}, template="text.tagline | default('none')")
    assert said(document, "en") == "none"


def test_a_node_not_over_the_text_axis_that_uses_text_is_an_error(tmp_path: Path) -> None:
    document = campaign(tmp_path, "en", {"en": "tagline: Light.\n"})
    assert fault(document, None) == (
        "ads/pipeline.yaml:12:23: error: `text.tagline` needs a language, and this node is not made over `language` "
        "[no-language]\n"
        '  12 |     input: {text: "{{ text.tagline }}", video: clip.mp4}\n'
        "     |                       ^^^^^^^^^^^^\n"
        "  help: add `language` to the node's `over`"
    )


def test_what_is_no_message_is_an_error_and_all_files_are_reported_in_one_go(tmp_path: Path) -> None:
    files = {"en": "tag-line: Light.\ntagline: 5\ncta: [a]\n", "de": "- a\n", "fr": "tagline: {{ x }}\n"}
    document = campaign(tmp_path, "en, de, fr", files)
    with pytest.raises(DataFault) as caught:
        load_text(document, ["en", "de", "fr"])
    assert [(str(p.span), p.message, p.hint) for p in caught.value.problems] == [
        ("ads/text/en.yaml:1:1", "`tag-line` is no name for a message", "call it `tag_line`"),
        ("ads/text/en.yaml:2:10", "message `tagline` must be text", 'quote it: tagline: "5"'),
        ("ads/text/en.yaml:3:6", "message `cta` must be text", None),
        (
            "ads/text/de.yaml:1:1",
            "`ads/text/de.yaml` must be a mapping of names to messages",
            "write one `name: text` a line",
        ),
        (
            "ads/text/fr.yaml:1:10",
            "a value that starts with `{{` must be quoted",
            'quote the template: tagline: "{{ x }}"',
        ),
    ]


def test_the_path_of_the_files_must_hold_the_axis(tmp_path: Path) -> None:
    document = campaign(tmp_path, "en", {})
    path = document.path
    path.write_text(path.read_text(encoding="utf-8").replace("{language}", "{lang}"), encoding="utf-8")
    with pytest.raises(DataFault) as caught:
        load_text(load(path, shown="ads/pipeline.yaml"), ["en"])
    assert [problem.message for problem in caught.value.problems] == [
        "the path of the text files must hold `{language}` and no other braces"
    ]


@pytest.mark.parametrize(
    ("language", "chain"),
    [
        ("de", ()),
        ("de-AT", ("de",)),
        ("es-MX", ("es-419", "es")),
        ("es-ES", ("es",)),
        ("en-US", ("en",)),
        ("en-GB", ("en-001", "en")),
        ("en-AT", ("en-150", "en-001", "en")),
        ("pt-BR", ("pt",)),
        ("pt-AO", ("pt-PT", "pt")),
        ("zh-TW", ("zh-Hant-TW", "zh-Hant")),
        ("zh-HK", ("zh-Hant-HK", "zh-Hant")),
        ("zh-MO", ("zh-Hant-MO", "zh-Hant-HK", "zh-Hant")),
        ("zh-Hant", ()),
        ("zh-CN", ("zh-Hans-CN", "zh-Hans", "zh")),
        ("sr-Latn-RS", ("sr-Latn",)),
        ("nb", ("no",)),
        ("zh_hant_mo", ("zh-Hant-HK", "zh-Hant")),
        ("ja", ()),
    ],
)
def test_parents_are_those_of_cldr(language: str, chain: tuple[str, ...]) -> None:
    assert parents(language) == chain


def test_traditional_chinese_never_falls_back_on_simplified() -> None:
    for language in ("zh-TW", "zh-HK", "zh-MO", "zh-Hant"):
        assert not {"zh", "zh-Hans", "zh-CN"} & set(parents(language))
