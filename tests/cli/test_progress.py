"""What is told of a long command while it goes on."""

from __future__ import annotations

import io

from callsheet.cli.progress import Progress, amount


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_one_line_is_drawn_over_and_left_empty() -> None:
    stream = Terminal()
    progress = Progress(stream, "pushed")
    progress.tell(1, 2_000_000)
    progress.tell(2, 4_000_000)
    progress.end()
    assert stream.getvalue() == "\r\x1b[Kpushed 1 file, 2.0 MB\r\x1b[K"


def test_elsewhere_nothing_is_told_of_what_is_soon_over() -> None:
    stream = io.StringIO()
    progress = Progress(stream, "pushed")
    progress.tell(1, 2_000_000)
    progress.end()
    assert stream.getvalue() == ""


def test_an_amount_is_said_in_files_and_megabytes() -> None:
    assert [amount(0, 0), amount(1, 1_250_000), amount(1234, 5_600_000_000)] == [
        "0 files, 0.0 MB",
        "1 file, 1.2 MB",
        "1,234 files, 5,600.0 MB",
    ]
