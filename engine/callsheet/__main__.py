"""`python -m callsheet`."""

from __future__ import annotations

from callsheet.cli.main import main

main()
