"""The numbers that bound what is sent, asked and fetched."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Times are seconds, sizes bytes.

    `patience`: how long reads and refused submits are tried again without progress. `connect` and `silence`: how
    long a connection may take, and how long nothing may be heard on one. `answer`: how long one answer may take in
    all. `farewell`: how long an interrupted run waits for a submit that is on the wire. `settle`: how long after a
    submit a 404, and after its completion a missing output or a file that is not there, is taken for a delay.
    `link_good`: how long the address of a fetched result may be handed on as an input.
    `submits`, `reads`, `downloads`: how many at once. `reads_per_second`, `reads_in_a_burst`: how often reads are made
    in all. `equal_errors`: after how many equal server errors in a row a route is submitted to no more. Where a route
    is not known yet the poll interval starts at `poll_first`, grows by `poll_growth`, and stays at `poll_slowest`;
    where it is known, the interval lies between `poll_first` and `poll_sparse`.
    """

    patience: float = 600.0
    connect: float = 15.0
    silence: float = 60.0
    answer: float = 180.0
    farewell: float = 10.0
    settle: float = 15.0
    link_good: float = 600.0
    retry_first: float = 0.5
    retry_slowest: float = 30.0
    poll_first: float = 0.5
    poll_growth: float = 1.3
    poll_slowest: float = 3.0
    poll_sparse: float = 10.0
    reads_per_second: float = 1000.0
    reads_in_a_burst: int = 1000
    equal_errors: int = 5
    submits: int = 32
    large_submits: int = 3
    reads: int = 64
    downloads: int = 16
    redirects: int = 5
    answer_bytes: int = 8 * MIB
    download_bytes: int = 2048 * MIB
