from __future__ import annotations

from pathlib import Path

import pytest

from callsheet.cli.project import AssetSettings, Settings, read_settings
from callsheet.problems import DataFault


def settings(folder: Path, text: str) -> Settings:
    (folder / "callsheet.toml").write_text(text, encoding="utf-8")
    return read_settings(folder / "callsheet.toml", {})


def fault_of(folder: Path, text: str) -> str:
    with pytest.raises(DataFault) as caught:
        settings(folder, text)
    return str(caught.value)


def test_a_bucket_for_private_media_is_named_under_assets(tmp_path: Path) -> None:
    text = '[assets]\nurl = "s3://my-bucket/callsheet"\nregion = "auto"\nexpires_hours = 12\n'
    assert settings(tmp_path, text).assets == AssetSettings("s3://my-bucket/callsheet", None, "auto", 12)
    assert settings(tmp_path, "").assets is None


def test_the_rate_of_reads_is_a_setting_of_the_provider(tmp_path: Path) -> None:
    assert settings(tmp_path, "[provider]\nrequests_per_second = 20\n").requests_per_second == 20
    assert settings(tmp_path, "").requests_per_second is None


@pytest.mark.parametrize("rate", ["0", "-1", "inf", "nan"])
def test_a_rate_must_let_something_through(tmp_path: Path, rate: str) -> None:
    assert fault_of(tmp_path, f"[provider]\nrequests_per_second = {rate}\n") == (
        "error: `callsheet.toml`: `provider.requests_per_second` must be a number above 0 [bad-settings]"
    )


@pytest.mark.parametrize(
    "url",
    [
        "",
        'url = ""',
        'url = "my-bucket"',
        'url = "https://example.org/x"',
        'url = "s3://KEY:SECRET@my-bucket/x"',
        'url = "s3://my-bucket/x?key=SECRET"',
    ],
)
def test_assets_need_the_address_of_a_bucket_without_credentials(tmp_path: Path, url: str) -> None:
    said = fault_of(tmp_path, f"[assets]\n{url}\n")
    assert said == (
        "error: `callsheet.toml`: `assets.url` must be the address of a bucket [bad-settings]\n"
        '  help: write `url = "s3://BUCKET/PREFIX"`, or `gs://…`, or `az://…`; credentials belong into the environment'
    )


@pytest.mark.parametrize("hours", ["0", "169", "nan"])
def test_an_address_is_good_for_a_week_at_most(tmp_path: Path, hours: str) -> None:
    assert fault_of(tmp_path, f'[assets]\nurl = "s3://my-bucket"\nexpires_hours = {hours}\n') == (
        "error: `callsheet.toml`: `assets.expires_hours` must be a number above 0, at most 168 [bad-settings]"
    )


def test_every_setting_that_is_not_there_is_named_with_the_nearest_one(tmp_path: Path) -> None:
    assert fault_of(
        tmp_path, '[assets]\nurl = "s3://b"\nsecret = "x"\n[asset]\n[provider]\nrequest_per_second = 1\n'
    ) == (
        "error: `callsheet.toml`: `assets` has no `secret` [bad-settings]\n"
        "  help: there are: `url`, `endpoint`, `region`, `expires_hours`\n"
        "error: `callsheet.toml`: there is no table `[asset]` [bad-settings]\n"
        "  help: did you mean `assets`?\n"
        "error: `callsheet.toml`: `provider` has no `request_per_second` [bad-settings]\n"
        "  help: did you mean `requests_per_second`?"
    )
