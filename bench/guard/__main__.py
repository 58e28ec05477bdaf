"""`python -m bench.guard`: started by the station, not by people."""

from bench.guard.watch import main

main()
