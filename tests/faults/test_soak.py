"""Many renders in one run: memory stays flat and no descriptor leaks."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

FULL = os.environ.get("FAULTS") == "full"
SHOTS = 5_000 if FULL else 60
AT_ONCE = 32
KIB_A_RENDER = 1
SLACK_KIB = 16_000


def resident_kib(pid: int) -> int:
    return int(subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True).stdout)


def descriptors(pid: int) -> int:
    """How many files a process has open."""
    listed = Path(f"/proc/{pid}/fd")
    if listed.exists():
        return len(os.listdir(listed))
    return subprocess.run(["lsof", "-p", str(pid)], capture_output=True, text=True, check=True).stdout.count("\n")


def test_memory_and_descriptors_stay_flat_over_many_renders(campaign) -> None:
    one = campaign(SHOTS, render=0.05)
    run = one.begin("--concurrency", str(AT_ONCE))
    one.until(lambda: one.states()["done"] >= SHOTS // 10)
    first = last = resident_kib(run.pid), descriptors(run.pid)
    while one.states()["done"] < SHOTS - AT_ONCE:
        last = resident_kib(run.pid), descriptors(run.pid)
        time.sleep(0.1)
    outcome = run.json
    assert outcome["exit_code"] == 0
    assert list(one.provider.taken.values()) == [1] * SHOTS
    sys.stdout.write(
        f"{SHOTS} renders: {first[0]:,} KiB at the start, {last[0]:,} at the end; descriptors {first[1]}, {last[1]}\n"
    )
    assert last[0] - first[0] < SLACK_KIB + KIB_A_RENDER * SHOTS
    assert last[1] <= first[1] + 2 * AT_ONCE
