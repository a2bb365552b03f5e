"""Many renders in one run: memory stays flat and no descriptor leaks."""

from __future__ import annotations

import os
from pathlib import Path

FULL = os.environ.get("FAULTS") == "full"
SHOTS = 5_000 if FULL else 150
AT_ONCE = 32
KIB_A_RENDER = 6
SLACK_KIB = 20_000


def resident_kib(pid: int) -> int:
    return int(Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1].split()[0])


def test_memory_and_descriptors_stay_flat_over_many_renders(campaign) -> None:
    one = campaign(SHOTS, render=0.05)
    run = one.begin("--concurrency", str(AT_ONCE))
    one.until(lambda: one.states()["done"] >= SHOTS // 10)
    first = resident_kib(run.pid), len(os.listdir(f"/proc/{run.pid}/fd"))
    last = first
    while one.states()["done"] < SHOTS - AT_ONCE:
        last = resident_kib(run.pid), len(os.listdir(f"/proc/{run.pid}/fd"))
    outcome = run.json
    assert outcome["exit_code"] == 0
    assert list(one.provider.taken.values()) == [1] * SHOTS
    print(f"{SHOTS} renders: {first[0]:,} KiB at the start, {last[0]:,} at the end; descriptors {first[1]} and {last[1]}")
    assert last[0] - first[0] < SLACK_KIB + KIB_A_RENDER * SHOTS
    assert last[1] <= first[1] + 2 * AT_ONCE
