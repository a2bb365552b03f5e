"""Reading the API's catalogue: pages, faults in every shape, and patience that ends."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from callsheet.makers.outcome import StopSubmitting
from callsheet.makers.remote.limits import Limits
from callsheet.makers.remote.models import RemoteModels
from callsheet.makers.remote.token import Secret
from callsheet.problems import DataFault, UpstreamFault

pytestmark = pytest.mark.anyio
CLAY = "/v1/models/studio/clay"
PAGE = "/v1/models?include_schema=true&limit=100&offset="
TOKEN = "canary-9f3a7c51d2e8"


def models(stage, base: str | None = None) -> RemoteModels:
    limits = Limits(connect=5, silence=5, patience=20)
    return RemoteModels(base or stage.api.base, Secret(TOKEN), limits=limits, timing=stage.time.timing())


async def read(stage, name: str = "studio/clay") -> Mapping[str, object]:
    async with models(stage) as one:
        return await one.get(name)


async def test_one_model_is_read_with_the_token_and_given_as_the_api_describes_it(stage, speak) -> None:
    stage.api.on(f"GET {CLAY}", speak(200, {"model_id": "studio/clay", "extra": [1]}))
    assert await read(stage) == {"model_id": "studio/clay", "extra": [1]}
    assert stage.api.seen[0].headers["authorization"] == f"Bearer {TOKEN}"


async def test_a_list_is_read_page_by_page_to_its_end(stage, speak) -> None:
    first = [{"model_id": f"studio/{number}"} for number in range(100)]
    stage.api.on(f"GET {PAGE}0", speak(200, {"models": first, "total": 101}))
    stage.api.on(f"GET {PAGE}100", speak(200, {"models": [{"model_id": "studio/last"}], "total": 101}))
    async with models(stage) as one:
        found = [model["model_id"] async for model in one.listed()]
    assert (len(found), found[-1]) == (101, "studio/last")
    assert stage.api.targets() == [f"GET {PAGE}0", f"GET {PAGE}100"]


@pytest.mark.parametrize("page", [{}, {"models": []}, {"models": "all"}, {"models": [5]}])
async def test_a_list_without_models_is_an_empty_one(stage, speak, page: object) -> None:
    stage.api.on(f"GET {PAGE}0", speak(200, page))
    async with models(stage) as one:
        assert [model async for model in one.listed()] == []


async def test_a_search_is_sent_as_it_is_written(stage, speak) -> None:
    stage.api.on(f"GET {PAGE}0&search=image+%26+%E9%9F%B3", speak(200, {"models": [{"model_id": "a/b"}]}))
    stage.api.on(f"GET {PAGE}1&search=image+%26+%E9%9F%B3", speak(200, {"models": []}))
    async with models(stage) as one:
        assert [model async for model in one.listed("image & 音")] == [{"model_id": "a/b"}]


@pytest.mark.parametrize("trouble", [(500, {"error_code": 500001}), (429, {}), (408, {}), (200, b"<html>")])
async def test_a_read_that_may_go_better_is_made_again(stage, speak, trouble: tuple[int, object]) -> None:
    stage.api.on(f"GET {CLAY}", speak(*trouble), speak(200, {"model_id": "studio/clay"}))
    assert await read(stage) == {"model_id": "studio/clay"}
    assert len(stage.api.seen) == 2


async def test_a_server_that_asks_to_wait_is_waited_for(stage, speak) -> None:
    stage.api.on(f"GET {CLAY}", speak(429, {}, {"retry-after": "7"}), speak(200, {"model_id": "studio/clay"}))
    await read(stage)
    assert 7 <= stage.time.now < 8


async def test_patience_ends_with_what_was_the_matter(stage, speak) -> None:
    stage.api.on(f"GET {CLAY}", speak(503, {"error_code": 500001, "message": "down for repair"}))
    with pytest.raises(UpstreamFault) as caught:
        await read(stage)
    assert [problem.message for problem in caught.value.problems] == [
        "the API's models can't be read: HTTP 503, error 500001: down for repair"
    ]
    assert stage.time.now <= 20


async def test_an_api_that_is_not_there_is_said_to_be_unreachable(stage, closed_port: int) -> None:
    async with models(stage, f"http://127.0.0.1:{closed_port}/v1") as one:
        with pytest.raises(UpstreamFault) as caught:
            await one.get("studio/clay")
    assert [problem.message for problem in caught.value.problems] == [
        "the API's models can't be read: the connection was refused"
    ]


@pytest.mark.parametrize("answer", [(401, {"error_code": 401001}), (200, {"error_code": 401001})])
async def test_a_rejected_token_ends_it_at_once(stage, speak, answer: tuple[int, object]) -> None:
    stage.api.on(f"GET {CLAY}", speak(*answer))
    with pytest.raises(StopSubmitting) as caught:
        await read(stage)
    assert caught.value.exit_code == 77
    assert len(stage.api.seen) == 1


async def test_a_model_that_is_not_there_is_an_error_that_names_it(stage, speak) -> None:
    stage.api.on(f"GET {CLAY}", speak(404, {"error_code": 404001, "message": "no such model"}))
    with pytest.raises(DataFault) as caught:
        await read(stage)
    (problem,) = caught.value.problems
    assert (problem.code, problem.message) == (
        "no-such-model",
        "the API has no model `studio/clay` (HTTP 404, error 404001: no such model)",
    )
