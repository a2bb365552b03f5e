"""`python -m callsheet`."""

from callsheet.cli.main import main

main()
