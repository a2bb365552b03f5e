"""Claims: who works on a key, and who waits for it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from callsheet.run.claim import Claims

KEY, OTHER = "a" * 64, "b" * 64
HOLD = """
import sys
from pathlib import Path
from callsheet.run.claim import Claims
with Claims(Path(sys.argv[1])) as claims:
    print(claims.take(sys.argv[2]), flush=True)
    sys.stdin.readline()
"""
WAIT = """
import asyncio, sys
from pathlib import Path
from callsheet.run.claim import Claims
async def main():
    with Claims(Path(sys.argv[1])) as claims:
        async with claims.held(sys.argv[2]) as waited:
            print(waited, flush=True)
asyncio.run(main())
"""


def child(code: str, path: Path, key: str = KEY) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, str(path), key], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_a_key_has_one_owner_and_is_free_when_that_dies(tmp_path: Path) -> None:
    path = tmp_path / "claims"
    with child(HOLD, path) as owner, Claims(path) as claims:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "True\n"
        assert (claims.take(KEY), claims.is_free(KEY), claims.take(OTHER)) == (False, False, True)
        owner.kill()
        owner.wait()
        assert claims.take(KEY)


def test_an_owner_knows_that_somebody_waits(tmp_path: Path) -> None:
    path = tmp_path / "claims"
    with Claims(path) as claims:
        assert claims.take(KEY)
        assert not claims.is_awaited(KEY)
        with child(WAIT, path) as waiter:
            while not claims.is_awaited(KEY):
                pass
            assert not claims.is_awaited(OTHER)
            claims.release(KEY)
            assert waiter.stdout is not None
            assert waiter.stdout.readline() == "True\n"
        assert claims.take(KEY)
        assert not claims.is_awaited(KEY)


def test_a_free_key_is_held_without_waiting(tmp_path: Path) -> None:
    async def hold() -> bool:
        with Claims(tmp_path / "claims") as claims:
            async with claims.held(KEY) as waited:
                return waited

    assert asyncio.run(hold()) is False


def test_a_second_handle_in_one_process_is_refused_since_it_would_free_the_locks_of_the_first(tmp_path: Path) -> None:
    with Claims(tmp_path / "claims"), pytest.raises(AssertionError, match="a second handle would free its locks"):
        Claims(tmp_path / "claims")
    with Claims(tmp_path / "claims") as claims:
        assert claims.take(KEY)


def test_a_child_of_the_owner_that_ends_does_not_free_its_keys(tmp_path: Path) -> None:
    path = tmp_path / "claims"
    with Claims(path) as claims:
        assert claims.take(KEY)
        subprocess.run([sys.executable, "-c", "pass"], check=True)
        with child(HOLD, path) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == "False\n"
            other.communicate("\n")
